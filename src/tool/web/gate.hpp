#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include <httplib.h>

#include "tool/web/answer.hpp"

namespace uatrust::tool::web {

/// Gate says which requests may come in at all, by their head alone: before anything of the body is read and before anybody asks
/// who it is. Nothing that another site makes a browser send gets past it: not over another name for this address (DNS rebinding),
/// not from a page of somebody else (cross-site requests).
class Gate {
public:
    static constexpr std::size_t kMaxTarget = 1024;  ///< octets of path and query

    /// `names` are host names and addresses, without a port, that this server goes by, an IPv6 address in brackets. The port does
    /// not matter: it may be another one at the far end of a tunnel, and a browser is led astray by names.
    Gate(const std::vector<std::string>& names, bool tls);

    /// Why a request is turned away, or nothing.
    [[nodiscard]] std::optional<Answer> refusalOf(const httplib::Request& request) const;

private:
    [[nodiscard]] bool isOurs(const std::string& host) const;

    std::set<std::string> names_{};
    std::string scheme_;
};

/// Whether this is somebody who opens an address with a token: may come from anywhere, as the token is the proof.
[[nodiscard]] bool opensWithToken(const httplib::Request& request);

/// contentLength() is the number of octets of the body; nothing when the head does not say.
[[nodiscard]] std::optional<std::size_t> contentLength(const httplib::Request& request);

}  // namespace uatrust::tool::web
