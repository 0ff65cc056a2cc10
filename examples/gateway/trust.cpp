#include "trust.hpp"

namespace uatrust::examples {

GatewayTrust::GatewayTrust(const GatewayOptions& options)
    : clientStore_{std::filesystem::path{options.pki} / "pkiserver"},
      serverStore_{std::filesystem::path{options.pki} / "pkiclient"},
      userStore_{std::filesystem::path{options.pki} / "pkiuser"},
      clients_{clientStore_, perEndpoint_},
      servers_{serverStore_, strict_},
      users_{userStore_, strict_} {
    // A refusal then says when the peer is trusted on the other side of the gateway, a frequent mix-up.
    clients_.alsoLookIn("pkiclient", serverStore_);
    servers_.alsoLookIn("pkiserver", clientStore_);
    if (!options.acceptAll) return;
    std::optional<Instant> until;
    if (options.acceptAllFor) until = systemClock().now() + *options.acceptAllFor;
    acceptAll_.emplace(until);
    // For this one endpoint and nowhere else: the server below and users are judged as ever.
    perEndpoint_.set(options.endpoint, *acceptAll_).value();
}

}  // namespace uatrust::examples
