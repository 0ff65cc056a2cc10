#include "tool/web/site.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <uatrust/x509/distinguished_name.hpp>

#include "tool/web/assets.hpp"
#include "tool/web/changing.hpp"
#include "tool/web/details.hpp"
#include "tool/web/own_routes.hpp"
#include "tool/web/pairing_routes.hpp"

namespace uatrust::tool::web {
namespace {

constexpr std::string_view kAssets = "/assets/";
constexpr std::size_t kMaxLogin = 4096;
constexpr std::chrono::seconds kKeepAlive{15};
constexpr std::chrono::milliseconds kBetweenLooks{1000};

bool isJson(const httplib::Request& request) {
    const auto type = request.get_header_value("Content-Type");
    return type == "application/json" || type.starts_with("application/json;");
}

bool isOctets(const httplib::Request& request) { return request.get_header_value("Content-Type") == "application/octet-stream"; }

Answer assetAnswer(const httplib::Request& request, const Asset* asset, int status = 200) {
    if (asset == nullptr) return errorAnswer({StatusCode::BadNotFound, "There is no such file.", "Open the page anew."});
    Answer answer{.status = status, .contentType = std::string{asset->contentType}};
    answer.headers = {{"ETag", std::string{asset->tag}}, {"Cache-Control", "no-cache"}};
    if (status == 200 && request.get_header_value("If-None-Match") == asset->tag) {
        answer.status = 304;
        answer.contentType.clear();
        return answer;
    }
    answer.body = asset->content;
    return answer;
}

// A page of one paragraph; the texts are our own.
Answer plainPage(int status, std::string_view head, const Error& error) {
    return {.status = status,
            .contentType = "text/html; charset=utf-8",
            .body = fmt::format("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">{}<title>uatrust</title></head>\n"
                                "<body><main><h1>uatrust</h1><p>{}</p><p>{}</p></main></body></html>\n",
                                head, error.message, error.remedy)};
}

// The page shows a form where there is a password.
Answer notSignedIn(bool password) {
    const Error error{StatusCode::BadUserAccessDenied, "Nobody is signed in.",
                      "Open the address that uatrust serve has printed, or press Enter where it runs for a new one."};
    return jsonAnswer(Json{{"error", errorJson(error)}, {"login", password ? "password" : "token"}}, 401);
}

Answer wrongType(std::string_view wanted) {
    return errorAnswer(415,
                       {StatusCode::BadNotSupported, fmt::format("The body has to be {}.", wanted), "Send it with that Content-Type."});
}

// The body, or why it is not taken.
std::optional<Answer> readBody(const httplib::Request& request, std::size_t most, const BodyReader& body, SecretBytes& target) {
    const auto length = contentLength(request);
    if (!length)
        return errorAnswer(411, {StatusCode::BadInvalidArgument, "The length of the body has to be said.", "Send Content-Length."});
    if (*length > most) {
        return errorAnswer(413, {StatusCode::BadRequestTooLarge, fmt::format("{} octets are too many, {} are the most.", *length, most),
                                 "Send less at once; uatrust import takes larger files."});
    }
    SecretBytes octets{*length};
    std::size_t size = 0;
    const bool whole = *length == 0 || body([&](ByteView part) {
        if (part.size() > octets.size() - size) return false;
        std::copy(part.begin(), part.end(), octets.data() + size);
        size += part.size();
        return true;
    });
    if (!whole || size != *length) {
        return errorAnswer(400, {StatusCode::BadInvalidArgument, "The body did not come whole.", "Try again."});
    }
    target = std::move(octets);
    return {};
}

std::optional<Answer> readJson(ByteView body, Json& target) {
    target = Json::parse(body.begin(), body.end(), nullptr, false);
    if (target.is_object()) return {};
    return errorAnswer(
        400, {StatusCode::BadInvalidArgument, "The body is no JSON object.", "Use the page, or send what its documentation says."});
}

// What one page hears: events, and now and then that there are none. A browser that has gone is found out between two calls.
class EventStream {
public:
    EventStream(EventHub& events, Sessions& sessions, std::shared_ptr<EventHub::Listener> listener, std::string cookie)
        : events_{&events}, sessions_{&sessions}, listener_{std::move(listener)}, cookie_{std::move(cookie)} {}

