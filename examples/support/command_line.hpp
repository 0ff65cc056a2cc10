#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include <uatrust/core/endpoint_url.hpp>

namespace uatrust::examples {

/// checkUrl() is a validator for CLI11: what is wrong with a URL, nothing when it is one.
inline std::string checkUrl(const std::string& url) {
    const auto parsed = parseEndpointUrl(url);
    return parsed && parsed->scheme == "opc.tcp" ? "" : url + " is no URL of the form opc.tcp://host:port";
}

/// parse() reads a command line. When the program has to end instead, help or error told: its exit code, 0 or 2.
[[nodiscard]] inline std::optional<int> parse(CLI::App& app, int argc, char** argv) {
    try {
        app.parse(argc, argv);
        return {};
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
}

}  // namespace uatrust::examples
