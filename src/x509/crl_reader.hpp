#pragma once

#include <uatrust/x509/crl.hpp>

// TBSCertList (RFC 5280, 5.1.2), taken apart in place: a list of half a million entries is neither copied nor turned
// into half a million objects.

namespace uatrust::detail {

constexpr std::uint8_t derEnumerated = 0x0A;

/// CrlEntry is one entry, left where it is.
struct CrlEntry {
    ByteView serialNumber{};  ///< content of the INTEGER
    ByteView rest{};          ///< date and extensions behind it
};

struct CrlContents {
    ByteView signature{};
    ByteView issuer{};
    Instant thisUpdate{};
    std::optional<Instant> nextUpdate{};
    std::string number{};
    Bytes authorityKeyIdentifier{};
    std::string incompleteBecause{};
    std::vector<CrlEntry> entries{};  ///< ascending by lessSerial()
};

/// readCrlContents() reads the content of a TBSCertList. The views live as long as it does.
[[nodiscard]] Result<CrlContents> readCrlContents(ByteView content);

/// findCrlEntry() looks up the content of a serial number; null when it is not listed.
[[nodiscard]] const CrlEntry* findCrlEntry(const std::vector<CrlEntry>& entries, ByteView serialNumber) noexcept;

/// crlReasonName() is the name of a reasonCode (RFC 5280, 5.3.1), empty for a number that has none.
[[nodiscard]] std::string_view crlReasonName(std::uint8_t reason) noexcept;

/// readRevokedEntry() explains an entry that readCrlContents() has accepted.
[[nodiscard]] RevokedEntry readRevokedEntry(const CrlEntry& entry);

}  // namespace uatrust::detail
