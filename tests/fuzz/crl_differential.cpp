// What Crl reads, OpenSSL reads too, and means the same by every field.

#include "fuzz.hpp"
#include "known_keys.hpp"
#include "openssl_view.hpp"

#include <algorithm>
#include <map>

#include <uatrust/x509/crl.hpp>

using namespace uatrust;
using namespace uatrust::fuzz;

namespace {

constexpr int maxEntriesAsked = 64;

std::string hexOf(const ASN1_INTEGER* number) {
    const NumberPtr value{ASN1_INTEGER_to_BN(number, nullptr)};
    char* raw = BN_bn2hex(value.get());
    std::string text{raw};
    OPENSSL_free(raw);
    return text;
}

void compareHead(const Crl& ours, const X509_CRL* theirs) {
    require(equalBytes(ours.issuer().der(), derOf(X509_CRL_get_issuer(theirs))), "the same issuer");
    require(ours.thisUpdate() == instantOf(X509_CRL_get0_lastUpdate(theirs)), "the same thisUpdate");
    require(ours.nextUpdate() == instantOf(X509_CRL_get0_nextUpdate(theirs)), "the same nextUpdate");
}

void compareExtensions(const Crl& ours, const X509_CRL* theirs) {
    const auto number = extensionOf<ASN1_INTEGER, &ASN1_INTEGER_free>(&X509_CRL_get_ext_d2i, theirs, NID_crl_number);
    require(ours.number().empty() == (number.value == nullptr) && ours.number().empty() == number.absent, "cRLNumber or none");
    require(!number.value || sameNumber(ours.number(), number.value.get()), "the same cRLNumber");
    const auto key = extensionOf<AUTHORITY_KEYID, &AUTHORITY_KEYID_free>(&X509_CRL_get_ext_d2i, theirs, NID_authority_key_identifier);
    require((key.value != nullptr) == !key.absent, "authorityKeyIdentifier decodes for OpenSSL");
    require(equalBytes(ours.authorityKeyIdentifier(), octetsOf(key.value ? key.value->keyid : nullptr)), "the same authorityKeyIdentifier");
}

// Of several entries for one serial number the first one in the list speaks.
void compareEntries(const Crl& ours, X509_CRL* theirs) {
    STACK_OF(X509_REVOKED)* list = X509_CRL_get_REVOKED(theirs);
    const int count = std::max(0, sk_X509_REVOKED_num(list));
    require(static_cast<int>(ours.size()) == count, "as many entries");
    std::map<std::string, const X509_REVOKED*> first;
    for (int i = 0; i < std::min(count, maxEntriesAsked); ++i) {
        const X509_REVOKED* entry = sk_X509_REVOKED_value(list, i);
        const auto serial = hexOf(X509_REVOKED_get0_serialNumber(entry));
        const auto found = ours.find(serial);
        require(found.has_value(), "an entry that is there is found");
        const auto* speaks = first.emplace(serial, entry).first->second;
        require(found->revokedAt == instantOf(X509_REVOKED_get0_revocationDate(speaks)), "the same date of revocation");
        const auto reason = extensionOf<ASN1_ENUMERATED, &ASN1_ENUMERATED_free>(&X509_REVOKED_get_ext_d2i, speaks, NID_crl_reason);
        require(found->reason.empty() == reason.absent, "a reason or none");
        require((reason.value != nullptr) == !reason.absent, "the reason decodes for OpenSSL");
    }
}

void compareSignature(ByteView der) {
    const auto signedAgain = signAgain(der, 1);
    const auto ours = Crl::fromDer(signedAgain);
    if (!ours) return;  // it had no signature of that length, and the new one took the place of something else
    const auto theirs = decoded<CrlPtr>(&d2i_X509_CRL, signedAgain);
    require(theirs != nullptr, "d2i_X509_CRL reads it too");
    const bool verifies = X509_CRL_verify(theirs.get(), knownKey(1)) == 1;
    ERR_clear_error();
    require(ours->isSignedBy(knownPublicKey(1)) == verifies, "the signature verifies or not");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView der{data, size};
    const auto ours = Crl::fromDer(der);
    if (!ours) return 0;
    const auto theirs = decoded<CrlPtr>(&d2i_X509_CRL, der);
    require(theirs != nullptr, "d2i_X509_CRL reads it too");
    compareHead(*ours, theirs.get());
    compareExtensions(*ours, theirs.get());
    compareEntries(*ours, theirs.get());
    compareSignature(der);
    return 0;
}
