#include "tool/web/gate.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include <uatrust/x509/distinguished_name.hpp>

#include "tool/text.hpp"

namespace uatrust::tool::web {
namespace {

// "[::1]:8080" and "localhost:8080" without their port.
std::string withoutPort(const std::string& host) {
    const auto bracket = host.find(']');
    const auto colon = host.find(':', bracket == std::string::npos ? 0 : bracket);
    return host.substr(0, colon);
}

bool isOnce(const httplib::Request& request, const char* header) { return request.get_header_value_count(header) == 1; }

Answer turnedAway(int status, std::string message, std::string remedy) {
    const auto code = status == 413   ? StatusCode::BadRequestTooLarge
                      : status == 421 ? StatusCode::BadNotFound
                                      : StatusCode::BadUserAccessDenied;
    return errorAnswer(status, {code, std::move(message), std::move(remedy)});
}

Answer malformed(int status, std::string message) {
    return errorAnswer(status, {StatusCode::BadInvalidArgument, std::move(message), "Use the page, or send what its documentation says."});
}

// What a body looks like is the business of the route; how it is sent is not.
std::optional<Answer> refusalOfFraming(const httplib::Request& request) {
    static constexpr std::array methods{"GET", "HEAD", "POST", "DELETE"};
    if (std::find(methods.begin(), methods.end(), request.method) == methods.end()) {
        return malformed(405, fmt::format("There is no method {} here.", printable(request.method, 40)));
    }
    if (request.has_header("Transfer-Encoding")) return malformed(411, "The length of the body has to be said beforehand.");
    if (request.has_header("Content-Encoding")) return malformed(415, "The body must not be compressed.");
    if (!request.has_header("Content-Length")) return {};
    if (!isOnce(request, "Content-Length") || !contentLength(request)) return malformed(400, "The Content-Length is no number.");
    if ((request.method == "GET" || request.method == "HEAD") && *contentLength(request) != 0)
        return malformed(400, "A question has no body.");
    return {};
}

}  // namespace

bool opensWithToken(const httplib::Request& request) {
    return request.method == "GET" && request.path == "/" && request.get_param_value_count("token") == 1;
}

std::optional<std::size_t> contentLength(const httplib::Request& request) {
    const auto text = request.get_header_value("Content-Length");
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return {};
    return length;
}

Gate::Gate(const std::vector<std::string>& names, bool tls) : scheme_{tls ? "https://" : "http://"} {
    for (const auto& each : names) names_.insert(lowerCase(each));
}

bool Gate::isOurs(const std::string& host) const { return names_.contains(lowerCase(withoutPort(host))); }

std::optional<Answer> Gate::refusalOf(const httplib::Request& request) const {
    if (request.target.size() > kMaxTarget) return malformed(414, "The address is too long.");
    const auto host = request.get_header_value("Host");
    if (!isOnce(request, "Host") || !isOurs(host)) {
        return turnedAway(421, fmt::format("This server does not go by the name \"{}\".", printable(host)),
                          "Open the address that uatrust serve has printed; --host NAME adds another name.");
    }
    if (request.has_header("Origin") &&
        (!isOnce(request, "Origin") || lowerCase(request.get_header_value("Origin")) != scheme_ + lowerCase(host))) {
        return turnedAway(403, "The request comes from a page of another site.", "Use the page of uatrust serve itself.");
    }
    const auto site = request.get_header_value("Sec-Fetch-Site");
    if (!site.empty() && site != "same-origin" && site != "none" && !opensWithToken(request)) {
        return turnedAway(403, "The request comes from a page of another site.", "Type the address into the browser.");
    }
    return refusalOfFraming(request);
}

}  // namespace uatrust::tool::web
