#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <uatrust/core/bytes.hpp>

// What a server sends to somebody who asks for its endpoints (OPC 10000-6), written without the code that reads it: honest,
// and in every way that is not.
namespace uatrust::test {

/// UaWriter writes UA Binary.
class UaWriter {
public:
    UaWriter& u8(unsigned value) { return number(value, 1); }
    UaWriter& u16(unsigned value) { return number(value, 2); }
    UaWriter& u32(std::uint32_t value) { return number(value, 4); }
    UaWriter& i64(std::int64_t value) { return number(static_cast<std::uint64_t>(value), 8); }
    UaWriter& null() { return u32(0xFFFFFFFFU); }
    UaWriter& raw(std::string_view text) {
        bytes_.insert(bytes_.end(), text.begin(), text.end());
        return *this;
    }
    UaWriter& raw(ByteView content) { return raw(asText(content)); }
    UaWriter& string(std::string_view text) { return u32(static_cast<std::uint32_t>(text.size())).raw(text); }
    UaWriter& bytes(ByteView content) { return string(asText(content)); }
    UaWriter& type(unsigned id) { return u8(1).u8(0).u16(id); }
    [[nodiscard]] const Bytes& done() const { return bytes_; }

private:
    UaWriter& number(std::uint64_t value, unsigned octets) {
        for (unsigned i = 0; i < octets; ++i) bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
        return *this;
    }
    Bytes bytes_{};
};

/// uaChunk() puts a header before the rest of a chunk. `kind` is "ACKF", "MSGC" and so on.
[[nodiscard]] inline Bytes uaChunk(std::string_view kind, ByteView rest) {
    return UaWriter{}.raw(kind).u32(static_cast<std::uint32_t>(rest.size() + 8)).raw(rest).done();
}

[[nodiscard]] inline Bytes uaAcknowledge() { return uaChunk("ACKF", UaWriter{}.u32(0).u32(65535).u32(65535).u32(0).u32(0).done()); }

[[nodiscard]] inline Bytes uaError(std::uint32_t status, std::string_view reason) {
    return uaChunk("ERRF", UaWriter{}.u32(status).string(reason).done());
}

/// Sent at 2026-06-15T12:00:00Z.
inline constexpr std::int64_t kUaTime = (1781524800LL + 11644473600LL) * 10'000'000;

[[nodiscard]] inline Bytes uaResponse(unsigned type, std::uint32_t result, ByteView rest, std::int64_t time = kUaTime) {
    return UaWriter{}.type(type).i64(time).u32(1).u32(result).u8(0).null().u16(0).u8(0).raw(rest).done();
}

inline constexpr std::uint32_t kUaChannel = 7;
inline constexpr std::uint32_t kUaToken = 9;

[[nodiscard]] inline Bytes uaOpenBody() {
    return uaResponse(449, 0, UaWriter{}.u32(0).u32(kUaChannel).u32(kUaToken).i64(kUaTime).u32(60000).null().done());
}
[[nodiscard]] inline Bytes uaOpenChunk(ByteView body, std::uint32_t requestId = 1,
                                       std::string_view policy = "http://opcfoundation.org/UA/SecurityPolicy#None") {
    return uaChunk("OPNF", UaWriter{}.u32(kUaChannel).string(policy).null().null().u32(1).u32(requestId).raw(body).done());
}
[[nodiscard]] inline Bytes uaMessageChunk(ByteView body, char final = 'F', std::uint32_t requestId = 2, std::uint32_t token = kUaToken) {
    return uaChunk(std::string{"MSG"} + final, UaWriter{}.u32(kUaChannel).u32(token).u32(2).u32(requestId).raw(body).done());
}

struct UaEndpoint {
    std::string url = "opc.tcp://localhost:4840";
    std::string applicationUri = "urn:test:plc-7";
    Bytes certificate{};
    std::uint32_t mode = 3;
    std::string policy = "http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256";
};

[[nodiscard]] inline Bytes uaEndpoint(const UaEndpoint& endpoint) {
    UaWriter out;
    out.string(endpoint.url).string(endpoint.applicationUri).string("urn:test:product");
    out.u8(3).string("en").string("Line 4 server").u32(0).null().null();
    out.u32(1).string(endpoint.url);
    out.bytes(endpoint.certificate).u32(endpoint.mode).string(endpoint.policy);
    out.u32(1).string("anonymous").u32(0).null().null().null();
    out.string("http://opcfoundation.org/UA-Profile/Transport/uatcp-uasc-uabinary").u8(1);
    return out.done();
}

[[nodiscard]] inline Bytes uaEndpointsBody(const std::vector<UaEndpoint>& endpoints, std::int64_t time = kUaTime) {
    UaWriter list;
    list.u32(static_cast<std::uint32_t>(endpoints.size()));
    for (const auto& each : endpoints) list.raw(uaEndpoint(each));
    return uaResponse(431, 0, list.done(), time);
}

}  // namespace uatrust::test
