#include "tool/web/details.hpp"

#include <fmt/format.h>

#include <uatrust/x509/crl_entries.hpp>
#include <uatrust/x509/pem.hpp>

#include "tool/list_rows.hpp"
#include "tool/problems.hpp"
#include "tool/sheet.hpp"
#include "tool/web/rows.hpp"

namespace uatrust::tool::web {
namespace {

constexpr std::size_t kMaxRevoked = 1000;
constexpr std::size_t kMaxSigners = 16;

// "B9C7 3294 ...": to be read out over the phone.
Json inGroups(const CertificateId& id) {
    const auto digits = toHex(id.sha256, HexCase::Upper);
    Json groups = Json::array();
    for (std::size_t at = 0; at < digits.size(); at += 4) groups.push_back(digits.substr(at, 4));
    return groups;
}

// "digitalSignature, keyCertSign" as an array.
Json words(const std::string& text) {
    Json list = Json::array();
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find(", ", at), text.size());
        list.push_back(printable(text.substr(at, end - at)));
        at = end + 2;
    }
    return list;
}

Json refusalsOf(const Group& group, const CertificateId& id) {
    for (const auto& each : group.looking().store->refusals().records) {
        if (each.certificate == id) return refusalsJson(each)["reasons"];
    }
    return Json::array();
}

Json certificateDetails(const Group& group, const Groups& groups, const Entry& entry) {
    const auto& certificate = *entry.certificate();
    const auto sheet = toJson(sheetOf({"DER", certificate}, {}, systemClock().now()));
    const auto verdict = judge(group, groups, certificate);
    return {{"entry", entry.row},
            {"sha256", certificate.id().text()},
            {"serial", certificate.serialNumber()},
            {"version", certificate.version()},
            {"keyType", printable(certificate.publicKey().describe())},
            {"signatureAlgorithm", printable(certificate.signatureAlgorithm().name)},
            {"keyUsage", certificate.keyUsage() ? words(certificate.keyUsage()->text()) : Json::array()},
            {"extendedKeyUsage", certificate.extendedKeyUsage() ? words(certificate.extendedKeyUsage()->text()) : Json::array()},
            {"dnsNames", sheet.value("dnsNames", Json::array())},
            {"ipAddresses", sheet.value("ipAddresses", Json::array())},
            {"uris", sheet.value("uris", Json::array())},
            {"pem", encodePem("CERTIFICATE", certificate.der())},
            {"departures", sheet.value("departures", Json::array())},
            {"refusals", refusalsOf(group, certificate.id())},
            {"verdict", verdictJson(verdict, *entry.lists)},
            {"chain", chainJson(verdict, *entry.lists)},
            {"cures", curesJson(verdict, entry)},
            {"phone", inGroups(certificate.id())}};
}

Json signerOf(const Crl& crl, const TrustSnapshot& lists) {
    std::size_t tried = 0;
    for (const auto list : {StoreList::Trusted, StoreList::Issuers, StoreList::Rejected}) {
        for (const auto* ca : lists.findBySubject(list, crl.issuer())) {
            if (++tried > kMaxSigners) return {};
            if (crl.isSignedBy(ca->certificate.publicKey())) return ca->certificate.describe();
        }
    }
    return {};
}

Json crlDetails(const Entry& entry) {
    const auto& crl = *entry.crl();
    const auto next = crl.nextUpdate();
    Json revoked = Json::array();
    for (const auto& each : crlEntries(crl, kMaxRevoked)) {
        revoked.push_back({{"serial", each.serialNumber}, {"at", formatInstant(each.entry.revokedAt)}, {"reason", each.entry.reason}});
    }
    return {{"entry", entry.row},
            {"sha256", crl.id().text()},
            {"issuer", crl.issuer().text()},
            {"number", crl.number()},
            {"thisUpdate", formatInstant(crl.thisUpdate())},
            {"nextUpdate", next ? Json(formatInstant(*next)) : Json()},
            {"revokedCount", crl.size()},
            {"revoked", std::move(revoked)},
            {"signedBy", signerOf(crl, *entry.lists)},
            {"departures", toJson(sheetOf({"DER", crl}, {}, systemClock().now())).value("departures", Json::array())},
            {"pem", encodePem("X509 CRL", crl.der())}};
}

std::string fileNameOf(const Entry& entry, std::string_view ending) {
    return entry.row.value("name", std::string{"certificate"}).substr(0, 60) + std::string{ending};
}

