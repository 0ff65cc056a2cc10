#pragma once

#include <uatrust/crypto/key_pair_generator.hpp>

#include <filesystem>
#include <optional>

#include "tool/ca_index.hpp"
#include "tool/platform_files.hpp"

namespace uatrust::tool {

/// CaCrlState is how the CRL in the folder stands.
enum class CaCrlState : std::uint8_t {
    Good,
    EndsSoon,   ///< less than a fortnight, or than a quarter of its time, is left
    Ended,      ///< peers refuse all that the CA has issued
    Missing,    ///< there is none
    OutOfStep,  ///< the index knows of a newer one, which was not written: a program that ended in the middle
};

/// NewCa is what a CA is to be.
struct NewCa {
    DistinguishedName name;
    KeyType keyType = KeyType::Rsa4096;
    std::chrono::seconds validity{};
    std::chrono::seconds crlValidity{};
    PassphraseSource passphrase{};  ///< null: the key is not encrypted
};

/// CaFolder is the folder of a CA: its certificate "ca.der", its present CRL "ca.crl", its key "private/ca.pem", what it has issued in
/// "issued", and "index.json". While it is open for changing, other processes wait.
///
/// The index is written before what it speaks of: a program that ends in the middle leaves a serial number that is taken and revocations
/// that are remembered, and a CRL that is seen to be missing. An index that is older than the CRL is not worked with.
class CaFolder {
public:
    enum class For : std::uint8_t { Looking, Changing };

    /// isOne() says whether a folder is that of a CA, complete or damaged: two of certificate, key and index are there.
    [[nodiscard]] static bool isOne(const std::filesystem::path& root);

    /// BadNotFound when there is no CA in it, BadInvalidState when somebody else keeps it locked for ten seconds, BadConfigurationError
    /// when its parts do not belong together.
    [[nodiscard]] static Result<CaFolder> open(const std::filesystem::path& root, For purpose);

    /// isFree() says whether a CA can be made there: BadInvalidState when there is one, or a part of one.
    [[nodiscard]] static Result<void> isFree(const std::filesystem::path& root);
    /// Makes a CA with an empty CRL, where it is free.
    [[nodiscard]] static Result<CaFolder> create(const std::filesystem::path& root, const NewCa& terms, Instant now);

    [[nodiscard]] const std::filesystem::path& root() const noexcept { return root_; }
    [[nodiscard]] std::filesystem::path certificateFile() const { return root_ / "ca.der"; }
    [[nodiscard]] std::filesystem::path crlFile() const { return root_ / "ca.crl"; }
    [[nodiscard]] std::filesystem::path keyFile() const { return root_ / "private" / "ca.pem"; }
    [[nodiscard]] const Certificate& certificate() const noexcept { return certificate_; }
    [[nodiscard]] const std::optional<Crl>& crl() const noexcept { return crl_; }
    [[nodiscard]] const CaIndex& index() const noexcept { return index_; }
    [[nodiscard]] std::filesystem::path issuedFolder() const { return root_ / "issued"; }
    [[nodiscard]] CaCrlState crlState(Instant now) const;
    /// endsSoon() says whether it is time for a successor: less than a year, or than a quarter of its time, is left.
    [[nodiscard]] bool endsSoon(Instant now) const;

    [[nodiscard]] Result<PrivateKey> key(const PassphraseSource& passphrase) const;
    /// authority() reads the key, too.
    [[nodiscard]] Result<CertificateAuthority> authority(const PassphraseSource& passphrase) const;

    // These need a folder that is open for changing.

    /// record() remembers a certificate that was issued, and keeps it: the file is returned.
    Result<std::filesystem::path> record(const Certificate& issued, Instant now, const std::string& who);
    /// revoke() remembers a revocation and makes a CRL with it at once. The certificate was issued by this CA.
    Result<void> revoke(const CaEntry& entry, RevocationReason reason, const CertificateAuthority& authority, Instant now,
                        const std::string& who);
    /// renewCrl() makes a fresh CRL, which is good for so long; that is remembered for the next ones. Without it as long as the last.
    Result<void> renewCrl(const CertificateAuthority& authority, Instant now, std::optional<std::chrono::seconds> validity);
    /// remember() remembers a place that has the CRL.
    Result<void> remember(const CaPlace& place);

private:
    explicit CaFolder(std::filesystem::path root, Certificate certificate, std::optional<HeldFile> lock)
        : root_{std::move(root)}, certificate_{std::move(certificate)}, lock_{std::move(lock)} {}
    [[nodiscard]] Result<void> read();
    Result<void> write(const CaIndex& index);
    Result<void> makeCrl(CaIndex index, const CertificateAuthority& authority, Instant now);

    std::filesystem::path root_;
    Certificate certificate_;
    std::optional<HeldFile> lock_;
    std::optional<Crl> crl_{};
    CaIndex index_{};
};

}  // namespace uatrust::tool
