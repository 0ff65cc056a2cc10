#include "tool/doctor/examination.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include <uatrust/store/memory_store.hpp>
#include <uatrust/x509/certificate_chain.hpp>
#include <uatrust/x509/departures.hpp>

namespace uatrust::tool {
namespace {

using namespace std::chrono_literals;

constexpr auto kClocksMayDiffer = 5min;

// What of the certificate itself can fail, without any folder.
struct StepRow {
    Step step;
    Check check;
};
constexpr StepRow kSteps[] = {
    {Step::Structure, Check::EndpointUsage},
    {Step::Signature, Check::EndpointUsage},
    {Step::ValidityPeriod, Check::EndpointExpired},
    {Step::HostName, Check::EndpointHost},
    {Step::Uri, Check::EndpointUri},
    {Step::CertificateUsage, Check::EndpointUsage},
    {Step::SecurityPolicyCheck, Check::EndpointPolicy},
};

/// Presented is one certificate, and the endpoints that it is offered with.
struct Presented {
    Bytes blob{};
    std::vector<const OfferedEndpoint*> endpoints{};
};

bool isNone(const OfferedEndpoint& endpoint) {
    const auto* policy = findSecurityPolicy(endpoint.securityPolicyUri);
    return policy != nullptr && policy->id == SecurityPolicyId::None;
}

std::vector<Presented> presentedBy(const Discovered& server) {
    std::vector<Presented> all;
    for (const auto& endpoint : server.offered.endpoints) {
        if (endpoint.certificate.empty()) continue;
        auto at = std::find_if(all.begin(), all.end(), [&](const Presented& each) { return each.blob == endpoint.certificate; });
        if (at == all.end()) at = all.insert(all.end(), {endpoint.certificate, {}});
        at->endpoints.push_back(&endpoint);
    }
    return all;
}

class Endpoint {
public:
    Endpoint(const std::string& url, const Discovered& server, Examination& examination)
        : url_{placeText(url)}, server_{&server}, examination_{&examination} {}

    void examine() {
        const auto presented = presentedBy(*server_);
        if (presented.empty()) {
            add(Check::EndpointNone,
                fmt::format("none of its {} endpoints has a certificate: nobody can know whom he talks to",
                            server_->offered.endpoints.size()),
                "Give the server a certificate and an endpoint with a SecurityPolicy");
        }
        for (const auto& each : presented) examine(each);
        examinePolicies();
        examineUrls();
        examineClock();
    }

private:
    void add(Check check, std::string what, std::string cure, std::string evidence = {}) {
        examination_->chart.add({check, url_, std::move(what), std::move(evidence), std::move(cure)});
    }
    [[nodiscard]] const Circumstances& circumstances() const noexcept { return examination_->circumstances; }

    void examine(const Presented& presented) {
        const auto chain = parseChain(presented.blob);
        if (!chain) {
            add(Check::EndpointCertificate,
                fmt::format("what the server presents as its certificate cannot be read: {}", chain.error().message),
                "Give the server another certificate; its configuration or its tools have damaged this one");
            return;
        }
        const auto& leaf = chain->front();
        examineByItself(presented, *chain);
        if (leaf.notAfter() >= circumstances().now && circumstances().isSoon(leaf.notAfter())) {
            add(Check::EndpointExpires,
                fmt::format("the server's certificate {} expires in {}, on {}", leaf.describe(),
                            formatDuration(leaf.notAfter() - circumstances().now), formatInstant(leaf.notAfter())),
                "Have it renewed before that day, and let the clients trust the new one if it is self-signed");
        }
        examineOfferedPolicies(presented, leaf);
        examineTrust(presented, leaf);
        examineOwn(leaf);
    }

    [[nodiscard]] ValidationRequest requestFor(const Presented& presented) const {
        return {.certificate = presented.blob,
                .role = Role::Client,
                .applicationUri = presented.endpoints.front()->applicationUri,
                .hostNames = {server_->url.host},
                .at = circumstances().now,
                .fileRejected = false};
    }

    // In a store that trusts it: what fails then fails everywhere.
    void examineByItself(const Presented& presented, const std::vector<Certificate>& chain) {
        MemoryStore store;
        if (!store.addCertificate(StoreList::Trusted, chain.front())) return;
        for (std::size_t i = 1; i < chain.size(); ++i) {
            if (!store.addCertificate(StoreList::Issuers, chain[i])) return;
        }
        SuppressingPolicy policy;
        policy.revocation(RevocationMode::Off);
        const CertificateValidator validator{store, policy};
        const auto verdict = validator.validate(requestFor(presented));
        for (const auto& finding : verdict.report().findings()) {
            if (finding.outcome != Outcome::Failed) continue;
            for (const auto& row : kSteps) {
                if (row.step == finding.step) addFinding(row.check, finding, {});
            }
        }
    }

    void addFinding(Check check, const Finding& finding, std::string_view prefix) {
        add(check, fmt::format("{}{}", prefix, failureText(finding)), finding.remedy, evidenceText(finding));
    }

    void examineOfferedPolicies(const Presented& presented, const Certificate& leaf) {
        const auto fitting = fittingPolicies(leaf);
        for (const auto* endpoint : presented.endpoints) {
            const auto* policy = findSecurityPolicy(endpoint->securityPolicyUri);
            if (isNone(*endpoint) || policy == nullptr || std::find(fitting.begin(), fitting.end(), policy) != fitting.end()) continue;
            add(Check::EndpointPolicy,
                fmt::format("the server offers {} with {}, whose key or signature that policy does not allow ({}, signed with {})",
                            policy->name, leaf.describe(), leaf.publicKey().describe(), printable(leaf.signatureAlgorithm().name)),
                "Give the server a certificate that fits, or switch this SecurityPolicy off");
        }
    }

