#pragma once

#include <uatrust/core/endpoint_url.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace uatrust::examples {

/// GatewayOptions is the command line of uatrust-gateway.
struct GatewayOptions {
    std::string endpoint = "opc.tcp://localhost:48050";
    EndpointUrl endpointUrl{};  ///< of `endpoint`, with its port
    std::string pki{};
    std::string downstream{};  ///< URL of the server below, empty for none
    std::string name = "uatrust gateway";
    std::string applicationUri{};
    std::vector<std::string> policies{};
    bool acceptAll = false;
    std::optional<std::chrono::minutes> acceptAllFor{};
    bool verbose = false;
};

/// parseCommandLine() reads the command line. Nothing when the program has to end with `exitCode`, help or error told.
[[nodiscard]] std::optional<GatewayOptions> parseCommandLine(int argc, char** argv, int& exitCode);

}  // namespace uatrust::examples
