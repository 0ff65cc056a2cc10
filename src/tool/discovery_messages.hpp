#pragma once

#include <uatrust/core/bytes.hpp>
#include <uatrust/core/clock.hpp>
#include <uatrust/core/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The octets of an anonymous question for endpoints: opc.tcp (OPC 10000-6, 7.1), a SecureChannel with SecurityPolicy None
// (6.7) and GetEndpoints (OPC 10000-4, 5.5.4) in UA Binary (5.2). Pure functions: nothing here knows a socket, and whatever a
// server sends is an answer or an error.

namespace uatrust::tool {

/// What is taken from a server, and announced to it. Running over one is BadEncodingLimitsExceeded.
struct DiscoveryLimits {
    static constexpr std::size_t maxChunk = 65535;
    static constexpr std::size_t maxMessage = 1U << 20U;
    static constexpr std::size_t maxChunks = 256;
    static constexpr std::size_t maxEndpoints = 500;
};

/// OfferedEndpoint is what of an EndpointDescription trust depends on. All of it is as the server says: texts may hold
/// anything, use printable().
struct OfferedEndpoint {
    std::string endpointUrl{};
    std::string applicationUri{};
    std::string applicationName{};
    Bytes certificate{};  ///< the chain, leaf first; empty when there is none
    std::int32_t securityMode = 0;
    std::string securityPolicyUri{};
    std::string transportProfileUri{};
    friend bool operator==(const OfferedEndpoint&, const OfferedEndpoint&) = default;
};

/// OfferedEndpoints is the answer to GetEndpoints.
struct OfferedEndpoints {
    std::vector<OfferedEndpoint> endpoints{};
    std::optional<Instant> serverTime{};  ///< when the server has answered, by its own clock; nothing when it does not say
};

/// securityModeName() is "None", "Sign", "SignAndEncrypt", or the number.
[[nodiscard]] std::string securityModeName(std::int32_t mode);

/// Channel is an open SecureChannel.
struct Channel {
    std::uint32_t id = 0;
    std::uint32_t token = 0;
    friend bool operator==(const Channel&, const Channel&) = default;
};

/// ChunkKind is the kind of a chunk; its sender's last chunk of a message is final.
enum class ChunkKind : std::uint8_t { Acknowledge, Error, OpenSecureChannel, Message };
struct ChunkHeader {
    static constexpr std::size_t size = 8;
    ChunkKind kind = ChunkKind::Error;
    char final = 'F';           ///< 'F', 'C': more to come, 'A': given up
    std::size_t chunkSize = 0;  ///< octets, this header included
};

/// readChunkHeader() reads the first ChunkHeader::size octets of a chunk. BadTcpMessageTypeInvalid for what no server sends, HTTP
/// for example.
[[nodiscard]] Result<ChunkHeader> readChunkHeader(ByteView octets);

/// What is sent. Sequence numbers and request ids are 1, 2, 3 in this order, `now` is the time stamp of the request.
[[nodiscard]] Bytes helloMessage(std::string_view endpointUrl);
[[nodiscard]] Bytes openRequest(Instant now);
[[nodiscard]] Bytes getEndpointsRequest(const Channel& channel, std::string_view endpointUrl, Instant now);
[[nodiscard]] Bytes closeRequest(const Channel& channel, Instant now);
inline constexpr std::uint32_t kOpenRequestId = 1;
inline constexpr std::uint32_t kGetEndpointsRequestId = 2;

/// readAcknowledge() looks at the answer to Hello, a whole chunk. The error is what the server says when it refuses.
[[nodiscard]] Result<void> readAcknowledge(ByteView chunk);

/// MessageReader puts the chunks of the answer to one request together. Used once.
class MessageReader {
public:
    /// For the answer to OpenSecureChannel.
    explicit MessageReader(std::uint32_t requestId) : expected_{ChunkKind::OpenSecureChannel}, requestId_{requestId} {}
    /// For the answer to a request in a channel.
    MessageReader(const Channel& channel, std::uint32_t requestId)
        : expected_{ChunkKind::Message}, channel_{channel}, requestId_{requestId} {}

    /// take() takes the next whole chunk, and is true when the message is complete. The error is final: what the server says
    /// instead of an answer, or why this is none.
    [[nodiscard]] Result<bool> take(ByteView chunk);

    /// The encoded response.
    [[nodiscard]] const Bytes& body() const noexcept { return body_; }

private:
    [[nodiscard]] Result<ByteView> bodyOf(ByteView chunk) const;

    ChunkKind expected_;
    Channel channel_{};
    std::uint32_t requestId_;
    Bytes body_{};
    std::size_t chunks_ = 0;
};

/// Reads a response. The error is the server's own when it answers with a ServiceFault or a bad ServiceResult.
[[nodiscard]] Result<Channel> readOpenResponse(ByteView body);
[[nodiscard]] Result<OfferedEndpoints> readGetEndpointsResponse(ByteView body);

}  // namespace uatrust::tool