    // ---- for the folders

    // Those of clients' sides; when no folder says that it is one, those that do not say what they are.
    [[nodiscard]] std::vector<const Patient*> clientFolders() const {
        std::vector<const Patient*> clients;
        std::vector<const Patient*> unknown;
        for (const auto& each : examination_->patients) {
            if (each.group == LayoutGroup::Servers) clients.push_back(&each);
            if (each.group == LayoutGroup::Unknown || each.group == LayoutGroup::Applications) unknown.push_back(&each);
        }
        return clients.empty() ? unknown : clients;
    }

    // The client side of the application that is asked does not connect to its own server side.
    [[nodiscard]] bool isItsOwn(const Patient& client, const Certificate& leaf) const {
        const auto is = [&](const Patient& each) { return each.identity && each.identity->certificate().uris() == leaf.uris(); };
        return std::any_of(examination_->patients.begin(), examination_->patients.end(), is) && (!client.identity || is(client));
    }

    void examineTrust(const Presented& presented, const Certificate& leaf) {
        for (const auto* client : clientFolders()) {
            if (isItsOwn(*client, leaf)) continue;
            const auto policy = policyOf(circumstances());
            CertificateValidator validator{*client->store, policy};
            for (const auto& other : examination_->patients) {
                if (&other != client) validator.alsoLookIn(other.name(), *other.store);
            }
            const auto verdict = validator.validate(requestFor(presented));
            if (verdict.accepted()) {
                add(Check::EndpointTrusted, fmt::format("{} trusts the server's certificate {}", client->name(), leaf.describe()), {});
            } else if (const auto* why = verdict.report().decisive()) {
                addFinding(Check::EndpointUntrusted, *why, fmt::format("a client with {} refuses the server: ", client->name()));
            }
        }
    }

    // The folder of the application that the server says it is, if it is among those given.
    void examineOwn(const Certificate& leaf) {
        for (const auto& each : examination_->patients) {
            if (!each.identity || each.group == LayoutGroup::Servers) continue;
            const auto& own = each.identity->certificate();
            if (own == leaf || own.uris().empty() || own.uris() != leaf.uris()) continue;
            add(Check::EndpointOwn,
                fmt::format("the server presents {} (valid until {}), and its own certificate in {} is {} (valid until {})",
                            leaf.describe(), formatInstant(leaf.notAfter()), each.name(), own.describe(), formatInstant(own.notAfter())),
                "Restart the server if its certificate was renewed; else it takes its certificate from another folder",
                placeText(each.identity->certificateSource()));
        }
    }

    // ---- of all endpoints together

    void examinePolicies() {
        std::vector<std::string> outdated;
        bool current = false;
        bool open = false;
        for (const auto& endpoint : server_->offered.endpoints) {
            const auto* policy = findSecurityPolicy(endpoint.securityPolicyUri);
            open = open || isNone(endpoint);
            if (policy == nullptr || policy->id == SecurityPolicyId::None) continue;
            if (!policy->deprecated) current = true;
            const std::string name{policy->name};
            if (policy->deprecated && std::find(outdated.begin(), outdated.end(), name) == outdated.end()) outdated.push_back(name);
        }
        if (!current && !outdated.empty()) {
            add(Check::EndpointDeprecated, fmt::format("only outdated SecurityPolicies are offered: {}", fmt::join(outdated, ", ")),
                "Update the server, or switch a SecurityPolicy like Basic256Sha256 on");
        }
        if (open) {
            add(Check::EndpointOpen, "there is an endpoint without security: who connects to it is not asked for a certificate",
                "Switch the SecurityPolicy None off, unless it is there for discovery alone");
        }
    }

    void examineUrls() {
        std::vector<std::string> others;
        for (const auto& endpoint : server_->offered.endpoints) {
            const auto url = parseEndpointUrl(endpoint.endpointUrl);
            if (!url || sameDnsName(url->host, server_->url.host)) continue;
            const auto host = printable(url->host);
            if (std::find(others.begin(), others.end(), host) == others.end()) others.push_back(host);
        }
        if (others.empty()) return;
        add(Check::EndpointUrls,
            fmt::format("it was asked as \"{}\" and announces {}: clients that go by that have to reach it there",
                        printable(server_->url.host), listed(others)),
            "See to it that the announced name can be resolved where the clients are, and is in the certificate");
    }

    void examineClock() {
        if (!server_->offered.serverTime || !circumstances().isNow) return;
        const auto theirs = *server_->offered.serverTime;
        const auto apart = theirs > circumstances().now ? theirs - circumstances().now : circumstances().now - theirs;
        if (apart <= kClocksMayDiffer) return;
        add(Check::EndpointClock,
            fmt::format("the server's clock is {} {} this machine's: it says {}, this one {}", formatDuration(apart),
                        theirs > circumstances().now ? "ahead of" : "behind", formatInstant(theirs), formatInstant(circumstances().now)),
            "Set both by the same source of time (NTP): certificates and messages are judged by it");
    }

    std::string url_;
    const Discovered* server_;
    Examination* examination_;
};

}  // namespace

void examineEndpoint(const std::string& url, const Discovered& server, Examination& examination) {
    Endpoint{url, server, examination}.examine();
}

}  // namespace uatrust::tool
