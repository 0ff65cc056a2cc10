#include "options.hpp"

#include "../support/command_line.hpp"

namespace uatrust::examples {

namespace {

constexpr std::uint16_t kDefaultPort = 4840;

constexpr auto kAbout =
    "An OPC UA gateway: clients on one side, a server on the other, with uatrust deciding who is trusted on both.\n"
    "PKI/pkiserver holds who may connect, PKI/pkiclient which server below is trusted, PKI/pkiuser which X.509 users; all are\n"
    "made at the first start. Who is refused lies in \"rejected\": move the file to \"trusted/certs\", no restart is needed.\n"
    "Without --downstream the gateway serves a few variables of its own.\n";

}  // namespace

std::optional<GatewayOptions> parseCommandLine(int argc, char** argv, int& exitCode) {
    GatewayOptions options;
    int minutes = 0;
    CLI::App app{kAbout, "uatrust-gateway"};
    app.add_option("--endpoint", options.endpoint, "Where to listen; with localhost in it, only there")
        ->check(checkUrl)
        ->capture_default_str();
    app.add_option("--pki", options.pki, "Folder for keys and certificates")->required();
    app.add_option("--downstream", options.downstream, "The server whose variables are passed on")->check(checkUrl);
    app.add_option("--policy", options.policies, "Offer only this SecurityPolicy; may be repeated. Deprecated ones come in only so")
        ->take_all()
        ->allow_extra_args(false);
    auto* all = app.add_flag("--accept-all", options.acceptAll, "INSECURE: let in every client, trusted or not; never the server below");
    app.add_option("--accept-all-for", minutes, "Minutes after which --accept-all ends by itself")
        ->needs(all)
        ->check(CLI::Range(1, 7 * 24 * 60));
    app.add_option("--name", options.name, "Application name")->capture_default_str();
    app.add_option("--application-uri", options.applicationUri, "ApplicationUri; that of the own certificate without it");
    app.add_flag("--verbose", options.verbose, "Show open62541's own log as well");

    if (const auto ended = parse(app, argc, argv)) {
        exitCode = *ended;
        return {};
    }
    options.endpointUrl = *parseEndpointUrl(options.endpoint);
    if (!options.endpointUrl.port) options.endpointUrl.port = kDefaultPort;
    if (minutes != 0) options.acceptAllFor = std::chrono::minutes{minutes};
    return options;
}

}  // namespace uatrust::examples
