#pragma once

#include <uatrust/store/refusal.hpp>

namespace uatrust {

/// CertificateStore holds the lists of one certificate group: whom this side of the application trusts. A gateway has one for
/// its clients, one for the servers below it and one for users. A product implements it to keep the lists in a
/// database or a directory service. All functions are called from several threads at once.
///
/// It never holds private keys: that is IdentityStore.
class UATRUST_API CertificateStore {
public:
    virtual ~CertificateStore() = default;

    /// What the store holds now: every change that was complete before the call is in it, whoever made it. Does not
    /// throw and is never null; what cannot be read is missing from it and named in problems().
    [[nodiscard]] virtual std::shared_ptr<const TrustSnapshot> snapshot() = 0;

    /// Adds a certificate to a list. Adding one that is there already changes nothing and succeeds.
    virtual Result<void> addCertificate(StoreList list, const Certificate& certificate) = 0;
    /// Removes every copy of a certificate from a list. BadNotFound when there is none, another error when the list could
    /// not be looked at in full and what could be does not have it.
    virtual Result<void> removeCertificate(StoreList list, const CertificateId& id) = 0;
    /// Moves a certificate: what an operator does with "trust" and "reject". It is in `to` before it leaves `from`,
    /// so that no crash loses it. BadNotFound when it is not in `from`, other errors as for removing.
    virtual Result<void> moveCertificate(const CertificateId& id, StoreList from, StoreList to) = 0;

    /// Adds a CRL beside the trusted or the issuers list; BadInvalidArgument for the other lists.
    virtual Result<void> addCrl(StoreList list, const Crl& crl) = 0;
    /// Removes every copy of a CRL (by Crl::id()). BadNotFound when there is none, other errors as for certificates.
    virtual Result<void> removeCrl(StoreList list, const CertificateId& id) = 0;

    /// fileRejected() records a refused application certificate for the operator: once, whatever the number of
    /// attempts, and bounded: the oldest record makes room. True when it was not there before.
    /// Nothing happens when the certificate is in the trusted or the blocked list: the operator has seen it already.
    virtual Result<bool> fileRejected(const Certificate& leaf) = 0;

    /// recordRefusal() is fileRejected() with what is known about the attempt, for the journal: each attempt counts. Called by
    /// CertificateValidator. A store without a journal files the certificate and forgets the rest.
    virtual Result<Filing> recordRefusal(const Certificate& leaf, const Refusal& refusal);
    /// The journal: what recordRefusal() was told, within bounds. Empty in a store without one.
    [[nodiscard]] virtual RefusalJournal refusals();
    /// Two equal numbers of one store mean that refusals() has given, or gives, the same at both times. Nothing when only refusals()
    /// can tell, as in a store that does not implement this. Costs next to nothing; a store may write then what has waited for it.
    [[nodiscard]] virtual std::optional<std::uint64_t> refusalsGeneration();
    /// Keeps the record of a rejected certificate, and its entry in the list, from making room for others, or no longer does.
    /// BadNotSupported in a store without a journal.
    virtual Result<void> pin(const CertificateId& id, bool pinned);
    /// Drops the record of a certificate, the pin included; nothing happens when there is none.
    virtual Result<void> forgetRefusals(const CertificateId& id);
};

}  // namespace uatrust
