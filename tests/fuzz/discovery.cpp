// Whatever a server sends to somebody who asks it for its endpoints. The first octet says where it begins: 0 with all that is
// sent, 1 with the chunks of an answer, 2 with the answer to GetEndpoints, 3 with the one to OpenSecureChannel.

#include "fuzz.hpp"

#include "tool/discovery_messages.hpp"

using namespace uatrust;
using namespace uatrust::fuzz;
using namespace uatrust::tool;

namespace {

constexpr Channel kChannel{7, 9};

template <class T>
bool holds(const Result<T>& result) {
    if (!result) require(isPlain(result.error().text()), "an error is plain text");
    return result.ok();
}

// The next chunk as the connection cuts it out, nothing when it would wait for more or give up.
std::optional<ByteView> nextChunk(ByteView& sent) {
    if (sent.size() < ChunkHeader::size) return {};
    const auto header = readChunkHeader(sent.first(ChunkHeader::size));
    if (!holds(header) || header->chunkSize > sent.size()) return {};
    require(header->chunkSize >= ChunkHeader::size && header->chunkSize <= DiscoveryLimits::maxChunk,
            "a chunk has the size that was announced");
    const auto chunk = sent.first(header->chunkSize);
    sent = sent.subspan(header->chunkSize);
    return chunk;
}

std::optional<Bytes> receive(MessageReader reader, ByteView& sent) {
    while (const auto chunk = nextChunk(sent)) {
        const auto complete = reader.take(*chunk);
        if (!holds(complete)) return {};
        require(reader.body().size() <= DiscoveryLimits::maxMessage, "a message is as long as was announced at most");
        if (*complete) return reader.body();
    }
    return {};
}

void checkEndpoints(ByteView body) {
    const auto offered = readGetEndpointsResponse(body);
    if (!holds(offered)) return;
    require(offered->endpoints.size() <= DiscoveryLimits::maxEndpoints, "there are as many endpoints as are taken at most");
    std::size_t octets = 0;
    for (const auto& each : offered->endpoints) {
        octets += each.endpointUrl.size() + each.applicationUri.size() + each.applicationName.size() + each.certificate.size() +
                  each.securityPolicyUri.size() + each.transportProfileUri.size();
        require(isOneLine(securityModeName(each.securityMode)), "the name of a mode is plain text");
    }
    require(octets <= body.size(), "nothing comes out that was not sent");
}

void checkDialogue(ByteView sent) {
    const auto hello = nextChunk(sent);
    if (!hello || !holds(readAcknowledge(*hello))) return;
    const auto opened = receive(MessageReader{kOpenRequestId}, sent);
    if (!opened) return;
    const auto channel = readOpenResponse(*opened);
    if (!holds(channel)) return;
    if (const auto answer = receive(MessageReader{*channel, kGetEndpointsRequestId}, sent)) checkEndpoints(*answer);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    ByteView sent{data + 1, size - 1};
    switch (data[0] % 4) {
        case 0:
            checkDialogue(sent);
            break;
        case 1:
            if (const auto answer = receive(MessageReader{kChannel, kGetEndpointsRequestId}, sent)) checkEndpoints(*answer);
            break;
        case 2:
            checkEndpoints(sent);
            break;
        default:
            (void)holds(readOpenResponse(sent));
    }
    return 0;
}
