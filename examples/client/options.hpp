#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace uatrust::examples {

/// ClientOptions is the command line of uatrust-client.
struct ClientOptions {
    enum class Command { Connect, Read, Write, Browse };

    std::string pki{};
    std::string policy{};
    std::string mode = "SignAndEncrypt";
    std::string applicationUri{};
    std::string userCertificate{};
    std::string userKey{};
    int timeoutMs = 5000;
    bool verbose = false;
    std::string url{};
    Command command = Command::Connect;
    std::string nodeId{};
    std::string value{};
};

/// parseCommandLine() reads the command line. Nothing when the program has to end with `exitCode`, help or error told.
[[nodiscard]] std::optional<ClientOptions> parseCommandLine(int argc, char** argv, int& exitCode);

}  // namespace uatrust::examples