    bool operator()(std::string& part) {
        if (!std::exchange(begun_, true)) {
            part = "retry: 1000\n\n";
            return true;
        }
        auto event = events_->next(*listener_, kBetweenLooks);
        if (!event || !sessions_->isOpen(cookie_)) return false;
        part = std::move(*event);
        if (part.empty() && Timer::now() - spoken_ >= kKeepAlive) part = ": still here\n\n";
        if (!part.empty()) spoken_ = Timer::now();
        return true;
    }

private:
    EventHub* events_;
    Sessions* sessions_;
    std::shared_ptr<EventHub::Listener> listener_;
    std::string cookie_;
    Timer::time_point spoken_ = Timer::now();
    bool begun_ = false;
};

}  // namespace

Site::Site(SiteOptions options, Sessions& sessions, Groups& groups, EventHub& events)
    : options_{std::move(options)},
      cookieName_{fmt::format("uatrust_session_{}", options_.port)},
      sessions_{&sessions},
      groups_{&groups},
      events_{&events} {
    addSessionRoutes();
    addLookingRoutes(router_, groups);
    const OperatorName who = [this](const Session& session) { return operatorOf(session); };
    addChangingRoutes(router_, groups, who);
    addPairingRoutes(router_, groups, who);
    addOwnRoutes(router_, groups, who);
}

std::string Site::operatorOf(const Session& session) const { return fmt::format("{} (page, {})", options_.who, session.address); }

std::string Site::cookieHeader(std::string_view value) const {
    return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict{}{}", cookieName_, value, options_.tls ? "; Secure" : "",
                       value.empty() ? "; Max-Age=0" : "");
}

std::optional<std::string> Site::cookieOf(const httplib::Request& request) const {
    if (request.get_header_value_count("Cookie") != 1) return {};
    const auto header = request.get_header_value("Cookie");
    const auto wanted = cookieName_ + '=';
    std::string_view rest = header;
    while (!rest.empty()) {
        auto pair = rest.substr(0, rest.find(';'));
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
        while (pair.starts_with(' ')) pair.remove_prefix(1);
        if (pair.starts_with(wanted)) return std::string{pair.substr(wanted.size())};
    }
    return {};
}

Answer Site::answer(const httplib::Request& request, const BodyReader& body) {
    const std::string_view path = request.path;
    if (path.starts_with("/api/")) return api(request, body);
    if (request.method != "GET" && request.method != "HEAD") {
        return errorAnswer(405, {StatusCode::BadNotSupported, "Nothing can be done here.", "Use the page."});
    }
    if (path == "/") return page(request);
    if (path == "/favicon.ico") return assetAnswer(request, findAsset("icon.svg"));
    if (path.starts_with(kAssets)) return assetAnswer(request, findAsset(path.substr(kAssets.size())));
    return plainPage(404, {}, {StatusCode::BadNotFound, "There is nothing at this address.", "The page is at /."});
}

Answer Site::page(const httplib::Request& request) {
    if (request.has_param("token")) return enterByToken(request);
    const auto cookie = cookieOf(request);
    const bool known = cookie && sessions_->find(*cookie);
    auto answer = assetAnswer({}, findAsset(known ? "index.html" : "signin.html"));
    // What is at this address depends on who asks.
    answer.headers = {{"Cache-Control", "no-store"}};
    return answer;
}

Answer Site::enterByToken(const httplib::Request& request) {
    auto entry = sessions_->enterByToken(request.get_param_value("token"), request.remote_addr);
    if (!entry.session) {
        const auto& error = entry.session.error();
        auto answer = plainPage(errorAnswer(error).status, {}, error);
        if (entry.retryAfter.count() > 0) answer.headers = {{"Retry-After", fmt::format("{}", entry.retryAfter.count())}};
        return answer;
    }
    const std::pair<std::string, std::string> cookie{"Set-Cookie", cookieHeader(entry.session->cookie)};
    const auto site = request.get_header_value("Sec-Fetch-Site");
    if (site.empty() || site == "none" || site == "same-origin") return {.status = 303, .headers = {cookie, {"Location", "/"}}};
    // Who has followed a link, in a terminal inside a browser say, gets the cookie not sent along before a page of ours leads on.
    auto answer = plainPage(200, "<meta http-equiv=\"refresh\" content=\"0; url=/\">", {StatusCode::Good, "Signed in.", ""});
    answer.headers = {cookie};
    return answer;
}

