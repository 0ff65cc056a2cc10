#include "tool/discovery_messages.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include <uatrust/x509/distinguished_name.hpp>

namespace uatrust::tool {
namespace {

constexpr std::string_view kPolicyNone = "http://opcfoundation.org/UA/SecurityPolicy#None";
constexpr std::uint32_t kChannelLifetime = 60000;  // ms; the channel is closed long before
constexpr std::uint32_t kTimeoutHint = 10000;      // ms
constexpr std::int64_t kTicksPerSecond = 10'000'000;
constexpr std::int64_t kSecondsFrom1601To1970 = 11'644'473'600;
constexpr std::uint8_t kFourByteNodeId = 1;

// Numbers of the DefaultBinary encodings (OPC 10000-6, Annex A).
enum class Encoding : std::uint16_t {
    ServiceFault = 397,
    GetEndpointsRequest = 428,
    GetEndpointsResponse = 431,
    OpenSecureChannelRequest = 446,
    OpenSecureChannelResponse = 449,
    CloseSecureChannelRequest = 452
};

// ---- writing

class Writer {
public:
    void u8(std::uint8_t value) { bytes_.push_back(value); }
    void u16(std::uint16_t value) { number(value, 2); }
    void u32(std::uint32_t value) { number(value, 4); }
    void i64(std::int64_t value) { number(static_cast<std::uint64_t>(value), 8); }
    void raw(std::string_view text) { bytes_.insert(bytes_.end(), text.begin(), text.end()); }
    void string(std::string_view text) {
        u32(static_cast<std::uint32_t>(text.size()));
        raw(text);
    }
    void null() { u32(0xFFFFFFFFU); }  // a String, ByteString or array that is not there
    void nodeId(Encoding encoding) {
        u8(kFourByteNodeId);
        u8(0);
        u16(static_cast<std::uint16_t>(encoding));
    }

    /// The octets, with their number where the header of a chunk has it.
    [[nodiscard]] Bytes chunk() && {
        const auto size = bytes_.size();
        for (std::size_t i = 0; i < 4; ++i) bytes_[4 + i] = static_cast<std::uint8_t>(size >> (8 * i));
        return std::move(bytes_);
    }

private:
    void number(std::uint64_t value, unsigned octets) {
        for (unsigned i = 0; i < octets; ++i) bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
    Bytes bytes_{};
};

Writer chunkOf(std::string_view typeAndFinal) {
    Writer out;
    out.raw(typeAndFinal);
    out.u32(0);
    return out;
}

void writeRequestHeader(Writer& out, Encoding request, std::uint32_t handle, Instant now) {
    out.nodeId(request);
    out.u16(0);  // no authenticationToken
    out.i64((now.time_since_epoch().count() + kSecondsFrom1601To1970) * kTicksPerSecond);
    out.u32(handle);
    out.u32(0);  // no diagnostics
    out.null();  // no audit entry
    out.u32(kTimeoutHint);
    out.u16(0);  // no additional header: a null NodeId,
    out.u8(0);   // and no body
}

Writer messageOf(std::string_view typeAndFinal, const Channel& channel, std::uint32_t requestId) {
    auto out = chunkOf(typeAndFinal);
    out.u32(channel.id);
    out.u32(channel.token);
    out.u32(requestId);  // the sequence number
    out.u32(requestId);
    return out;
}

// ---- reading

// What is beyond the end, or over a bound, makes it fail for good; what is read from then on is nothing.
class Reader {
public:
    explicit Reader(ByteView bytes) : rest_{bytes} {}
    [[nodiscard]] bool failed() const noexcept { return failed_; }
    [[nodiscard]] ByteView rest() const noexcept { return rest_; }

    std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
    std::int32_t i32() { return static_cast<std::int32_t>(u32()); }
    std::int64_t i64() { return static_cast<std::int64_t>(number(8)); }

    ByteView bytes() {
        const auto length = i32();
        return length < 0 ? ByteView{} : take(static_cast<std::size_t>(length));
    }
    std::string string() { return std::string{asText(bytes())}; }
    void skip(std::size_t octets) { (void)take(octets); }

    /// The length of an array whose elements have `least` octets each.
    std::size_t count(std::size_t least) {
        const auto length = i32();
        if (length <= 0 || failed_) return 0;
        if (static_cast<std::size_t>(length) <= rest_.size() / least) return static_cast<std::size_t>(length);
        fail();
        return 0;
    }

