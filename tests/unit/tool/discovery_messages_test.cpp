#include "tool/discovery_messages.hpp"
#include "support/catch.hpp"
#include "support/forge.hpp"
#include "unit/tool/ua_server.hpp"

using namespace uatrust;
using namespace uatrust::test;
using namespace uatrust::tool;

// Written by hand after OPC 10000-6, 6.7 and 7.1; what is read is written by ua_server.hpp.
namespace {

const Channel kChannel{kUaChannel, kUaToken};

StatusCode taken(MessageReader reader, const Bytes& chunk) { return reader.take(chunk).status(); }

}  // namespace

TEST_CASE("Hello says the size, the limits and the URL") {
    const auto hello = helloMessage("opc.tcp://plc-7:4840");
    const auto expected =
        UaWriter{}.raw("HELF").u32(52).u32(0).u32(65535).u32(65535).u32(1U << 20U).u32(256).string("opc.tcp://plc-7:4840");
    CHECK(toHex(hello) == toHex(expected.done()));
}

TEST_CASE("The requests are as OPC 10000-6 has them") {
    const auto header = [](UaWriter& out, unsigned type, unsigned handle) {
        out.type(type).u16(0).i64(kUaTime).u32(handle).u32(0).null().u32(10000).u16(0).u8(0);
    };
    UaWriter open;
    open.u32(0).string("http://opcfoundation.org/UA/SecurityPolicy#None").null().null().u32(1).u32(1);
    header(open, 446, 1);
    open.u32(0).u32(0).u32(1).null().u32(60000);
    CHECK(toHex(openRequest(kForgeNow)) == toHex(uaChunk("OPNF", open.done())));

    UaWriter ask;
    ask.u32(kUaChannel).u32(kUaToken).u32(2).u32(2);
    header(ask, 428, 2);
    ask.string("opc.tcp://plc-7").null().null();
    CHECK(toHex(getEndpointsRequest(kChannel, "opc.tcp://plc-7", kForgeNow)) == toHex(uaChunk("MSGF", ask.done())));

    UaWriter close;
    close.u32(kUaChannel).u32(kUaToken).u32(3).u32(3);
    header(close, 452, 3);
    CHECK(toHex(closeRequest(kChannel, kForgeNow)) == toHex(uaChunk("CLOF", close.done())));
}

TEST_CASE("A server that accepts, and one that says why it does not") {
    CHECK(readAcknowledge(uaAcknowledge()).ok());
    const auto refused = readAcknowledge(uaError(0x80830000U, "no such endpoint\x1b[2J"));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.status() == StatusCode::BadTcpEndpointUrlInvalid);
    CHECK(refused.error().message.find("no such endpoint\\x1B[2J") != std::string::npos);
    const auto unknown = readAcknowledge(uaError(0x8FFF0000U, ""));
    CHECK(unknown.status() == StatusCode::BadUnexpectedError);
    CHECK(unknown.error().message.find("0x8FFF0000") != std::string::npos);
    CHECK_FALSE(readAcknowledge(uaError(0, "all is well")).ok());
}

TEST_CASE("What is no opc.tcp is told as such, and a chunk is not larger than was announced") {
    const auto http = readChunkHeader(asBytes("HTTP/1.1 400 Bad Request"));
    CHECK(http.status() == StatusCode::BadTcpMessageTypeInvalid);
    CHECK(http.error().message.find("HTTP") != std::string::npos);
    CHECK_FALSE(readChunkHeader(asBytes("ACKF")).ok());
    CHECK(readChunkHeader(UaWriter{}.raw("MSGF").u32(65536).done()).status() == StatusCode::BadEncodingLimitsExceeded);
    CHECK(readChunkHeader(UaWriter{}.raw("MSGF").u32(65535).done())->chunkSize == 65535);
    CHECK_FALSE(readChunkHeader(UaWriter{}.raw("MSGF").u32(7).done()).ok());
    CHECK(readAcknowledge(uaOpenChunk(uaOpenBody())).status() == StatusCode::BadTcpMessageTypeInvalid);
    CHECK_FALSE(readAcknowledge(uaChunk("ACKF", UaWriter{}.u32(0).done())).ok());
}

TEST_CASE("The channel is the one that the server has opened") {
    MessageReader reader{kOpenRequestId};
    REQUIRE(*reader.take(uaOpenChunk(uaOpenBody())));
    CHECK(*readOpenResponse(reader.body()) == kChannel);
    CHECK_FALSE(MessageReader{kOpenRequestId}.take(uaOpenChunk(uaOpenBody(), 2)).ok());
    CHECK_FALSE(
        MessageReader{kOpenRequestId}.take(uaOpenChunk(uaOpenBody(), 1, "http://opcfoundation.org/UA/SecurityPolicy#Basic256")).ok());
    CHECK_FALSE(readOpenResponse(uaEndpointsBody({})).ok());
    CHECK(readOpenResponse(uaResponse(397, 0x80550000U, {})).status() == StatusCode::BadSecurityPolicyRejected);
}

