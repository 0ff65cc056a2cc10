#pragma once

#include <uatrust/core/bytes.hpp>

#include <array>
#include <atomic>
#include <memory>

#include <httplib.h>

#include "tool/web/sessions.hpp"
#include "tool/web/tls.hpp"

namespace uatrust::tool::web {

/// Connection is one connection of a browser, for one request. Whatever the other side does, it is over after a time, and no more is
/// read than a request may have: httplib bounds the length of a line alone.
class Connection final : public httplib::Stream {
public:
    static constexpr std::size_t kMaxHead = 32768;       ///< octets of the request line and all header lines
    static constexpr std::chrono::seconds kForHead{10};  ///< TLS handshake included
    static constexpr std::chrono::seconds kForBody{60};
    static constexpr std::chrono::seconds kForAnswer{60};  ///< an answer that ends
    static constexpr std::chrono::seconds kForPart{10};    ///< anything at all of an answer has to leave within this time

    /// Takes the socket over. `tls` may be null. `stopping` ends every wait.
    Connection(socket_t socket, const TlsServer* tls, const std::atomic<bool>& stopping);
    ~Connection() override;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// The TLS handshake, if there is one.
    [[nodiscard]] bool open();
    /// From now on the body is read, at most so many octets, and then the answer written.
    void expectBody(std::size_t octets);
    /// The answer may take as long as somebody listens.
    void answerIsEndless() noexcept { endless_ = true; }
    /// Ends the answer so that it arrives even where the request was not read to its end.
    void finish();

    bool is_readable() const override;
    bool is_writable() const override;
    ssize_t read(char* target, size_t size) override;
    ssize_t write(const char* source, size_t size) override;
    void get_remote_ip_and_port(std::string& ip, int& port) const override;
    void get_local_ip_and_port(std::string& ip, int& port) const override;
    socket_t socket() const override { return socket_; }

private:
    enum class Direction : std::uint8_t { In, Out };
    [[nodiscard]] bool wait(Direction direction, Timer::time_point deadline) const;
    /// What has come, at most so much: 0 at the end, negative on failure.
    [[nodiscard]] ssize_t receive(char* target, std::size_t size, Timer::time_point deadline);
    [[nodiscard]] ssize_t transmit(const char* source, std::size_t size, Timer::time_point deadline);
    /// Repeats an operation of OpenSSL until it has done something.
    template <class Operation>
    [[nodiscard]] int overTls(Operation operation, Direction first, Timer::time_point deadline);

    socket_t socket_;
    const std::atomic<bool>* stopping_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, &SSL_free};
    std::array<char, 4096> buffer_{};
    std::size_t at_ = 0;
    std::size_t end_ = 0;
    std::size_t readable_ = kMaxHead;  ///< octets that may be read still
    Timer::time_point readUntil_{};
    Timer::time_point writeUntil_{};
    bool endless_ = false;
};

}  // namespace uatrust::tool::web
