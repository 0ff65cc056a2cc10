#include "tool/web/judging.hpp"

#include <fmt/format.h>

#include <uatrust/validation/explain.hpp>

#include "tool/list_rows.hpp"
#include "tool/web/causes.hpp"
#include "tool/web/rows.hpp"

namespace uatrust::tool::web {
namespace {

Json cure(std::string_view action, std::string text, const Certificate* certificate = nullptr) {
    return {{"action", action},
            {"text", std::move(text)},
            {"id", certificate == nullptr ? Json() : Json(certificate->id().text())},
            {"name", certificate == nullptr ? Json() : Json(certificateName(*certificate))}};
}

std::string_view listOf(const TrustSnapshot& lists, const CertificateId& id) {
    for (const auto list : kAllLists) {
        if (lists.find(list, id) != nullptr) return storeListName(list);
    }
    return {};
}

bool isSuspended(StatusCode status) {
    return status == StatusCode::BadCertificateRevocationUnknown || status == StatusCode::BadCertificateIssuerRevocationUnknown;
}

void addTrustCures(const Report& report, const Entry& entry, Json& cures) {
    const auto& certificate = *entry.certificate();
    const bool movable = entry.list == "rejected" || entry.list == "issuers";
    if (movable)
        cures.push_back(cure("trust", "Trust this certificate, after comparing its fingerprint with that of the device.", &certificate));
    if (!movable || report.chain().size() < 2) return;
    const auto& issuer = report.chain()[1].certificate;
    const auto list = listOf(*entry.lists, issuer.id());
    if (list == "rejected" || list == "issuers") {
        cures.push_back(
            cure("trust-issuer", "Trust the CA that has issued it, and with it everything that CA has issued and will issue.", &issuer));
    }
}

// What is missing of the chain, whoever is trusted.
void addMissing(const Report& report, const Entry& entry, Json& cures) {
    const auto& chain = report.chain();
    if (chain.empty()) return;
    const auto& last = chain.back().certificate;
    if (!last.isSelfIssued()) {
        cures.push_back(
            cure("import-issuer", fmt::format("Import the certificate of the CA {}, which is not known here.", last.issuer().text())));
    }
    for (std::size_t i = 1; i < chain.size(); ++i) {
        const auto& ca = chain[i].certificate;
        if (!entry.lists->findCrls(ca.subject()).empty()) continue;
        cures.push_back(cure("import-crl", fmt::format("Import the revocation list (CRL) of {}: there is none.", ca.describe()), &ca));
    }
}

}  // namespace

std::vector<std::shared_ptr<const TrustSnapshot>> elsewhere(const Group& group, const Groups& groups) {
    std::vector<std::shared_ptr<const TrustSnapshot>> lists;
    for (const auto& each : groups.all()) {
        if (each.get() != &group) lists.push_back(each->looking().store->snapshot());
    }
    return lists;
}

Verdict judge(const Group& group, const Groups& groups, const Certificate& certificate) {
    const StrictPolicy policy;
    CertificateValidator validator{*group.looking().store, policy};
    for (const auto& each : groups.all()) {
        if (each.get() != &group) validator.alsoLookIn(each->name(), *each->looking().store);
    }
    ValidationRequest request;
    request.certificate = certificate.der();
    request.role = group.role() == "client" ? Role::Client : Role::Server;
    request.fileRejected = false;
    // A CA is no application, unless it says that it is one.
    if (certificate.isCa() && certificate.uris().empty()) {
        request.profile = Profile::Path;
    } else if (group.role() == "user") {
        request.profile = Profile::User;
    }
    return validator.validate(request);
}

std::optional<Certificate> issuerOf(const Verdict& verdict) {
    const auto& chain = verdict.report().chain();
    return chain.size() < 2 ? std::nullopt : std::optional{chain[1].certificate};
}

Json verdictJson(const Verdict& verdict, const TrustSnapshot& lists) {
    const auto& report = verdict.report();
    auto told = Json::parse(explainJson(report), nullptr, false);
    for (std::size_t i = 0; told.is_object() && i < report.findings().size(); ++i) {
        const auto& finding = report.findings()[i];
        if (finding.status != StatusCode::Good) told["steps"][i]["cause"] = causeOf(finding, report, lists);
    }
    return {{"accepted", verdict.accepted()},
            {"status", statusName(verdict.status())},
            {"explanation", explain(report)},
            {"report", std::move(told)}};
}

Json chainJson(const Verdict& verdict, const TrustSnapshot& lists) {
    Json json = Json::array();
    const auto& chain = verdict.report().chain();
    for (std::size_t i = 0; i < chain.size(); ++i) {
        const auto& certificate = chain[i].certificate;
        const auto list = listOf(lists, certificate.id());
        const bool root = i > 0 && i + 1 == chain.size() && certificate.isSelfIssued();
        json.push_back({{"name", certificateName(certificate)},
                        {"id", list.empty() ? Json() : Json(certificate.id().text())},
                        {"list", list.empty() ? Json() : Json(std::string{list})},
                        {"role", i == 0 ? "leaf"
                                 : root ? "root"
                                        : "issuer"}});
    }
    return json;
}

Json curesJson(const Verdict& verdict, const Entry& entry) {
    Json cures = Json::array();
    if (entry.list == "own") return cures;
    const auto& report = verdict.report();
    if (entry.list == "blocked") {
        cures.push_back(cure("unblock", "Unblock it: it goes back to rejected, where it can be trusted.", entry.certificate()));
        return cures;
    }
    if (verdict.accepted()) {
        if (entry.list == "rejected") cures.push_back(cure("none", "It would be let in now: its next attempt succeeds."));
        return cures;
    }
    const auto* decisive = report.decisive();
    const auto status = verdict.status();
    const bool trustIsMissing = status == StatusCode::BadCertificateUntrusted || status == StatusCode::BadCertificateChainIncomplete;
    if (decisive != nullptr && decisive->blocked) {
        cures.push_back(cure("none", decisive->remedy));
        return cures;
    }
    if (trustIsMissing || isSuspended(status)) {
        if (trustIsMissing) addTrustCures(report, entry, cures);
        addMissing(report, entry, cures);
    }
    if (cures.empty() && decisive != nullptr && !decisive->remedy.empty()) cures.push_back(cure("none", decisive->remedy));
    return cures;
}

}  // namespace uatrust::tool::web
