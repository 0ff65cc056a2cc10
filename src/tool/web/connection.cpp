#include "tool/web/connection.hpp"

#include <algorithm>
#include <cerrno>

#ifndef _WIN32
#include <poll.h>
#endif

namespace uatrust::tool::web {
namespace {

using std::chrono::milliseconds;

// How often a wait looks whether the program is to end.
constexpr milliseconds kSlice{200};
// What is read and thrown away so that an answer arrives before the connection is broken, and for how long.
constexpr std::size_t kMaxRest = 16U << 20U;
constexpr std::chrono::seconds kForRest{2};

#ifdef _WIN32
using PollEntry = WSAPOLLFD;
int pollOne(PollEntry& entry, int timeout) { return WSAPoll(&entry, 1, timeout); }
constexpr int kSendFlags = 0;
constexpr int kNoMoreOutput = SD_SEND;
void boundOneCall(socket_t socket) {
    const DWORD limit = 1000;
    for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) {
        (void)setsockopt(socket, SOL_SOCKET, option, reinterpret_cast<const char*>(&limit), sizeof limit);
    }
}
bool onlyLate() { return WSAGetLastError() == WSAEWOULDBLOCK || WSAGetLastError() == WSAETIMEDOUT; }
#else
using PollEntry = pollfd;
int pollOne(PollEntry& entry, int timeout) { return ::poll(&entry, 1, timeout); }
constexpr int kSendFlags = MSG_NOSIGNAL;
constexpr int kNoMoreOutput = SHUT_WR;
void boundOneCall(socket_t socket) {
    const timeval limit{.tv_sec = 1, .tv_usec = 0};
    for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) (void)setsockopt(socket, SOL_SOCKET, option, &limit, sizeof limit);
}
bool onlyLate() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }
#endif

using NameFunction = int (*)(socket_t, sockaddr*, socklen_t*);

void addressOf(socket_t socket, NameFunction which, std::string& ip, int& port) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> service{};
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (which(socket, any, &size) != 0) return;
    if (getnameinfo(any, size, host.data(), static_cast<socklen_t>(host.size()), service.data(), static_cast<socklen_t>(service.size()),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        return;
    }
    ip = host.data();
    port = std::atoi(service.data());
}

}  // namespace

Connection::Connection(socket_t socket, const TlsServer* tls, const std::atomic<bool>& stopping)
    : socket_{socket}, stopping_{&stopping}, readUntil_{Timer::now() + kForHead}, writeUntil_{readUntil_ + kForAnswer} {
    boundOneCall(socket);
    if (tls == nullptr) return;
    ssl_.reset(SSL_new(static_cast<SSL_CTX*>(tls->context())));
    if (ssl_) SSL_set_fd(ssl_.get(), static_cast<int>(socket));
}

Connection::~Connection() { httplib::detail::close_socket(socket_); }

bool Connection::wait(Direction direction, Timer::time_point deadline) const {
    for (;;) {
        const auto left = std::chrono::duration_cast<milliseconds>(deadline - Timer::now());
        if (*stopping_ || left.count() <= 0) return false;
        PollEntry entry{};
        entry.fd = socket_;
        entry.events = direction == Direction::In ? POLLIN : POLLOUT;
        const int ready = pollOne(entry, static_cast<int>(std::min(left, kSlice).count()));
        if (ready > 0) return true;
        if (ready < 0 && !onlyLate()) return false;
    }
}

template <class Operation>
int Connection::overTls(Operation operation, Direction first, Timer::time_point deadline) {
    auto direction = first;
    for (;;) {
        if ((SSL_pending(ssl_.get()) == 0 || direction == Direction::Out) && !wait(direction, deadline)) return -1;
        ERR_clear_error();
        const int result = operation();
        if (result > 0) return result;
        switch (SSL_get_error(ssl_.get(), result)) {
            case SSL_ERROR_WANT_READ:
                direction = Direction::In;
                break;
            case SSL_ERROR_WANT_WRITE:
                direction = Direction::Out;
                break;
            case SSL_ERROR_ZERO_RETURN:
                return 0;
            default:
                ERR_clear_error();
                return -1;
        }
    }
}

