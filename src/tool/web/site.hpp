#pragma once

#include "tool/web/events.hpp"
#include "tool/web/groups.hpp"
#include "tool/web/http_server.hpp"
#include "tool/web/router.hpp"
#include "tool/web/sessions.hpp"

namespace uatrust::tool::web {

/// The path of the events: the one answer that does not end by itself.
inline constexpr std::string_view kEventsPath = "/api/events";

/// noSuchGroup() is the answer where a group is asked for that is not served.
[[nodiscard]] Answer noSuchGroup(std::string_view id);

/// SiteOptions is what the page is told of where it is.
struct SiteOptions {
    std::string who{};   ///< the login that the program runs under, for the history
    std::string host{};  ///< the name of the machine
    bool tls = false;    ///< cookies go over TLS alone
    int port = 0;        ///< tells the cookies of several servers of one machine apart: browsers do not
};

/// Site answers what browsers ask for: the files of the page, signing in, and the API behind it. Everything of the API but signing in
/// needs a session; everything that changes something needs the secret that only the page can read. Thread-safe.
class Site {
public:
    /// All are borrowed.
    Site(SiteOptions options, Sessions& sessions, Groups& groups, EventHub& events);

    [[nodiscard]] Answer answer(const httplib::Request& request, const BodyReader& body);

    /// "anna (page, 127.0.0.1)", for the history.
    [[nodiscard]] std::string operatorOf(const Session& session) const;

private:
    [[nodiscard]] Answer page(const httplib::Request& request);
    [[nodiscard]] Answer enterByToken(const httplib::Request& request);
    [[nodiscard]] Answer enterByPassword(const httplib::Request& request, const BodyReader& body);
    [[nodiscard]] Answer api(const httplib::Request& request, const BodyReader& body);
    [[nodiscard]] std::string cookieHeader(std::string_view value) const;
    [[nodiscard]] std::optional<std::string> cookieOf(const httplib::Request& request) const;
    void addSessionRoutes();

    SiteOptions options_;
    std::string cookieName_;
    Sessions* sessions_;
    Groups* groups_;
    EventHub* events_;
    Router router_{};
};

}  // namespace uatrust::tool::web
