#pragma once

#include <uatrust/core/endpoint_url.hpp>

#include <chrono>

#include "tool/discovery_messages.hpp"

namespace uatrust::tool {

/// Discovered is what a server says of itself to anybody who asks.
struct Discovered {
    EndpointUrl url{};      ///< that was asked
    std::string address{};  ///< that has answered, "10.0.0.7:4840"
    OfferedEndpoints offered{};
};

/// discover() asks the server at an opc.tcp URL for its endpoints: without a certificate, without a session, over a SecureChannel
/// with SecurityPolicy None. Nothing of the answer is checked, and nobody has signed it. It ends within `patience`, but for the
/// resolving of a name, which ends when the operating system gives it up. BadTcpEndpointUrlInvalid when the URL is none,
/// BadResourceUnavailable when nobody answers, else as discovery_messages.hpp has it.
[[nodiscard]] Result<Discovered> discover(const std::string& url, std::chrono::milliseconds patience);

}  // namespace uatrust::tool
