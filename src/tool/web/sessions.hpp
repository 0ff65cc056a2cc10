#pragma once

#include <uatrust/core/secret.hpp>

#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "tool/web/secrets.hpp"

namespace uatrust::tool::web {

/// Timer is the clock of everything that ends by itself: nobody can set it.
using Timer = std::chrono::steady_clock;

/// Session is one browser that has shown that it may be here.
struct Session {
    std::string cookie{};  ///< the secret that the browser sends along
    std::string csrf{};    ///< the secret that only the page itself can read
    std::string address{};
};

/// AttemptLimit bounds how often somebody may guess. Not thread-safe.
class AttemptLimit {
public:
    static constexpr unsigned kMaxFailures = 5;  ///< of one address, within kWindow
    static constexpr std::chrono::seconds kWindow{60};
    static constexpr std::size_t kMaxAddresses = 256;

    /// How long an address has to wait; zero when it may try.
    [[nodiscard]] std::chrono::seconds waitFor(const std::string& address, Timer::time_point now);
    void failed(const std::string& address, Timer::time_point now);
    void succeeded(const std::string& address) { failures_.erase(address); }

private:
    struct Failures {
        unsigned count = 0;
        Timer::time_point first{};
    };
    std::map<std::string, Failures> failures_{};
};

/// Sessions lets browsers in, by a token that works once or by the password, and knows them again by their cookie. All of it is in
/// memory: who restarts the program signs everybody out. Thread-safe.
class Sessions {
public:
    static constexpr std::size_t kMaxSessions = 32;
    static constexpr std::size_t kMaxTokens = 8;  ///< the oldest one makes room
    static constexpr std::chrono::hours kIdle{12};

    /// `password` may be empty: then only tokens let anybody in.
    explicit Sessions(SecretBytes password) : password_{std::move(password)} {}

    [[nodiscard]] bool hasPassword() const noexcept { return !password_.empty(); }

    /// A new token, for an address to open. It lives as long as the program, or `validFor`.
    [[nodiscard]] Result<std::string> newToken(std::optional<std::chrono::seconds> validFor = {});

    /// Entry is a session, or why there is none: BadUserAccessDenied; BadTooManyOperations with `retryAfter`; BadTooManySessions.
    struct Entry {
        Result<Session> session;
        std::chrono::seconds retryAfter{0};
    };
    [[nodiscard]] Entry enterByToken(const std::string& token, const std::string& address);
    [[nodiscard]] Entry enterByPassword(const std::string& password, const std::string& address);

    /// The session of a cookie, used now.
    [[nodiscard]] std::optional<Session> find(const std::string& cookie);
    /// Whether it is there still, without using it.
    [[nodiscard]] bool isOpen(const std::string& cookie);
    void leave(const std::string& cookie);

private:
    struct Known {
        Session session{};
        Timer::time_point lastUsed{};
    };
    struct Token {
        SecretDigest digest{};
        std::optional<Timer::time_point> until{};
    };
    [[nodiscard]] bool useToken(const std::string& token);
    template <class Fits>
    [[nodiscard]] Entry enter(const std::string& address, const Error& refusal, Fits fits);
    [[nodiscard]] Result<Session> open(const std::string& address);
    void dropIdle(Timer::time_point now);

    std::mutex mutex_{};
    SecretBytes password_;
    std::deque<Token> tokens_{};
    std::map<SecretDigest, Known> sessions_{};
    AttemptLimit limit_{};
};

}  // namespace uatrust::tool::web