Answer Site::enterByPassword(const httplib::Request& request, const BodyReader& body) {
    if (request.method != "POST") return errorAnswer(405, {StatusCode::BadNotSupported, "Signing in is a POST.", "Use the page."});
    if (!sessions_->hasPassword()) {
        return errorAnswer(404, {StatusCode::BadNotFound, "There is no password.", "Open the address that uatrust serve has printed."});
    }
    if (!isJson(request)) return wrongType("JSON");
    SecretBytes octets;
    if (auto refusal = readBody(request, kMaxLogin, body, octets)) return std::move(*refusal);
    Json json;
    if (auto refusal = readJson(octets.view(), json)) return std::move(*refusal);
    const auto password = json.find("password");
    if (password == json.end() || !password->is_string()) {
        return errorAnswer({StatusCode::BadInvalidArgument, "There is no password in it.", "Send {\"password\": \"...\"}."});
    }
    auto entry = sessions_->enterByPassword(password->get<std::string>(), request.remote_addr);
    if (!entry.session) {
        auto answer = errorAnswer(entry.session.error());
        if (entry.retryAfter.count() > 0) answer.headers = {{"Retry-After", fmt::format("{}", entry.retryAfter.count())}};
        return answer;
    }
    auto answer = emptyAnswer();
    answer.headers = {{"Set-Cookie", cookieHeader(entry.session->cookie)}};
    return answer;
}

Answer Site::api(const httplib::Request& request, const BodyReader& body) {
    if (request.path == "/api/login") return enterByPassword(request, body);
    const auto cookie = cookieOf(request);
    const auto session = cookie ? sessions_->find(*cookie) : std::nullopt;
    if (!session) return notSignedIn(sessions_->hasPassword());
    const bool changes = request.method != "GET" && request.method != "HEAD";
    if (changes &&
        (request.get_header_value_count("X-Uatrust-CSRF") != 1 || !sameSecret(request.get_header_value("X-Uatrust-CSRF"), session->csrf))) {
        return errorAnswer(403, {StatusCode::BadUserAccessDenied, "The request does not come from the page.", "Open the page anew."});
    }
    auto match = router_.find(request.method == "HEAD" ? "GET" : request.method, request.path);
    if (match.route == nullptr) {
        return match.otherMethod ? errorAnswer(405, {StatusCode::BadNotSupported, "This cannot be done here.", "Use the page."})
                                 : errorAnswer({StatusCode::BadNotFound, "There is nothing at this address.", "Open the page anew."});
    }
    Call call{.request = request, .session = *session, .parts = std::move(match.parts)};
    if (match.route->body == BodyKind::Json && !isJson(request)) return wrongType("JSON");
    if (match.route->body == BodyKind::Octets && !isOctets(request)) return wrongType("application/octet-stream");
    if (match.route->body != BodyKind::None) {
        if (auto refusal = readBody(request, match.route->maxBody, body, call.body)) return std::move(*refusal);
    }
    if (match.route->body == BodyKind::Json) {
        if (auto refusal = readJson(call.body.view(), call.json)) return std::move(*refusal);
    }
    return match.route->act(call);
}

void Site::addSessionRoutes() {
    router_.add({"GET", "/api/session", [this](Call& call) {
                     return jsonAnswer(Json{{"who", options_.who},
                                            {"csrf", call.session.csrf},
                                            {"version", UATRUST_VERSION},
                                            {"host", options_.host},
                                            {"languages", {"en", "de"}},
                                            {"groups", groups_->json()}});
                 }});
    router_.add({"POST", "/api/logout", [this](Call& call) {
                     sessions_->leave(call.session.cookie);
                     auto answer = emptyAnswer();
                     answer.headers = {{"Set-Cookie", cookieHeader({})}};
                     return answer;
                 }});
    router_.add({"GET", "/api/groups", [this](Call&) { return jsonAnswer(Json{{"groups", groups_->json()}}); }});
    router_.add({"GET", kEventsPath, [this](Call& call) -> Answer {
                     auto listener = events_->listen();
                     if (!listener) {
                         return errorAnswer({StatusCode::BadResourceUnavailable, "Too many pages are open.", "Close one of them."});
                     }
                     Answer answer{.contentType = "text/event-stream"};
                     answer.stream = EventStream{*events_, *sessions_, std::move(listener), call.session.cookie};
                     return answer;
                 }});
}

Answer noSuchGroup(std::string_view id) {
    return errorAnswer({StatusCode::BadNotFound, fmt::format("There is no PKI folder \"{}\" here.", printable(id)), "Open the page anew."});
}

}  // namespace uatrust::tool::web
