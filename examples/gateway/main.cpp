// uatrust-gateway: an OPC UA gateway with uatrust deciding who is trusted, on the side of its clients and on that of the
// server below it.

#include "../support/interruption.hpp"
#include "../support/own_identity.hpp"
#include "mirror.hpp"
#include "server.hpp"

#include <cstdio>

#include <fmt/format.h>

namespace {

using namespace uatrust;
using namespace uatrust::examples;

/// The folders exist from the first start on, so that an operator finds where to put things; what is wrong in them is told.
Result<void> openStore(DirectoryStore& store, Narrator& narrator) {
    if (auto created = store.create(); !created) return created;
    const auto snapshot = store.snapshot();
    for (const auto& problem : snapshot->problems())
        narrator.say(fmt::format("{}: {} {}", problem.source, problem.message, problem.remedy));
    return {};
}

Result<ApplicationIdentity> gatewayIdentity(DirectoryStore& store, const GatewayOptions& options, ApplicationRole role,
                                            Narrator& narrator) {
    auto identity = ownIdentity(store,
                                {.name = options.name,
                                 .applicationUri = options.applicationUri,
                                 .defaultUri = fmt::format("urn:{}:uatrust:gateway:{}", machineName(), *options.endpointUrl.port),
                                 .role = role,
                                 .reachedAs = {options.endpointUrl.host}},
                                [&narrator](std::string_view line) { narrator.say(line); });
    if (!identity) return identity;
    const auto side = role == ApplicationRole::Server ? "clients" : "the server below";
    narrator.say(fmt::format("towards {} this is {}, thumbprint {}, {}", side, identity->certificate().subject().text(),
                             identity->certificate().thumbprint().text(), identity->applicationUri()));
    return identity;
}

void warnOfAcceptAll(const GatewayOptions& options, Narrator& narrator) {
    const auto end = options.acceptAllFor ? "for " + formatDuration(*options.acceptAllFor) : std::string{"until this process ends"};
    narrator.say("*** INSECURE *** INSECURE *** INSECURE ***");
    narrator.say(fmt::format("--accept-all: {} lets in every client that can reach it, trusted or not, {}.", options.endpoint, end));
}

void tellWhomItLetIn(const AcceptAllPolicy& acceptAll, Narrator& narrator) {
    for (const auto& seen : acceptAll.seen()) {
        narrator.say(fmt::format("--accept-all let in {}, judged {} times, last at {}", seen.certificate.describe(), seen.count,
                                 formatInstant(seen.last)));
    }
}

Result<void> run(const GatewayOptions& options) {
    Narrator narrator{options.name};
    GatewayTrust trust{options};
    for (auto* store : {&trust.clientStore(), &trust.serverStore(), &trust.userStore()}) {
        if (auto opened = openStore(*store, narrator); !opened) return opened;
    }
    const auto identity = gatewayIdentity(trust.clientStore(), options, ApplicationRole::Server, narrator);
    if (!identity) return identity.error();
    if (options.acceptAll) warnOfAcceptAll(options, narrator);

    std::optional<ApplicationIdentity> clientIdentity;
    if (!options.downstream.empty()) {
        auto made = gatewayIdentity(trust.serverStore(), options, ApplicationRole::Client, narrator);
        if (!made) return made.error();
        clientIdentity = std::move(*made);
    }

    auto server = GatewayServer::make(options, trust, *identity, narrator);
    if (!server) return server.error();
    std::optional<Downstream> downstream;
    std::optional<Mirror> mirror;
    if (clientIdentity) {
        downstream.emplace(options, *clientIdentity, trust, narrator);
        mirror.emplace((*server)->stack(), *downstream);
    } else {
        addOwnVariables((*server)->stack());
    }
    if (auto started = (*server)->start(); !started) return started;
    fmt::print("ready {}\n", options.endpoint);
    std::fflush(stdout);

    while (!interrupted()) {
        (*server)->iterate();
        narrator.flush();
        if (!downstream) continue;
        const auto found = downstream->takeDiscovered();
        const auto missing = found ? mirror->add(*found) : 0;
        if (missing != 0) narrator.say(fmt::format("server below: {} of its nodes cannot be passed on", missing));
    }
    (*server)->stop();
    server->reset();  // before the mirror and the connection it calls into
    if (trust.acceptAll() != nullptr) tellWhomItLetIn(*trust.acceptAll(), narrator);
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    try {
        int exitCode = 0;
        const auto options = parseCommandLine(argc, argv, exitCode);
        if (!options) return exitCode;
        catchInterruption();
        if (const auto done = run(*options); !done) {
            std::fprintf(stderr, "%s\n", done.error().text().c_str());
            return 1;
        }
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
