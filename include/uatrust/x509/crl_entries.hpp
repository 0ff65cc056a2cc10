#pragma once

#include <uatrust/x509/crl.hpp>

#include <string>
#include <vector>

namespace uatrust {

/// RevokedSerial is one entry of a CRL.
struct RevokedSerial {
    std::string serialNumber{};  ///< as Certificate::serialNumber()
    RevokedEntry entry{};
};

/// crlEntries() lists what a CRL revokes, in the order of the serial numbers, `most` entries at most: for people to look at. To look one
/// certificate up, Crl::find() is the way: this reads the whole list anew.
[[nodiscard]] UATRUST_API std::vector<RevokedSerial> crlEntries(const Crl& crl, std::size_t most);

}  // namespace uatrust
