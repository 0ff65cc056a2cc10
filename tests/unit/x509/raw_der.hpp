#pragma once

#include <string_view>
#include <vector>

#include "support/forge.hpp"

// DER put together by hand, for what no library would write.
namespace uatrust::test {

/// tlv() is one element with its length in the shortest form.
[[nodiscard]] inline Bytes tlv(std::uint8_t tag, const std::vector<Bytes>& parts) {
    Bytes content;
    for (const auto& part : parts) content.insert(content.end(), part.begin(), part.end());
    Bytes out{tag};
    const auto size = content.size();
    if (size >= 0x10000) {
        out.insert(out.end(),
                   {0x83, static_cast<std::uint8_t>(size >> 16U), static_cast<std::uint8_t>(size >> 8U), static_cast<std::uint8_t>(size)});
    } else if (size >= 0x100) {
        out.insert(out.end(), {0x82, static_cast<std::uint8_t>(size >> 8U), static_cast<std::uint8_t>(size)});
    } else if (size >= 0x80) {
        out.insert(out.end(), {0x81, static_cast<std::uint8_t>(size)});
    } else {
        out.push_back(static_cast<std::uint8_t>(size));
    }
    out.insert(out.end(), content.begin(), content.end());
    return out;
}

[[nodiscard]] inline Bytes octets(std::string_view text) { return {text.begin(), text.end()}; }
[[nodiscard]] inline Bytes utcTime(std::string_view text) { return tlv(0x17, {octets(text)}); }
[[nodiscard]] inline Bytes generalizedTime(std::string_view text) { return tlv(0x18, {octets(text)}); }

[[nodiscard]] inline Bytes sequence(const std::vector<Bytes>& parts) { return tlv(0x30, parts); }

[[nodiscard]] inline Bytes rawName(const Bytes& commonName, std::uint8_t stringType = 0x0C) {
    return sequence({tlv(0x31, {sequence({{0x06, 0x03, 0x55, 0x04, 0x03}, tlv(stringType, {commonName})})})});
}

/// sha256WithRsaEncryption with NULL
inline const Bytes rsaSha256{0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B, 0x05, 0x00};

/// RawCertificate is a certificate field by field. Its signature is nonsense: reading does not verify.
struct RawCertificate {
    Bytes version{0xA0, 0x03, 0x02, 0x01, 0x02};
    Bytes serial{0x02, 0x01, 0x05};
    Bytes innerAlgorithm = rsaSha256;
    Bytes issuer = rawName(octets("CA"));
    Bytes validity = sequence({utcTime("260101000000Z"), utcTime("360101000000Z")});
    Bytes subject = rawName(octets("plc-7"));
    Bytes publicKey = forgeKey().publicDer();
    Bytes tail{};  ///< unique identifiers and extensions
    Bytes outerAlgorithm = rsaSha256;
    Bytes signature = tlv(0x03, {{0x00}, Bytes(256, 0x5A)});

    [[nodiscard]] Bytes der() const {
        return sequence(
            {sequence({version, serial, innerAlgorithm, issuer, validity, subject, publicKey, tail}), outerAlgorithm, signature});
    }
};

/// rawExtension() is one Extension with a 2.5.29 object identifier; `flag` is the encoded BOOLEAN, if any.
[[nodiscard]] inline Bytes rawExtension(std::uint8_t lastArc, const Bytes& value, const Bytes& flag = {}) {
    return sequence({{0x06, 0x03, 0x55, 0x1D, lastArc}, flag, tlv(0x04, {value})});
}
inline const Bytes criticalFlag{0x01, 0x01, 0xFF};

/// withExtensions() is the tail of a RawCertificate.
[[nodiscard]] inline Bytes withExtensions(const std::vector<Bytes>& extensions) { return tlv(0xA3, {sequence(extensions)}); }

}  // namespace uatrust::test
