#include "tool/discovery.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <fmt/format.h>

#include <uatrust/x509/distinguished_name.hpp>

namespace uatrust::tool {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::uint16_t kUsualPort = 4840;

class Connection {
public:
    Connection(std::string url, std::chrono::milliseconds patience)
        : url_{std::move(url)}, patience_{patience}, end_{std::chrono::steady_clock::now() + patience} {}

    [[nodiscard]] Result<void> open(const std::string& host, std::uint16_t port) {
        tcp::resolver::results_type found;
        const auto resolved = within([&](auto done) {
            resolver_.async_resolve(host, std::to_string(port), [done, &found](error_code error, tcp::resolver::results_type results) {
                found = std::move(results);
                done(error);
            });
        });
        if (resolved) return failed("its host cannot be found", resolved);
        const auto connected = within(
            [&](auto done) { asio::async_connect(socket_, found, [done](error_code error, const tcp::endpoint&) { done(error); }); });
        return connected ? failed("nobody can be reached there", connected) : Result<void>{};
    }

    [[nodiscard]] Result<void> send(const Bytes& message) {
        const auto error =
            within([&](auto done) { asio::async_write(socket_, asio::buffer(message), [done](error_code e, std::size_t) { done(e); }); });
        return error ? failed("the connection broke", error) : Result<void>{};
    }

    [[nodiscard]] Result<Bytes> receiveChunk() {
        Bytes chunk(ChunkHeader::size);
        if (const auto got = fill(chunk, 0); !got) return got.error();
        const auto header = readChunkHeader(chunk);
        if (!header) return about(header.error());
        chunk.resize(header->chunkSize);
        if (const auto got = fill(chunk, ChunkHeader::size); !got) return got.error();
        return chunk;
    }

    [[nodiscard]] Result<Bytes> receive(MessageReader reader) {
        for (;;) {
            const auto chunk = receiveChunk();
            if (!chunk) return chunk.error();
            const auto complete = reader.take(*chunk);
            if (!complete) return about(complete.error());
            if (*complete) return reader.body();
        }
    }

    /// The address of the server.
    [[nodiscard]] std::string address() const {
        error_code ignored;
        const auto peer = socket_.remote_endpoint(ignored);
        const auto host = peer.address().to_string();
        return fmt::format("{}{}{}:{}", peer.address().is_v6() ? "[" : "", host, peer.address().is_v6() ? "]" : "", peer.port());
    }

    /// An error that names the server.
    [[nodiscard]] Error about(Error error) const {
        error.message = fmt::format("{} gives no endpoints: {}", printable(url_, 4096), error.message);
        return error;
    }

private:
    [[nodiscard]] Result<void> fill(Bytes& chunk, std::size_t from) {
        const auto error = within([&](auto done) {
            asio::async_read(socket_, asio::buffer(chunk.data() + from, chunk.size() - from),
                             [done](error_code e, std::size_t) { done(e); });
        });
        return error ? failed(error == asio::error::eof ? "the server has closed the connection" : "the connection broke", error)
                     : Result<void>{};
    }

    // Runs one operation to its end, which is also where time is up. `start` gets what is to be called then.
    template <class Start>
    error_code within(Start start) {
        error_code result = asio::error::operation_aborted;
        start([&result](error_code error) { result = error; });
        context_.restart();
        context_.run_until(end_);
        if (context_.stopped()) return result;
        error_code ignored;
        socket_.close(ignored);
        resolver_.cancel();
        context_.run();
        return asio::error::timed_out;
    }

    [[nodiscard]] Error failed(std::string_view what, error_code error) const {
        const auto why = error == asio::error::timed_out
                             ? fmt::format("no answer within {} s", std::chrono::duration<double>{patience_}.count())
                             : error.message();
        return about(
            {StatusCode::BadResourceUnavailable, fmt::format("{} ({}).", what, printable(why)),
             "Check that the server is running, that the name, the address and the port are right, and that no firewall is between."});
    }

    std::string url_;
    std::chrono::milliseconds patience_;
    std::chrono::steady_clock::time_point end_;
    asio::io_context context_{};
    tcp::socket socket_{context_};
    tcp::resolver resolver_{context_};
};

Instant now() { return systemClock().now(); }

Result<Discovered> ask(Connection& connection, const std::string& text, const EndpointUrl& url) {
    if (const auto opened = connection.open(url.host, url.port.value_or(kUsualPort)); !opened) return opened.error();
    if (const auto sent = connection.send(helloMessage(text)); !sent) return sent.error();
    const auto hello = connection.receiveChunk();
    if (!hello) return hello.error();
    if (const auto acknowledged = readAcknowledge(*hello); !acknowledged) return connection.about(acknowledged.error());

    if (const auto sent = connection.send(openRequest(now())); !sent) return sent.error();
    const auto opened = connection.receive(MessageReader{kOpenRequestId});
    if (!opened) return opened.error();
    const auto channel = readOpenResponse(*opened);
    if (!channel) return connection.about(channel.error());

    if (const auto sent = connection.send(getEndpointsRequest(*channel, text, now())); !sent) return sent.error();
    const auto answer = connection.receive(MessageReader{*channel, kGetEndpointsRequestId});
    if (!answer) return answer.error();
    auto offered = readGetEndpointsResponse(*answer);
    if (!offered) return connection.about(offered.error());
    Discovered discovered{.url = url, .address = connection.address(), .offered = std::move(*offered)};
    (void)connection.send(closeRequest(*channel, now()));
    return discovered;
}

}  // namespace

Result<Discovered> discover(const std::string& text, std::chrono::milliseconds patience) try {
    const auto url = parseEndpointUrl(text);
    if (!url || url->scheme != "opc.tcp") {
        return Error{StatusCode::BadTcpEndpointUrlInvalid, fmt::format("\"{}\" is no URL of an endpoint.", printable(text, 4096)),
                     "Give one like opc.tcp://plc-7:4840."};
    }
    Connection connection{text, patience};
    return ask(connection, text, *url);
} catch (const boost::system::system_error& error) {
    return Error{StatusCode::BadResourceUnavailable, fmt::format("The network cannot be used: {}.", error.what()),
                 "Check what the system allows this program: sockets, threads, memory."};
}

}  // namespace uatrust::tool
