#include "tool/web/causes.hpp"

#include <algorithm>
#include <array>

namespace uatrust::tool::web {
namespace {

using namespace std::string_view_literals;

// How many of one name are tried: lists are written by operators, who may fill them with copies.
constexpr std::size_t kMaxTried = 8;

constexpr std::array kCauses{
    "not-judged"sv,  "unreadable"sv,      "malformed"sv,      "root-only-sent"sv,   "issuer-missing"sv,  "issuer-other-key"sv,
    "no-chain"sv,    "signature-wrong"sv, "policy"sv,         "untrusted"sv,        "untrusted-chain"sv, "blocked"sv,
    "blocked-ca"sv,  "blocked-issuer"sv,  "blocked-unsure"sv, "not-yet-valid"sv,    "expired"sv,         "host-name"sv,
    "uri"sv,         "usage-client"sv,    "usage-server"sv,   "usage-user"sv,       "usage-end"sv,       "usage-ca"sv,
    "crl-missing"sv, "crl-outdated"sv,    "crl-unusable"sv,   "crl-sign-missing"sv, "revoked"sv};

bool allHaveOtherKeys(std::span<const StoredCertificate* const> named, const Certificate& child) {
    const auto wanted = child.authorityKeyIdentifier();
    return !named.empty() && !wanted.empty() && std::all_of(named.begin(), named.end(), [&](const StoredCertificate* each) {
        const auto offered = each->certificate.subjectKeyIdentifier();
        return !offered.empty() && !equalBytes(wanted, offered);
    });
}

std::string_view causeOfChain(const Certificate& last, const TrustSnapshot& lists) {
    const auto isIn = [&](StoreList list) { return lists.find(list, last.id()) != nullptr; };
    if (last.isSelfSigned() && !isIn(StoreList::Trusted) && !isIn(StoreList::Issuers)) return "root-only-sent";
    auto named = lists.findBySubject(StoreList::Trusted, last.issuer());
    const auto more = lists.findBySubject(StoreList::Issuers, last.issuer());
    named.insert(named.end(), more.begin(), more.end());
    if (named.empty()) return "issuer-missing";
    return allHaveOtherKeys(named, last) ? "issuer-other-key" : "no-chain";
}

std::string_view causeOfBlocking(const Certificate& certificate, std::size_t position, const TrustSnapshot& lists) {
    if (lists.findBlocked(certificate) != nullptr) return position == 0 ? "blocked" : "blocked-ca";
    const auto named = lists.findBySubject(StoreList::Blocked, certificate.issuer());
    const bool issued = std::any_of(named.begin(), named.begin() + static_cast<std::ptrdiff_t>(std::min(named.size(), kMaxTried)),
                                    [&](const auto* each) { return certificate.isSignedBy(each->certificate.publicKey()); });
    return issued ? "blocked-issuer" : "blocked-unsure";
}

std::string_view causeOfUsage(const Report& report, std::size_t position) {
    if (position != 0) return "usage-ca";
    switch (report.content().profile) {
        case Profile::User:
            return "usage-user";
        case Profile::Path:
            return "usage-end";
        case Profile::Application:
            break;
    }
    return report.content().role == Role::Server ? "usage-client" : "usage-server";
}

std::string_view causeOfCrl(const Certificate& issuer, Instant now, const TrustSnapshot& lists) {
    if (issuer.keyUsage() && !issuer.keyUsage()->has(KeyUsage::CrlSign)) return "crl-sign-missing";
    const auto named = lists.findCrls(issuer.subject());
    if (named.empty()) return "crl-missing";
    const bool outdated = named.size() <= kMaxTried && std::all_of(named.begin(), named.end(), [&](const StoredCrl* each) {
                              return each->crl.nextUpdate() && *each->crl.nextUpdate() < now && each->crl.isSignedBy(issuer.publicKey());
                          });
    return outdated ? "crl-outdated" : "crl-unusable";
}

}  // namespace

std::string_view causeOf(const Finding& finding, const Report& report, const TrustSnapshot& lists) {
    const auto& chain = report.chain();
    if (finding.position >= chain.size()) return finding.status == StatusCode::BadInternalError ? "not-judged" : "unreadable";
    const auto& certificate = chain[finding.position].certificate;
    switch (finding.step) {
        case Step::Structure:
            return "malformed";
        case Step::BuildChain:
            return causeOfChain(certificate, lists);
        case Step::Signature:
            return "signature-wrong";
        case Step::SecurityPolicyCheck:
            return "policy";
        case Step::TrustList:
            if (finding.blocked) return causeOfBlocking(certificate, finding.position, lists);
            return chain.size() == 1 ? "untrusted" : "untrusted-chain";
        case Step::ValidityPeriod:
            return report.content().judgedAt < certificate.notBefore() ? "not-yet-valid" : "expired";
        case Step::HostName:
            return "host-name";
        case Step::Uri:
            return "uri";
        case Step::CertificateUsage:
            return causeOfUsage(report, finding.position);
        case Step::FindRevocationList:
            if (finding.position + 1 == chain.size()) return "crl-unusable";
            return causeOfCrl(chain[finding.position + 1].certificate, report.content().judgedAt, lists);
        case Step::RevocationCheck:
            return "revoked";
    }
    return "malformed";
}

std::span<const std::string_view> causes() noexcept { return kCauses; }

}  // namespace uatrust::tool::web
