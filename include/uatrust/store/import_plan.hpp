#pragma once

#include <uatrust/store/identity_store.hpp>
#include <uatrust/store/trust_list_manager.hpp>
#include <uatrust/x509/bundle.hpp>
#include <uatrust/x509/departures.hpp>

namespace uatrust {

/// Where something that was handed over goes.
enum class ImportTarget : std::uint8_t {
    Trusted,      ///< trusted: to be asked for
    Issuers,      ///< a CA
    TrustedCrls,  ///< a CRL of a CA that is in trusted, or that goes there
    IssuerCrls,   ///< a CRL of a CA that is in issuers, or that goes there
    Own,          ///< the certificate of this application, with its key and the CAs above
    Nothing,      ///< it is in its place already, or has none, and nothing is lost by leaving it out
    Refused       ///< it is not taken, and somebody should know why
};

/// importTargetName() is "trusted", "issuers", "trusted-crls", "issuers-crls", "own", "nothing" or "refused".
[[nodiscard]] UATRUST_API std::string_view importTargetName(ImportTarget target) noexcept;

/// ImportItem is one thing of a bundle with what is planned for it. The texts are for people.
struct ImportItem {
    ImportTarget target = ImportTarget::Refused;
    std::string from{};                   ///< where in the file it stands: BundleItem::from
    std::string what{};                   ///< what it is: "CA certificate CN=Plant CA [...]"
    std::string why{};                    ///< a sentence: why there, or why not
    std::vector<Departure> departures{};  ///< what is not as the request or the profile asks for
    std::vector<TrustStep> steps{};       ///< what changes in the lists; empty for Own, Nothing and Refused
    std::vector<Certificate> chain{};     ///< of Own: the certificate, then the CAs above it as far as they are known
    std::optional<PrivateKey> key{};      ///< of Own
};

/// ImportOptions is what an operator decides.
struct ImportOptions {
    bool trustApplications = false;         ///< application certificates go into trusted; else they are refused
    bool trustCas = false;                  ///< CAs go into trusted, and with them all that they issue; else into issuers
    bool takeDepartures = false;            ///< an own certificate is taken in spite of departures that a strict validator refuses
    std::optional<ApplicationRole> role{};  ///< what the own certificate has to be good for; nothing: as its request or the present one
};

/// ImportContext is what a bundle is compared with. The references live as long as the call.
struct ImportContext {
    const TrustSnapshot& lists;
    const OwnMaterial& own;                       ///< the application's keys and certificates: IdentityStore::loadOwn()
    Instant now{};                                ///< for the dates of an own certificate and of CRLs
    const CertificateRequest* request = nullptr;  ///< that was sent to the CA; null: one of own.pending, if there is one for the key
};

/// ImportPlan is what carryOut() would do, in the order of the bundle: certificates, CRLs, requests, keys, problems.
struct ImportPlan {
    std::vector<ImportItem> items{};
    /// Whether there is anything to be done.
    [[nodiscard]] UATRUST_API bool changesAnything() const noexcept;
};

/// planImport() sorts what a CA or an administrator has handed over by what it is, and changes nothing: show the plan first.
///
/// A certificate is this application's own when its key is one of `own`, of the request or of the bundle. Before it may be that,
/// it is compared with the request (subject, ApplicationUri, names, addresses, usages), without one with the present own
/// certificate's ApplicationUri, and with the profile (applicationDepartures()); each departure is named. Other certificates
/// that are no CA are for the trusted list alone, and only when asked for. A CRL has to be signed by a CA of the lists or of
/// the bundle; it goes beside that CA, where it replaces the complete ones that the same CA has issued before. One that is not the
/// newest is left out. What is blocked stays blocked.
[[nodiscard]] UATRUST_API ImportPlan planImport(const Bundle& bundle, const ImportContext& context, const ImportOptions& options = {});

/// carryOut() does what the plan says: own certificates first (the former one is kept as a backup), then the lists as one change,
/// which TrustListManager::undo() takes back; the own certificate it does not. BadNothingToDo when the plan changes nothing.
/// `what` names the source for the history, a file say.
Result<ChangeRecord> UATRUST_API carryOut(const ImportPlan& plan, TrustListManager& manager, IdentityStore& identity, std::string_view what,
                                          std::string_view who);

}  // namespace uatrust
