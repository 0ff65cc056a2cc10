#include "tool/web/rows.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "tool/list_rows.hpp"
#include "tool/web/answer.hpp"

namespace uatrust::tool::web {
namespace {

constexpr std::size_t kMaxPath = 4096;

Json certificateFacts(const Certificate& certificate) {
    return {{"id", certificate.id().text()},
            {"kind", "certificate"},
            {"name", certificateName(certificate)},
            {"subject", certificate.subject().text()},
            {"applicationUri", printable(certificate.applicationUri())},
            {"issuer", certificate.issuer().text()},
            {"notBefore", formatInstant(certificate.notBefore())},
            {"notAfter", formatInstant(certificate.notAfter())},
            {"thumbprint", certificate.thumbprint().text()},
            {"ca", certificate.isCa()},
            {"selfSigned", certificate.isSelfSigned()}};
}

std::string crlName(const Crl& crl) {
    const auto& name = crl.issuer().commonName();
    return name.empty() ? crl.issuer().text() : name;
}

Json crlFacts(const Crl& crl) {
    const auto next = crl.nextUpdate();
    return {{"id", crl.id().text()},
            {"kind", "crl"},
            {"name", crlName(crl)},
            {"subject", crl.issuer().text()},
            {"applicationUri", ""},
            {"issuer", crl.issuer().text()},
            {"notBefore", formatInstant(crl.thisUpdate())},
            {"notAfter", next ? Json(formatInstant(*next)) : Json()},
            {"thumbprint", crl.thumbprint().text()},
            {"ca", false},
            {"selfSigned", false}};
}

std::string members(const Json& facts) {
    auto text = jsonText(facts);
    text.back() = ',';
    return text;
}

// What may differ from one look to the next.
std::string rest(std::string_view list, const std::string& source, const RefusalRecord* record, bool provisional) {
    Json json{{"list", list},
              {"source", printable(source, kMaxPath)},
              {"pinned", record != nullptr && record->pinned},
              {"provisional", provisional},
              {"attempts", record == nullptr ? 0 : record->count},
              {"firstSeen", nullptr},
              {"lastSeen", nullptr},
              {"status", nullptr},
              {"reason", nullptr}};
    if (record != nullptr && record->count != 0) {
        json["firstSeen"] = formatInstant(record->first);
        json["lastSeen"] = formatInstant(record->last);
        if (!record->refusals.empty()) {
            json["status"] = statusName(record->refusals.front().status);
            json["reason"] = record->refusals.front().reason;
        }
    }
    return jsonText(json).substr(1);
}

}  // namespace

std::string certificateName(const Certificate& certificate) {
    if (!certificate.subject().commonName().empty()) return certificate.subject().commonName();
    if (!certificate.subject().empty()) return certificate.subject().text();
    return certificate.applicationUri().empty() ? certificate.thumbprint().text() : printable(certificate.applicationUri());
}

template <class Make>
const RowMaker::Facts& RowMaker::remembered(const CertificateId& id, Make make) {
    if (const auto at = used_.find(id); at != used_.end()) return at->second;
    if (auto at = known_.find(id); at != known_.end()) return used_.insert(known_.extract(at)).position->second;
    return used_.emplace(id, make()).first->second;
}

const RowMaker::Facts& RowMaker::factsOf(const Certificate& certificate) {
    return remembered(certificate.id(), [&] {
        // A copy of its own: what a certificate of a list is decoded to stays with the list.
        const auto copy = Certificate::fromDer(certificate.der());
        const auto& one = copy ? *copy : certificate;
        return Facts{certificateName(one), members(certificateFacts(one))};
    });
}

const RowMaker::Facts& RowMaker::factsOf(const Crl& crl) {
    return remembered(crl.id(), [&] { return Facts{crlName(crl), members(crlFacts(crl))}; });
}

std::vector<Row> RowMaker::make(const RowSource& source) {
    std::map<CertificateId, const RefusalRecord*> records;
    for (const auto& each : source.refusals.records) records.emplace(each.certificate, &each);
    std::vector<Row> rows;
    const auto add = [&](std::string_view list, const CertificateId& id, const Facts& facts, const std::string& from,
                         const RefusalRecord* record, bool isCrl = false) {
        rows.push_back({.list = list,
                        .id = id,
                        .isCrl = isCrl,
                        .name = facts.name,
                        .attempts = record == nullptr ? 0 : record->count,
                        .json = facts.json + rest(list, from, record, list == "trusted" && source.provisional.contains(id))});
    };
    for (const auto list : kAllLists) {
        for (const auto& stored : source.lists->certificates(list)) {
            const auto& id = stored.certificate.id();
            const auto record = records.find(id);
            add(storeListName(list), id, factsOf(stored.certificate), stored.source, record == records.end() ? nullptr : record->second);
        }
        for (const auto& stored : source.lists->crls(list)) {
            add(storeListName(list), stored.crl.id(), factsOf(stored.crl), stored.source, nullptr, true);
        }
    }
    for (const auto& each : source.own.chains) {
        const auto& leaf = each.chain.front();
        add("own", leaf.id(), factsOf(leaf), each.source, nullptr);
    }
    known_ = std::exchange(used_, {});
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return std::tie(a.list, a.id) < std::tie(b.list, b.id); });
    return rows;
}

}  // namespace uatrust::tool::web
