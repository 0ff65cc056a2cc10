#include "tool/web/sessions.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace uatrust::tool::web {
namespace {

// Who was here so lately is not signed out to make room for somebody else.
constexpr std::chrono::minutes kBusy{10};

Error tooManyAttempts(std::chrono::seconds wait) {
    return {StatusCode::BadServerTooBusy, "Too many attempts to sign in have failed.",
            fmt::format("Try again in {} seconds.", wait.count())};
}

Error wrongToken() {
    return {StatusCode::BadUserAccessDenied,
            "This address does not let anybody in: each one works once, and this one was used or is wrong.",
            "Press Enter where uatrust serve runs, or start it again, and open the address that it prints then."};
}

Error wrongPassword() {
    return {StatusCode::BadUserAccessDenied, "The password is wrong.", "Give the first line of the file that --password-file names."};
}

Error tooManySessions() {
    return {StatusCode::BadTooManySessions, fmt::format("{} browsers are signed in, and all are in use.", Sessions::kMaxSessions),
            "Sign one of them out, or wait ten minutes."};
}

}  // namespace

std::chrono::seconds AttemptLimit::waitFor(const std::string& address, Timer::time_point now) {
    std::erase_if(failures_, [&](const auto& each) { return now - each.second.first >= kWindow; });
    const auto at = failures_.find(address);
    if (at == failures_.end()) {
        // Somebody with a great many addresses: nobody new may try until the first of them are forgotten.
        return failures_.size() >= kMaxAddresses ? kWindow : std::chrono::seconds{0};
    }
    if (at->second.count < kMaxFailures) return std::chrono::seconds{0};
    return std::chrono::ceil<std::chrono::seconds>(kWindow - (now - at->second.first));
}

void AttemptLimit::failed(const std::string& address, Timer::time_point now) {
    auto& failures = failures_.try_emplace(address, Failures{0, now}).first->second;
    ++failures.count;
}

Result<std::string> Sessions::newToken(std::optional<std::chrono::seconds> validFor) {
    auto token = randomSecret();
    if (!token) return token;
    const std::lock_guard guard{mutex_};
    if (tokens_.size() >= kMaxTokens) tokens_.pop_front();
    tokens_.push_back({secretDigest(*token), validFor ? std::optional{Timer::now() + *validFor} : std::nullopt});
    return token;
}

bool Sessions::useToken(const std::string& token) {
    const auto digest = secretDigest(token);
    const auto at = std::find_if(tokens_.begin(), tokens_.end(), [&](const Token& each) { return each.digest == digest; });
    if (at == tokens_.end()) return false;
    const bool inTime = !at->until || Timer::now() < *at->until;
    tokens_.erase(at);
    return inTime;
}

template <class Fits>
Sessions::Entry Sessions::enter(const std::string& address, const Error& refusal, Fits fits) {
    const std::lock_guard guard{mutex_};
    const auto now = Timer::now();
    if (const auto wait = limit_.waitFor(address, now); wait.count() > 0) return {tooManyAttempts(wait), wait};
    if (!fits()) {
        limit_.failed(address, now);
        return {refusal};
    }
    limit_.succeeded(address);
    return {open(address)};
}

Sessions::Entry Sessions::enterByToken(const std::string& token, const std::string& address) {
    return enter(address, wrongToken(), [&] { return useToken(token); });
}

Sessions::Entry Sessions::enterByPassword(const std::string& password, const std::string& address) {
    return enter(address, wrongPassword(), [&] { return hasPassword() && sameSecret(password, asText(password_.view())); });
}

Result<Session> Sessions::open(const std::string& address) {
    dropIdle(Timer::now());
    if (sessions_.size() >= kMaxSessions) return tooManySessions();
    auto cookie = randomSecret();
    if (!cookie) return cookie.error();
    auto csrf = randomSecret();
    if (!csrf) return csrf.error();
    Session session{.cookie = std::move(*cookie), .csrf = std::move(*csrf), .address = address};
    sessions_[secretDigest(session.cookie)] = {session, Timer::now()};
    return session;
}

void Sessions::dropIdle(Timer::time_point now) {
    std::erase_if(sessions_, [&](const auto& each) { return now - each.second.lastUsed >= kIdle; });
    if (sessions_.size() < kMaxSessions) return;
    const auto longest = std::min_element(sessions_.begin(), sessions_.end(),
                                          [](const auto& a, const auto& b) { return a.second.lastUsed < b.second.lastUsed; });
    if (now - longest->second.lastUsed >= kBusy) sessions_.erase(longest);
}

std::optional<Session> Sessions::find(const std::string& cookie) {
    const std::lock_guard guard{mutex_};
    const auto now = Timer::now();
    const auto at = sessions_.find(secretDigest(cookie));
    if (at == sessions_.end() || now - at->second.lastUsed >= kIdle) return {};
    at->second.lastUsed = now;
    return at->second.session;
}

bool Sessions::isOpen(const std::string& cookie) {
    const std::lock_guard guard{mutex_};
    const auto at = sessions_.find(secretDigest(cookie));
    return at != sessions_.end() && Timer::now() - at->second.lastUsed < kIdle;
}

void Sessions::leave(const std::string& cookie) {
    const std::lock_guard guard{mutex_};
    sessions_.erase(secretDigest(cookie));
}

}  // namespace uatrust::tool::web
