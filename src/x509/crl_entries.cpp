#include <uatrust/x509/crl_entries.hpp>

#include <algorithm>

#include "x509/asn1.hpp"
#include "x509/crl_reader.hpp"
#include "x509/signed_object.hpp"

namespace uatrust {

std::vector<RevokedSerial> crlEntries(const Crl& crl, std::size_t most) {
    const auto parts = detail::readSignedObject(crl.der(), "certificate revocation list", Crl::kMaxSize);
    const auto contents = parts ? detail::readCrlContents(parts->toBeSignedContent) : Result<detail::CrlContents>{parts.error()};
    std::vector<RevokedSerial> listed;
    // A Crl that exists has been read before.
    if (!contents) return listed;
    for (std::size_t i = 0; i < std::min(most, contents->entries.size()); ++i) {
        const auto& entry = contents->entries[i];
        listed.push_back({detail::integerText(entry.serialNumber), detail::readRevokedEntry(entry)});
    }
    return listed;
}

}  // namespace uatrust
