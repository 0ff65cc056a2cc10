#pragma once

#include <uatrust/core/secret.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <httplib.h>

#include "tool/web/answer.hpp"
#include "tool/web/sessions.hpp"

namespace uatrust::tool::web {

/// Call is one request of somebody who is signed in, and has passed all checks.
struct Call {
    const httplib::Request& request;
    const Session& session;
    std::vector<std::string> parts{};  ///< what stands where the path of the route has stars: text of the other side, to be looked up
    SecretBytes body{};                ///< may hold a private key
    Json json{};                       ///< the body, where the route wants JSON: an object
};

/// What a route wants for a body.
enum class BodyKind : std::uint8_t { None, Json, Octets };

/// Route is one thing that can be asked for or done.
struct Route {
    std::string_view method{};
    std::string_view path{};  ///< "/api/groups/*/entries": a star stands for one part
    std::function<Answer(Call&)> act{};
    BodyKind body = BodyKind::None;
    std::size_t maxBody = 0;
};

/// Router finds the route of a request.
class Router {
public:
    void add(Route route) { routes_.push_back(std::move(route)); }

    struct Match {
        const Route* route = nullptr;  ///< null: there is nothing at this path, or nothing with this method
        bool otherMethod = false;
        std::vector<std::string> parts{};
    };
    [[nodiscard]] Match find(std::string_view method, std::string_view path) const;

private:
    std::vector<Route> routes_{};
};

}  // namespace uatrust::tool::web