bool Connection::open() {
    return !ssl_ || overTls([&] { return SSL_accept(ssl_.get()); }, Direction::In, readUntil_) > 0;
}

void Connection::expectBody(std::size_t octets) {
    const auto now = Timer::now();
    readable_ = octets;
    readUntil_ = now + kForBody;
    writeUntil_ = readUntil_ + kForAnswer;
}

ssize_t Connection::receive(char* target, std::size_t size, Timer::time_point deadline) {
    const auto most = static_cast<int>(std::min<std::size_t>(size, 1U << 20U));
    if (ssl_) return overTls([&] { return SSL_read(ssl_.get(), target, most); }, Direction::In, deadline);
    while (wait(Direction::In, deadline)) {
        const auto count = ::recv(socket_, target, static_cast<std::size_t>(most), 0);
        if (count >= 0 || !onlyLate()) return static_cast<ssize_t>(count);
    }
    return -1;
}

ssize_t Connection::transmit(const char* source, std::size_t size, Timer::time_point deadline) {
    const auto most = static_cast<int>(std::min<std::size_t>(size, 1U << 16U));
    if (ssl_) return overTls([&] { return SSL_write(ssl_.get(), source, most); }, Direction::Out, deadline);
    while (wait(Direction::Out, deadline)) {
        const auto count = ::send(socket_, source, static_cast<std::size_t>(most), kSendFlags);
        if (count >= 0 || !onlyLate()) return static_cast<ssize_t>(count);
    }
    return -1;
}

bool Connection::is_readable() const { return at_ != end_ || wait(Direction::In, readUntil_); }

bool Connection::is_writable() const {
    // Who has closed the connection at the other end listens no more.
    PollEntry entry{};
    entry.fd = socket_;
    entry.events = POLLIN;
    char next = 0;
    if (pollOne(entry, 0) > 0 && ::recv(socket_, &next, 1, MSG_PEEK) == 0) return false;
    return wait(Direction::Out, Timer::now() + kForPart);
}

ssize_t Connection::read(char* target, size_t size) {
    size = std::min(size, readable_);
    if (size == 0) return -1;
    if (at_ == end_) {
        const auto count = receive(buffer_.data(), buffer_.size(), readUntil_);
        if (count <= 0) return count;
        at_ = 0;
        end_ = static_cast<std::size_t>(count);
    }
    const auto count = std::min(size, end_ - at_);
    std::copy_n(buffer_.data() + at_, count, target);
    at_ += count;
    readable_ -= count;
    return static_cast<ssize_t>(count);
}

ssize_t Connection::write(const char* source, size_t size) {
    const auto soon = Timer::now() + kForPart;
    return transmit(source, size, endless_ ? soon : std::min(soon, writeUntil_));
}

void Connection::finish() {
    const auto deadline = Timer::now() + kForRest;
    if (ssl_) (void)SSL_shutdown(ssl_.get());
    (void)::shutdown(socket_, kNoMoreOutput);
    // Octets that nobody has read would make the system break the connection, and the answer be lost on its way. The end of what
    // the other side sends comes at once where it has sent everything.
    std::array<char, 4096> rest{};
    for (std::size_t count = 0; count < kMaxRest && wait(Direction::In, deadline);) {
        const auto more = ::recv(socket_, rest.data(), rest.size(), 0);
        if (more <= 0) return;
        count += static_cast<std::size_t>(more);
    }
}

void Connection::get_remote_ip_and_port(std::string& ip, int& port) const { addressOf(socket_, &::getpeername, ip, port); }

void Connection::get_local_ip_and_port(std::string& ip, int& port) const { addressOf(socket_, &::getsockname, ip, port); }

}  // namespace uatrust::tool::web
