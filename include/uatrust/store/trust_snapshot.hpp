#pragma once

#include <uatrust/x509/crl.hpp>

#include <cstdint>
#include <span>

namespace uatrust {

/// The lists of a certificate store (OPC 10000-4, 6.1.3; OPC 10000-12, 7.8.2).
///  - Trusted: gives trust, to application certificates and to everything a trusted CA has issued.
///  - Issuers: CA certificates for building chains and checking signatures; never gives trust.
///  - Rejected: a record of who was refused, for the operator; neither trusts nor denies.
///  - Blocked: refuses, whoever else gives trust; not of the specification. A CA in it refuses all that it has issued.
enum class StoreList : std::uint8_t { Trusted, Issuers, Rejected, Blocked };

/// storeListName() is "trusted", "issuers", "rejected" or "blocked".
[[nodiscard]] UATRUST_API std::string_view storeListName(StoreList list) noexcept;

/// StoredCertificate is a certificate with the place it was found in.
struct StoredCertificate {
    Certificate certificate;
    std::string source{};  ///< for people: a path, or whatever tells an operator where to look
};

/// StoredCrl is a CRL with the place it was found in.
struct StoredCrl {
    Crl crl;
    std::string source{};
};

/// StoreProblem is something in a store that could not be looked at. It never disables what could be.
struct StoreProblem {
    std::string source;   ///< the file or folder
    std::string message;  ///< what is wrong with it
    std::string remedy;   ///< what to do about it
    friend bool operator==(const StoreProblem&, const StoreProblem&) = default;
};

/// TrustSnapshot is what a store held at one moment: immutable, shared by all readers, safe to use from several
/// threads without a lock. A certificate that lies in a list twice is one entry.
class UATRUST_API TrustSnapshot {
public:
    /// TrustSnapshot::Content is what a store fills in; the constructor leaves the first of equal entries and indexes them.
    struct Content {
        std::vector<StoredCertificate> trusted{};
        std::vector<StoredCertificate> issuers{};
        std::vector<StoredCertificate> rejected{};
        std::vector<StoredCertificate> blocked{};
        std::vector<StoredCrl> trustedCrls{};
        std::vector<StoredCrl> issuerCrls{};
        std::vector<StoreProblem> problems{};
        bool allCrlsRead = true;     ///< false when something where CRLs are kept could not be read
        bool allBlockedRead = true;  ///< false when something where blocked certificates are kept could not be read
        std::uint64_t generation = 0;
    };
    explicit TrustSnapshot(Content content);
    ~TrustSnapshot();
    TrustSnapshot(const TrustSnapshot&) = delete;
    TrustSnapshot& operator=(const TrustSnapshot&) = delete;

    [[nodiscard]] std::span<const StoredCertificate> certificates(StoreList list) const noexcept;
    /// CRLs beside the trusted or the issuers list; empty for the others.
    [[nodiscard]] std::span<const StoredCrl> crls(StoreList list) const noexcept;

    /// Membership by identity (SHA-256 of the DER). Null when the certificate is not in the list.
    [[nodiscard]] const StoredCertificate* find(StoreList list, const CertificateId& id) const noexcept;

    /// Certificates of a list whose subject is `subject`, in a fixed order; several CAs may share a name.
    [[nodiscard]] std::vector<const StoredCertificate*> findBySubject(StoreList list, const DistinguishedName& subject) const;

    /// CRLs of both lists whose issuer is `issuer`: of every CA with that name, the signature tells them apart.
    [[nodiscard]] std::vector<const StoredCrl*> findCrls(const DistinguishedName& issuer) const;

    /// What could not be read when this snapshot was taken. A reader that finds nothing should look here before it
    /// says that there is nothing.
    [[nodiscard]] std::span<const StoreProblem> problems() const noexcept;

    /// Whether a CRL that findCrls() does not find is certainly not there: false when something among the CRLs could not be
    /// read, a folder or a file of it.
    [[nodiscard]] bool allCrlsRead() const noexcept;

    /// Finds what blocks a certificate: the same one, or one with its subject, issuer and serial number, since some signatures
    /// can be rewritten by anybody into others that verify as well. Null when nothing does.
    [[nodiscard]] const StoredCertificate* findBlocked(const Certificate& certificate) const;

    /// Whether a certificate that findBlocked() does not find is certainly not blocked.
    [[nodiscard]] bool allBlockedRead() const noexcept;

    /// Grows whenever the content has changed; equal numbers of one store mean equal content.
    [[nodiscard]] std::uint64_t generation() const noexcept;

private:
    struct Index;
    Content content_;
    std::unique_ptr<const Index> index_;
};

}  // namespace uatrust