    /// A NodeId; its number when it is one of namespace 0.
    std::optional<std::uint32_t> nodeId() {
        switch (u8()) {
            case 0:
                return u8();
            case kFourByteNodeId: {
                const auto space = u8();
                const auto id = static_cast<std::uint32_t>(number(2));
                return space == 0 ? std::optional{id} : std::nullopt;
            }
            case 2: {
                const auto space = number(2);
                const auto id = u32();
                return space == 0 ? std::optional{id} : std::nullopt;
            }
            case 3:
            case 5:
                skip(2);
                (void)bytes();
                return std::nullopt;
            case 4:
                skip(2 + 16);
                return std::nullopt;
            default:
                fail();
                return std::nullopt;
        }
    }

    void skipStrings() {
        for (auto left = count(4); left > 0 && !failed_; --left) (void)bytes();
    }
    void skipExtensionObject() {
        (void)nodeId();
        const auto encoding = u8();
        if (encoding == 1 || encoding == 2) (void)bytes();
        if (encoding > 2) fail();
    }
    // One inside the other without recursion: a hostile one is as deep as it is long.
    void skipDiagnosticInfo() {
        for (bool another = true; another && !failed_;) {
            const auto mask = u8();
            for (const unsigned number : {0x01U, 0x02U, 0x04U, 0x08U}) {
                if ((mask & number) != 0) skip(4);
            }
            if ((mask & 0x10U) != 0) (void)bytes();
            if ((mask & 0x20U) != 0) skip(4);
            another = (mask & 0x40U) != 0;
        }
    }
    std::string localizedText() {
        const auto mask = u8();
        if ((mask & 1U) != 0) (void)bytes();
        return (mask & 2U) != 0 ? string() : std::string{};
    }

private:
    void fail() noexcept {
        failed_ = true;
        rest_ = {};
    }
    ByteView take(std::size_t octets) {
        if (octets > rest_.size()) {
            fail();
            return {};
        }
        const auto taken = rest_.first(octets);
        rest_ = rest_.subspan(octets);
        return taken;
    }
    std::uint64_t number(std::size_t octets) {
        std::uint64_t value = 0;
        const auto taken = take(octets);
        for (std::size_t i = 0; i < taken.size(); ++i) value |= std::uint64_t{taken[i]} << (8 * i);
        return value;
    }

