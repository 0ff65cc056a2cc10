#include "store/own_candidate.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <uatrust/core/ip_address.hpp>

namespace uatrust::detail {
namespace {

constexpr std::string_view kRequestClause = "OPC 10000-12, 7.10.10";
constexpr std::string_view kUriClause = "OPC 10000-6, 6.2.2";
constexpr std::string_view kDatesClause = "RFC 5280, 4.1.2.5";
constexpr std::size_t kMaxDepth = 8;
constexpr std::size_t kMaxSignatures = 64;

std::string shown(std::string_view text) { return fmt::format("\"{}\"", printable(text)); }
std::string shown(const std::vector<std::uint8_t>& address) { return formatIpAddress(address); }

class Collector {
public:
    void add(DepartureSeverity severity, std::string_view clause, std::string text) {
        departures_.push_back({severity, std::string{clause}, std::move(text)});
    }
    void refuse(std::string_view clause, std::string text) { add(DepartureSeverity::Refused, clause, std::move(text)); }
    [[nodiscard]] std::vector<Departure> take() { return std::move(departures_); }

    // A CA may add, and may not leave out.
    template <class Value>
    void compareNames(std::string_view kind, const std::vector<Value>& asked, const std::vector<Value>& got) {
        for (const auto& each : asked) {
            if (std::find(got.begin(), got.end(), each) != got.end()) continue;
            refuse(kRequestClause, fmt::format("the {} {} of the request is missing", kind, shown(each)));
        }
        for (const auto& each : got) {
            if (std::find(asked.begin(), asked.end(), each) != asked.end()) continue;
            add(DepartureSeverity::Discouraged, kRequestClause,
                fmt::format("it has the {} {}, which was not requested", kind, shown(each)));
        }
    }

private:
    std::vector<Departure> departures_{};
};

std::string missingUsages(const KeyUsageSet& asked, const std::optional<KeyUsageSet>& got) {
    const KeyUsageSet missing{.bits = static_cast<std::uint16_t>(asked.bits & ~(got ? got->bits : 0U))};
    return missing.bits == 0 ? std::string{} : missing.text();
}

void compareWithRequest(const Certificate& certificate, const CertificateRequest& request, Collector& all) {
    if (certificate.publicKey() != request.publicKey()) all.refuse(kRequestClause, "its key is not the one of the request");
    if (certificate.subject() != request.subject()) {
        all.refuse(kRequestClause, fmt::format("its subject is {} where {} was requested", shown(certificate.subject().text()),
                                               shown(request.subject().text())));
    }
    all.compareNames("URI", request.uris(), certificate.uris());
    all.compareNames("DNS name", request.dnsNames(), certificate.dnsNames());
    all.compareNames("address", request.ipAddresses(), certificate.ipAddresses());
    if (request.keyUsage()) {
        const auto missing = missingUsages(*request.keyUsage(), certificate.keyUsage());
        if (!missing.empty()) all.refuse(kRequestClause, fmt::format("its keyUsage lacks {}, which was requested", missing));
    }
    if (!request.extendedKeyUsage()) return;
    for (const auto& oid : request.extendedKeyUsage()->oids) {
        if (certificate.extendedKeyUsage() && certificate.extendedKeyUsage()->has(oid)) continue;
        const ExtendedKeyUsageSet missing{.oids = {oid}};
        all.refuse(kRequestClause, fmt::format("its extendedKeyUsage lacks {}, which was requested", missing.text()));
    }
}

const Certificate* presentOwn(const OwnMaterial& own) {
    const auto at = std::find_if(own.chains.begin(), own.chains.end(), [](const StoredChain& each) { return each.preferred; });
    if (at != own.chains.end()) return &at->chain.front();
    return own.chains.empty() ? nullptr : &own.chains.front().chain.front();
}

ApplicationRole roleFrom(const ImportContext& context) {
    if (context.request != nullptr && context.request->extendedKeyUsage()) return applicationRoleOf(context.request->extendedKeyUsage());
    const auto* present = presentOwn(context.own);
    const bool says = present != nullptr && present->extendedKeyUsage();
    return says ? applicationRoleOf(present->extendedKeyUsage()) : ApplicationRole::ClientAndServer;
}

void compareDates(const Certificate& certificate, Instant now, Collector& all) {
    if (certificate.notAfter() < now) all.refuse(kDatesClause, fmt::format("it expired at {}", formatInstant(certificate.notAfter())));
    if (certificate.notBefore() > now) {
        all.refuse(kDatesClause, fmt::format("it is not valid before {}", formatInstant(certificate.notBefore())));
    }
}

}  // namespace

std::vector<Departure> ownDepartures(const Certificate& certificate, const ImportContext& context, std::optional<ApplicationRole> role) {
    Collector all;
    if (context.request != nullptr) {
        compareWithRequest(certificate, *context.request, all);
    } else if (const auto* present = presentOwn(context.own); present != nullptr) {
        if (certificate.applicationUri() != present->applicationUri()) {
            all.refuse(kUriClause, fmt::format("its ApplicationUri is {}, and that of the present own certificate is {}",
                                               shown(certificate.applicationUri()), shown(present->applicationUri())));
        }
    }
    compareDates(certificate, context.now, all);
    auto departures = all.take();
    auto ofProfile = applicationDepartures(certificate, role ? *role : roleFrom(context));
    std::move(ofProfile.begin(), ofProfile.end(), std::back_inserter(departures));
    return departures;
}

Result<void> checkOwnLeaf(const Certificate& leaf) {
    if (leaf.isCa()) {
        return Error{StatusCode::BadCertificateInvalid,
                     fmt::format("{} is the certificate of a CA, not of an application", leaf.describe()),
                     "install the certificate that the CA has issued for this application"};
    }
    if (leaf.uris().empty()) {
        return Error{StatusCode::BadCertificateInvalid, fmt::format("The certificate {} names no ApplicationUri", leaf.describe()),
                     "have a certificate issued with the ApplicationUri of this application in subjectAltName"};
    }
    return {};
}

OwnChain chainOf(const Certificate& leaf, const Bundle& bundle, const TrustSnapshot& lists) {
    OwnChain found{.certificates = {leaf}};
    auto& chain = found.certificates;
    std::size_t signatures = 0;
    while (chain.size() < kMaxDepth && !chain.back().isSelfIssued()) {
        const auto child = chain.back();
        const Certificate* issuer = nullptr;
        const auto consider = [&](const Certificate& candidate) {
            if (issuer != nullptr || !candidate.isCa() || candidate.subject() != child.issuer()) return;
            if (signatures == kMaxSignatures) {
                found.allTried = false;
                return;
            }
            ++signatures;
            if (child.isSignedBy(candidate.publicKey())) issuer = &candidate;
        };
        for (const auto& each : bundle.certificates) consider(each.value);
        for (const auto list : {StoreList::Issuers, StoreList::Trusted}) {
            for (const auto* each : lists.findBySubject(list, child.issuer())) consider(each->certificate);
        }
        if (issuer == nullptr) break;
        chain.push_back(*issuer);
    }
    return found;
}

}  // namespace uatrust::detail
