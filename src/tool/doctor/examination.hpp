#pragma once

#include <uatrust/identity/application_identity.hpp>
#include <uatrust/store/folder_layouts.hpp>
#include <uatrust/validation/validator.hpp>

#include <memory>
#include <set>
#include <unordered_set>

#include "tool/ca_folder.hpp"
#include "tool/discovery.hpp"
#include "tool/doctor/checks.hpp"
#include "tool/pki_folder.hpp"

namespace uatrust::tool {

/// Circumstances are what the doctor compares with.
struct Circumstances {
    Instant now{};
    bool isNow = true;  ///< `now` is the clock of this machine, and not a day to look ahead to
    std::chrono::seconds within = std::chrono::days{30};
    RevocationMode revocation = RevocationMode::Required;
    std::optional<Role> role{};                   ///< of the side whose folder does not say
    std::optional<std::string> applicationUri{};  ///< of the own application
    HostNames hosts{};                            ///< of the machine that the own application runs on
    PassphraseSource passphrase{};                ///< of its private key

    /// Whether something that ends at `end` ends soon.
    [[nodiscard]] bool isSoon(Instant end) const noexcept { return end - now <= within; }
};

/// In the message about a key whose passphrase nobody has given.
inline constexpr std::string_view kNoPassphrase = "no passphrase was given";

struct NameHash {
    std::size_t operator()(const DistinguishedName& name) const noexcept { return name.hash(); }
};

/// Patient is a PKI folder that is looked into. Nothing in it is created or changed.
struct Patient {
    PkiFolder folder{};
    LayoutGroup group = LayoutGroup::Unknown;
    std::unique_ptr<DirectoryStore> store{};
    std::shared_ptr<const TrustSnapshot> lists{};
    RefusalJournal journal{};
    std::unordered_set<DistinguishedName, NameHash> issuing{};  ///< who has issued what is trusted and the issuers
    std::optional<ApplicationIdentity> identity{};              ///< nothing when there is none, or none that can be used
    std::string ownMissing{};                                   ///< where there is no own certificate and no key; empty when there is any
    std::set<CertificateId> withoutCrl{};    ///< CAs that have no usable CRL, and whose certificates are refused therefore
    std::shared_ptr<bool> keyIsEncrypted{};  ///< true once a passphrase that nobody has given would have been needed

    [[nodiscard]] std::string name() const { return folder.name(); }
    /// Whether a certificate is a CA's and not an application's, by what it has issued here or speaks of, whatever else it says.
    [[nodiscard]] bool actsAsCa(const Certificate& certificate) const;
};

/// shownRoot() is where the folder is, without its group.
[[nodiscard]] std::string shownRoot(const Patient& patient);

/// openPatient() opens a folder for looking, and reads its lists.
[[nodiscard]] Patient openPatient(PkiFolder folder, const Circumstances& circumstances);

/// CaPatient is the folder of an "uatrust ca" that is looked into.
struct CaPatient {
    std::filesystem::path root{};
    std::optional<CaFolder> ca{};  ///< nothing when it cannot be worked with
};

/// Examination is all that is looked at, and what was found so far.
struct Examination {
    Circumstances circumstances{};
    std::vector<Patient> patients{};
    std::vector<CaPatient> cas{};
    Chart chart{};
};

// The families of checks, each in the file of its name.

/// own.cpp: the application's own certificates and keys; sets Patient::identity.
void examineOwn(Patient& patient, const Circumstances& circumstances, Chart& chart);
/// lists.cpp: the certificates in trusted and issuers.
void examineLists(const Patient& patient, const Circumstances& circumstances, Chart& chart);
/// revocation.cpp: the CRLs; sets Patient::withoutCrl.
void examineRevocation(Patient& patient, const Circumstances& circumstances, Chart& chart);
/// peers.cpp: whether those who are trusted would be accepted, and who was refused.
void examinePeers(const Patient& patient, const Circumstances& circumstances, Chart& chart);
/// folders.cpp: files, permissions, the clock; and what there is to say of several folders together.
void examineFolder(const Patient& patient, const Circumstances& circumstances, Chart& chart);
void compareFolders(Examination& examination);
/// ca.cpp: a CA's own folder.
[[nodiscard]] CaPatient examineCa(const std::filesystem::path& root, const Circumstances& circumstances, Chart& chart);
/// endpoint.cpp: what a server presents, by itself and for the folders.
void examineEndpoint(const std::string& url, const Discovered& server, Examination& examination);

/// A policy that treats CRLs as the circumstances say, and suppresses nothing.
[[nodiscard]] SuppressingPolicy policyOf(const Circumstances& circumstances);

/// placeText() is a file, a folder or a URL for people.
[[nodiscard]] std::string placeText(std::string_view place);

/// failureText() is why a validator refuses, with the status: "It has expired (BadCertificateTimeInvalid)". evidenceText() is what it
/// has compared, after `source`.
[[nodiscard]] std::string failureText(const Finding& finding);
[[nodiscard]] std::string evidenceText(const Finding& finding, const std::string& source = {});

}  // namespace uatrust::tool