    ByteView rest_;
    bool failed_ = false;
};

constexpr std::string_view kNotOpcUa =
    "Check the address and the port of the endpoint, and that what listens there is an OPC UA server of opc.tcp.";

Error notUnderstood(std::string_view what) {
    return {StatusCode::BadUnexpectedError, fmt::format("The server's {} cannot be read: it is cut short, or is none.", what),
            std::string{kNotOpcUa}};
}

Error tooMuch(std::string_view what) {
    return {StatusCode::BadEncodingLimitsExceeded, fmt::format("The server sends more than is taken: {}.", what), std::string{kNotOpcUa}};
}

Error unexpected(std::string_view what) {
    return {StatusCode::BadTcpMessageTypeInvalid, fmt::format("The server answers with {}.", what), std::string{kNotOpcUa}};
}

Error refusedBy(std::uint32_t code, std::string_view reason) {
    const auto status = static_cast<StatusCode>(code);
    const auto known = statusMeaning(status);
    auto text = known.empty() ? fmt::format("0x{:08X}", code) : fmt::format("{} ({})", statusName(status), known);
    if (!reason.empty()) text += fmt::format(", \"{}\"", printable(reason));
    return {known.empty() || isGood(status) ? StatusCode::BadUnexpectedError : status, fmt::format("The server refuses: {}.", text),
            status == StatusCode::BadTcpEndpointUrlInvalid
                ? "Give the URL that the server itself has for this endpoint."
                : "Look into the server's log; it may be starting, overloaded, or closed to anonymous discovery."};
}

Error readError(ByteView chunk) {
    Reader in{chunk.subspan(ChunkHeader::size)};
    const auto code = in.u32();
    const auto reason = in.bytes();
    return in.failed() ? notUnderstood("error message") : refusedBy(code, asText(reason));
}

struct ResponseHeader {
    std::optional<Instant> time{};
    std::uint32_t result = 0;
};

std::optional<Instant> momentOf(std::int64_t ticks) {
    if (ticks <= 0) return {};
    return Instant{std::chrono::seconds{ticks / kTicksPerSecond - kSecondsFrom1601To1970}};
}

ResponseHeader readResponseHeader(Reader& in) {
    ResponseHeader header{.time = momentOf(in.i64())};
    in.skip(4);  // the request's handle: the request id has been compared
    header.result = in.u32();
    in.skipDiagnosticInfo();
    in.skipStrings();
    in.skipExtensionObject();
    return header;
}

// The header of the response that is expected, with the rest of the message still to be read.
Result<ResponseHeader> beginResponse(Reader& in, Encoding expected, std::string_view what) {
    const auto type = in.nodeId();
    const bool fault = type == static_cast<std::uint32_t>(Encoding::ServiceFault);
    if (in.failed() || (!fault && type != static_cast<std::uint32_t>(expected))) return notUnderstood(what);
    const auto header = readResponseHeader(in);
    if (in.failed()) return notUnderstood(what);
    if (fault || !isGood(static_cast<StatusCode>(header.result))) return refusedBy(header.result, {});
    return header;
}

void readApplication(Reader& in, OfferedEndpoint& endpoint) {
    endpoint.applicationUri = in.string();
    (void)in.bytes();  // productUri
    endpoint.applicationName = in.localizedText();
    in.skip(4);        // applicationType
    (void)in.bytes();  // gatewayServerUri
    (void)in.bytes();  // discoveryProfileUri
    in.skipStrings();  // discoveryUrls
}

void skipUserTokens(Reader& in) {
    constexpr std::size_t least = 5 * 4;
    for (auto left = in.count(least); left > 0 && !in.failed(); --left) {
        (void)in.bytes();  // policyId
        in.skip(4);        // tokenType
        (void)in.bytes();  // issuedTokenType
        (void)in.bytes();  // issuerEndpointUrl
        (void)in.bytes();  // securityPolicyUri
    }
}

OfferedEndpoint readEndpoint(Reader& in) {
    OfferedEndpoint endpoint;
    endpoint.endpointUrl = in.string();
    readApplication(in, endpoint);
    const auto certificate = in.bytes();
    endpoint.certificate.assign(certificate.begin(), certificate.end());
    endpoint.securityMode = in.i32();
    endpoint.securityPolicyUri = in.string();
    skipUserTokens(in);
    endpoint.transportProfileUri = in.string();
    (void)in.u8();  // securityLevel
    return endpoint;
}

}  // namespace

std::string securityModeName(std::int32_t mode) {
    switch (mode) {
        case 1:
            return "None";
        case 2:
            return "Sign";
        case 3:
            return "SignAndEncrypt";
        default:
            return std::to_string(mode);
    }
}

Result<ChunkHeader> readChunkHeader(ByteView octets) {
    if (octets.size() < ChunkHeader::size) return notUnderstood("message header");
    const auto text = asText(octets.first(3));
    ChunkHeader header{.final = static_cast<char>(octets[3])};
    if (text == "ACK") {
        header.kind = ChunkKind::Acknowledge;
    } else if (text == "ERR") {
        header.kind = ChunkKind::Error;
    } else if (text == "OPN") {
        header.kind = ChunkKind::OpenSecureChannel;
    } else if (text == "MSG") {
        header.kind = ChunkKind::Message;
    } else {
        return unexpected(fmt::format("\"{}\", which is no message of OPC UA", printable(asText(octets.first(4)))));
    }
    Reader in{octets.subspan(4)};
    header.chunkSize = in.u32();
    if (header.chunkSize < ChunkHeader::size) return notUnderstood("message header");
    if (header.chunkSize > DiscoveryLimits::maxChunk) return tooMuch(fmt::format("a chunk of {} octets", header.chunkSize));
    return header;
}

Bytes helloMessage(std::string_view endpointUrl) {
    auto out = chunkOf("HELF");
    out.u32(0);  // version of the protocol
    out.u32(DiscoveryLimits::maxChunk);
    out.u32(DiscoveryLimits::maxChunk);
    out.u32(DiscoveryLimits::maxMessage);
    out.u32(DiscoveryLimits::maxChunks);
    out.string(endpointUrl);
    return std::move(out).chunk();
}

Bytes openRequest(Instant now) {
    auto out = chunkOf("OPNF");
    out.u32(0);  // no channel yet
    out.string(kPolicyNone);
    out.null();  // no certificate,
    out.null();  // and no thumbprint of the server's
    out.u32(kOpenRequestId);
    out.u32(kOpenRequestId);
    writeRequestHeader(out, Encoding::OpenSecureChannelRequest, kOpenRequestId, now);
    out.u32(0);  // version of the protocol
    out.u32(0);  // issue
    out.u32(1);  // SecurityMode None
    out.null();  // no nonce
    out.u32(kChannelLifetime);
    return std::move(out).chunk();
}

Bytes getEndpointsRequest(const Channel& channel, std::string_view endpointUrl, Instant now) {
    auto out = messageOf("MSGF", channel, kGetEndpointsRequestId);
    writeRequestHeader(out, Encoding::GetEndpointsRequest, kGetEndpointsRequestId, now);
    out.string(endpointUrl);
    out.null();  // any locale
    out.null();  // any transport
    return std::move(out).chunk();
}

Bytes closeRequest(const Channel& channel, Instant now) {
    constexpr std::uint32_t id = kGetEndpointsRequestId + 1;
    auto out = messageOf("CLOF", channel, id);
    writeRequestHeader(out, Encoding::CloseSecureChannelRequest, id, now);
    return std::move(out).chunk();
}

Result<void> readAcknowledge(ByteView chunk) {
    const auto header = readChunkHeader(chunk);
    if (!header) return header.error();
    if (header->chunkSize != chunk.size()) return notUnderstood("answer to Hello");
    if (header->kind == ChunkKind::Error) return readError(chunk);
    if (header->kind != ChunkKind::Acknowledge) return unexpected("another message than Acknowledge");
    Reader in{chunk.subspan(ChunkHeader::size)};
    in.skip(5 * 4);  // its version and limits: what is sent is smaller than any of them may be
    if (in.failed()) return notUnderstood("answer to Hello");
    return {};
}

Result<ByteView> MessageReader::bodyOf(ByteView chunk) const {
    Reader in{chunk.subspan(ChunkHeader::size)};
    const auto channel = in.u32();
    if (expected_ == ChunkKind::OpenSecureChannel) {
        const auto policy = in.bytes();
        (void)in.bytes();
        (void)in.bytes();
        if (!in.failed() && asText(policy) != kPolicyNone) return unexpected("another SecurityPolicy than None");
    } else {
        const auto token = in.u32();
        if (!in.failed() && !(Channel{channel, token} == channel_)) return unexpected("a message of another channel");
    }
    in.skip(4);  // the sequence number
    const auto requestId = in.u32();
    if (in.failed()) return notUnderstood("message");
    if (requestId != requestId_) return unexpected("the answer to another request");
    return in.rest();
}

Result<bool> MessageReader::take(ByteView chunk) {
    const auto header = readChunkHeader(chunk);
    if (!header) return header.error();
    if (header->chunkSize != chunk.size()) return notUnderstood("message");
    if (header->kind == ChunkKind::Error) return readError(chunk);
    if (header->kind != expected_) return unexpected("another message than the one that is due");
    const auto body = bodyOf(chunk);
    if (!body) return body.error();
    if (header->final == 'A') {
        Reader in{*body};
        const auto code = in.u32();
        const auto reason = in.bytes();
        return in.failed() ? notUnderstood("message") : refusedBy(code, asText(reason));
    }
    if (header->final != 'F' && header->final != 'C') return notUnderstood("message header");
    if (++chunks_ > DiscoveryLimits::maxChunks) return tooMuch("a message of too many chunks");
    if (body->size() > DiscoveryLimits::maxMessage - body_.size()) {
        return tooMuch(fmt::format("a message of more than {} octets", DiscoveryLimits::maxMessage));
    }
    body_.insert(body_.end(), body->begin(), body->end());
    return header->final == 'F';
}

Result<Channel> readOpenResponse(ByteView body) {
    constexpr std::string_view what = "answer to OpenSecureChannel";
    Reader in{body};
    if (const auto header = beginResponse(in, Encoding::OpenSecureChannelResponse, what); !header) return header.error();
    in.skip(4);  // version of the protocol
    Channel channel;
    channel.id = in.u32();
    channel.token = in.u32();
    if (in.failed()) return notUnderstood(what);
    return channel;
}

Result<OfferedEndpoints> readGetEndpointsResponse(ByteView body) {
    constexpr std::string_view what = "answer to GetEndpoints";
    constexpr std::size_t least = 50;  // octets of an EndpointDescription that is empty
    Reader in{body};
    const auto header = beginResponse(in, Encoding::GetEndpointsResponse, what);
    if (!header) return header.error();
    OfferedEndpoints offered{.serverTime = header->time};
    const auto count = in.count(least);
    if (count > DiscoveryLimits::maxEndpoints) return tooMuch(fmt::format("{} endpoints", count));
    for (std::size_t i = 0; i < count && !in.failed(); ++i) offered.endpoints.push_back(readEndpoint(in));
    if (in.failed()) return notUnderstood(what);
    return offered;
}

}  // namespace uatrust::tool
