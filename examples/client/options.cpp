#include "options.hpp"

#include "../support/command_line.hpp"

namespace uatrust::examples {

namespace {

constexpr auto kAbout =
    "Connects to an OPC UA server, and reads, writes or browses.\n"
    "At the first start it makes a key and a certificate of its own. A server it does not know is refused, and its certificate\n"
    "put into PKI/rejected: move it to PKI/trusted/certs and try again.\n"
    "Exit code: 0 done, 1 refused or failed, 2 wrong usage.\n";

}  // namespace

std::optional<ClientOptions> parseCommandLine(int argc, char** argv, int& exitCode) {
    ClientOptions options;
    CLI::App app{kAbout, "uatrust-client"};
    app.add_option("--pki", options.pki, "Folder with own, trusted, issuers, rejected; made at the first start")->required();
    app.add_option("--policy", options.policy, "Only this SecurityPolicy; the strongest one both sides have without it");
    app.add_option("--mode", options.mode, "Security mode")->check(CLI::IsMember({"Sign", "SignAndEncrypt"}))->capture_default_str();
    app.add_option("--application-uri", options.applicationUri, "Own ApplicationUri; that of the own certificate without it");
    auto* certificate =
        app.add_option("--user-cert", options.userCertificate, "Log on with this X.509 certificate, PEM or DER")->check(CLI::ExistingFile);
    auto* key = app.add_option("--user-key", options.userKey, "and its private key")->check(CLI::ExistingFile);
    certificate->needs(key);
    key->needs(certificate);
    app.add_option("--timeout", options.timeoutMs, "Milliseconds to wait for each answer of the server")
        ->check(CLI::Range(100, 600000))
        ->capture_default_str();
    app.add_flag("--verbose", options.verbose, "Show open62541's own log as well");
    app.add_option("url", options.url, "opc.tcp://host:port")->required()->check(checkUrl);

    auto* read = app.add_subcommand("read", "Read the value of a variable");
    read->add_option("node", options.nodeId, "NodeId, for example ns=1;s=Temperature")->required();
    auto* write = app.add_subcommand("write", "Write the value of a variable");
    write->add_option("node", options.nodeId, "NodeId, for example ns=1;s=Temperature")->required();
    write->add_option("value", options.value, "The value, read as the variable's data type")->required();
    auto* browse = app.add_subcommand("browse", "List objects and variables");
    app.require_subcommand(0, 1);

    if (const auto ended = parse(app, argc, argv)) {
        exitCode = *ended;
        return {};
    }
    if (read->parsed()) options.command = ClientOptions::Command::Read;
    if (write->parsed()) options.command = ClientOptions::Command::Write;
    if (browse->parsed()) options.command = ClientOptions::Command::Browse;
    return options;
}

}  // namespace uatrust::examples
