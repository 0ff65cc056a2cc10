// Any octets as a CRL: it is read or refused, and what is read can be shown and asked.

#include "fuzz.hpp"

#include <uatrust/x509/crl.hpp>

using namespace uatrust;
using namespace uatrust::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView der{data, size};
    const auto crl = Crl::fromDer(der);
    if (!crl) {
        require(crl.error().status == StatusCode::BadCertificateInvalid, "the status of what is no CRL");
        require(isPlain(crl.error().text()), "an error is plain text");
        return 0;
    }
    require(equalBytes(crl->der(), der), "a CRL keeps its DER");
    require(isOneLine(crl->issuer().text()) && isOneLine(crl->incompleteBecause()), "texts are one plain line");
    require(crl->number().empty() || (!crl->number().starts_with('-') && (crl->number().size() == 1 || !crl->number().starts_with('0'))),
            "a number is positive and has no leading zeros");
    // The end of the input is as good a serial number as any; so is one that is no number.
    const auto serial = toHex(der.last(std::min<std::size_t>(der.size(), 8)));
    for (const std::string_view asked : {std::string_view{serial}, std::string_view{"00"}, std::string_view{"-"}, asText(der.first(4))}) {
        const auto entry = crl->find(asked);
        require(!entry || crl->size() > 0, "an empty list lists nobody");
        require(!entry || isOneLine(entry->reason), "a reason is one plain line");
    }
    return 0;
}