TEST_CASE("Endpoints come in any number of chunks") {
    const UaEndpoint secure{.certificate = forgeCertificate({.keyName = "p256"}).der};
    const UaEndpoint open{.mode = 1, .policy = "http://opcfoundation.org/UA/SecurityPolicy#None"};
    const auto body = uaEndpointsBody({secure, open});
    MessageReader reader{kChannel, kGetEndpointsRequestId};
    const ByteView all{body};
    CHECK_FALSE(*reader.take(uaMessageChunk(all.first(10), 'C')));
    CHECK_FALSE(*reader.take(uaMessageChunk(all.subspan(10, 1), 'C')));
    CHECK(*reader.take(uaMessageChunk(all.subspan(11))));
    const auto offered = readGetEndpointsResponse(reader.body());
    REQUIRE(offered.ok());
    CHECK(offered->serverTime == kForgeNow);
    REQUIRE(offered->endpoints.size() == 2);
    CHECK(offered->endpoints[0].certificate == secure.certificate);
    CHECK(offered->endpoints[0].applicationUri == "urn:test:plc-7");
    CHECK(offered->endpoints[0].applicationName == "Line 4 server");
    CHECK(offered->endpoints[0].securityPolicyUri == secure.policy);
    CHECK(securityModeName(offered->endpoints[0].securityMode) == "SignAndEncrypt");
    CHECK(offered->endpoints[1].certificate.empty());
    CHECK(securityModeName(offered->endpoints[1].securityMode) == "None");
    CHECK(securityModeName(-1) == "-1");
}

TEST_CASE("A message of another channel, token or request is none") {
    const auto body = uaEndpointsBody({});
    CHECK(taken({kChannel, kGetEndpointsRequestId}, uaMessageChunk(body)) == StatusCode::Good);
    CHECK(taken({kChannel, kGetEndpointsRequestId}, uaMessageChunk(body, 'F', 3)) == StatusCode::BadTcpMessageTypeInvalid);
    CHECK(taken({kChannel, kGetEndpointsRequestId}, uaMessageChunk(body, 'F', 2, 1)) == StatusCode::BadTcpMessageTypeInvalid);
    CHECK(taken({kChannel, kGetEndpointsRequestId}, uaOpenChunk(uaOpenBody())) == StatusCode::BadTcpMessageTypeInvalid);
    CHECK(taken({kChannel, kGetEndpointsRequestId}, uaMessageChunk(body, 'X')) == StatusCode::BadUnexpectedError);
    CHECK(taken({kChannel, kGetEndpointsRequestId}, uaError(0x80B80000U, "")) == StatusCode::BadRequestTooLarge);
    const auto aborted = UaWriter{}.u32(0x80080000U).string("too large").done();
    CHECK(taken({kChannel, kGetEndpointsRequestId}, uaMessageChunk(aborted, 'A')) == StatusCode::BadEncodingLimitsExceeded);
}

TEST_CASE("Neither many chunks nor large ones nor many endpoints are more than is taken") {
    MessageReader small{kChannel, kGetEndpointsRequestId};
    for (std::size_t i = 0; i < DiscoveryLimits::maxChunks; ++i) CHECK_FALSE(*small.take(uaMessageChunk({}, 'C')));
    CHECK(small.take(uaMessageChunk({}, 'C')).status() == StatusCode::BadEncodingLimitsExceeded);

    MessageReader large{kChannel, kGetEndpointsRequestId};
    const Bytes filler(60000, 0);
    auto status = StatusCode::Good;
    for (int i = 0; i < 100 && status == StatusCode::Good; ++i) status = large.take(uaMessageChunk(filler, 'C')).status();
    CHECK(status == StatusCode::BadEncodingLimitsExceeded);
    CHECK(large.body().size() <= DiscoveryLimits::maxMessage);

    CHECK(readGetEndpointsResponse(uaEndpointsBody(std::vector<UaEndpoint>(501))).status() == StatusCode::BadEncodingLimitsExceeded);
    CHECK(readGetEndpointsResponse(uaEndpointsBody(std::vector<UaEndpoint>(500))).ok());
    // An array that says it is longer than the message costs nothing.
    CHECK_FALSE(readGetEndpointsResponse(uaResponse(431, 0, UaWriter{}.u32(0x7FFFFFFFU).done())).ok());
}

TEST_CASE("An answer that ends anywhere is an error, and so is diagnostic information without an end") {
    const auto body = uaEndpointsBody({{.certificate = {1, 2, 3}}});
    REQUIRE(readGetEndpointsResponse(body).ok());
    for (std::size_t size = 0; size < body.size(); ++size) {
        CAPTURE(size);
        CHECK_FALSE(readGetEndpointsResponse(ByteView{body}.first(size)).ok());
    }
    UaWriter deep;
    deep.type(431).i64(kUaTime).u32(1).u32(0);
    for (int i = 0; i < 500000; ++i) deep.u8(0x40);
    CHECK_FALSE(readGetEndpointsResponse(deep.done()).ok());
    UaWriter full;  // each member, one inside the other, then none
    full.type(431).i64(kUaTime).u32(1).u32(0).u8(0x7F).u32(1).u32(2).u32(3).u32(4).string("more").u32(0x80000000U).u8(0);
    full.u32(1).string("table").u8(4).u16(0).raw("0123456789abcdef").u8(1).string("an extension").u32(0);
    CHECK(readGetEndpointsResponse(full.done()).ok());
}