Answer asDer(const Entry& entry) {
    const bool crl = entry.crl() != nullptr;
    return fileAnswer(std::string{asText(entry.der())}, crl ? "application/pkix-crl" : "application/pkix-cert",
                      fileNameOf(entry, crl ? ".crl" : ".der"));
}

Answer asPem(const Entry& entry) {
    return fileAnswer(encodePem(entry.crl() == nullptr ? "CERTIFICATE" : "X509 CRL", entry.der()), "application/x-pem-file",
                      fileNameOf(entry, ".pem"));
}

Answer exported(const Group& group, const httplib::Request& request) {
    const auto name = request.get_param_value("list");
    if (const auto list = parseList(name)) {
        return fileAnswer(exportPem(*group.looking().store->snapshot(), *list), "application/x-pem-file",
                          fmt::format("{}-{}.pem", group.id(), name));
    }
    if (name != "own") {
        return errorAnswer({StatusCode::BadNotFound, fmt::format("There is no list \"{}\".", printable(name)),
                            "Ask for trusted, issuers, rejected, blocked or own."});
    }
    const auto own = group.looking().store->loadOwn();
    if (!own) return errorAnswer(own.error());
    std::string text;
    for (const auto& chain : own->chains) {
        for (const auto& each : chain.chain) text += encodePem("CERTIFICATE", each.der());
    }
    return fileAnswer(std::move(text), "application/x-pem-file", fmt::format("{}-own.pem", group.id()));
}

Json offerOf(const TrustOffer& offer) {
    Json issuers = Json::array();
    for (const auto& each : offer.issuers) {
        issuers.push_back(
            {{"id", each.certificate.id().text()}, {"name", each.certificate.describe()}, {"source", printable(each.source, 4096)}});
    }
    Json crls = Json::array();
    for (const auto& each : offer.crls) crls.push_back({{"issuer", each.crl.issuer().text()}, {"source", printable(each.source, 4096)}});
    return {{"issuers", std::move(issuers)}, {"crls", std::move(crls)}, {"missing", offer.missing}};
}

Answer historyOf(const Group& group) {
    const auto history = group.looking().manager->history();
    Json records = Json::array();
    for (const auto& each : history.records) records.push_back(changeJson(each));
    return jsonAnswer(Json{{"records", std::move(records)}, {"problems", problemsJson(history.problems)}});
}

}  // namespace

void addLookingRoutes(Router& router, Groups& groups) {
    const auto onEntry = [&groups](std::function<Answer(Group&, const Entry&)> act) {
        return onGroup(groups, [&groups, act = std::move(act)](Group& group, Call& call) {
            auto entry = findEntry(group, call.parts[1], call.parts[2]);
            if (entry && entry->row.is_null()) {
                groups.refresh(group);
                entry = findEntry(group, call.parts[1], call.parts[2]);
            }
            return entry ? act(group, *entry) : errorAnswer(entry.error());
        });
    };
    router.add({"GET", "/api/groups/*/entries", onGroup(groups, [](Group& group, Call&) { return jsonAnswer(group.entriesText()); })});
    router.add({"GET", "/api/groups/*/entries/*/*", onEntry([&groups](Group& group, const Entry& entry) {
                    return jsonAnswer(entry.crl() == nullptr ? certificateDetails(group, groups, entry) : crlDetails(entry));
                })});
    router.add({"GET", "/api/groups/*/entries/*/*/der", onEntry([](Group&, const Entry& entry) { return asDer(entry); })});
    router.add({"GET", "/api/groups/*/entries/*/*/pem", onEntry([](Group&, const Entry& entry) { return asPem(entry); })});
    router.add({"GET", "/api/groups/*/export", onGroup(groups, [](Group& group, Call& call) { return exported(group, call.request); })});
    router.add({"GET", "/api/groups/*/history", onGroup(groups, [](Group& group, Call&) { return historyOf(group); })});
    router.add({"GET", "/api/groups/*/offer/*", onGroup(groups, [&groups](Group& group, Call& call) {
                    const auto id = parseId(call.parts[1]);
                    if (!id) return errorAnswer(goneError("the lists", call.parts[1]));
                    return answerOf(group.looking().manager->offerFor(*id, elsewhere(group, groups)), offerOf);
                })});
}

}  // namespace uatrust::tool::web
