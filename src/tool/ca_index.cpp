#include "tool/ca_index.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace uatrust::tool {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr int kIndent = 1;
constexpr std::chrono::days kMaxValidity{1000000};

Json entryJson(const CaEntry& entry) {
    Json json{{"serialNumber", entry.serialNumber},
              {"subject", entry.subject},
              {"applicationUri", entry.applicationUri},
              {"sha256", entry.sha256},
              {"thumbprint", entry.thumbprint},
              {"issuedAt", formatInstant(entry.issuedAt)},
              {"notAfter", formatInstant(entry.notAfter)},
              {"issuedBy", entry.issuedBy}};
    if (!entry.revoked) return json;
    json["revokedAt"] = formatInstant(entry.revoked->at);
    json["reason"] = revocationReasonName(entry.revoked->reason);
    json["revokedBy"] = entry.revokedBy;
    return json;
}

// The readers below throw: parseIndex() turns all that is wrong into one error.

Instant momentOf(const Json& json, const char* member) {
    const auto moment = parseInstant(json.at(member).get<std::string>());
    if (!moment) throw std::runtime_error{fmt::format("\"{}\" is no moment", member)};
    return *moment;
}

CaEntry entryFrom(const Json& json) {
    CaEntry entry{.serialNumber = json.at("serialNumber"),
                  .subject = json.at("subject"),
                  .applicationUri = json.at("applicationUri"),
                  .sha256 = json.at("sha256"),
                  .thumbprint = json.at("thumbprint"),
                  .issuedAt = momentOf(json, "issuedAt"),
                  .notAfter = momentOf(json, "notAfter"),
                  .issuedBy = json.at("issuedBy")};
    if (entry.serialNumber.empty()) throw std::runtime_error{"a certificate has no serial number"};
    if (!json.contains("revokedAt")) return entry;
    const auto reason = revocationReasonFromName(json.at("reason").get<std::string>());
    if (!reason) throw std::runtime_error{"a reason of revocation is not known"};
    entry.revoked = Revocation{entry.serialNumber, momentOf(json, "revokedAt"), *reason};
    entry.revokedBy = json.at("revokedBy");
    return entry;
}

CaIndex indexFrom(const Json& json) {
    if (json.at("version").get<int>() != kVersion) throw std::runtime_error{"it is of another version of this program"};
    CaIndex index{.crlNumber = json.at("crlNumber").get<std::uint64_t>(),
                  .crlValidity = std::chrono::seconds{json.at("crlValidity").get<std::int64_t>()}};
    std::set<std::string> seen;
    for (const auto& each : json.at("certificates")) {
        index.entries.push_back(entryFrom(each));
        if (!seen.insert(index.entries.back().serialNumber).second) throw std::runtime_error{"a serial number stands in it twice"};
    }
    for (const auto& each : json.at("installedIn")) index.places.push_back({.pki = each.at("pki"), .layout = each.at("layout")});
    if (index.crlNumber == 0) throw std::runtime_error{"it has no CRL number"};
    if (index.crlValidity <= std::chrono::seconds{0} || index.crlValidity > kMaxValidity)
        throw std::runtime_error{"it does not say how long a CRL is valid"};
    return index;
}

}  // namespace

const CaEntry* CaIndex::find(const std::string& serialNumber) const {
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const CaEntry& each) { return each.serialNumber == serialNumber; });
    return found == entries.end() ? nullptr : &*found;
}

std::vector<Revocation> CaIndex::revocations() const {
    std::vector<Revocation> revoked;
    for (const auto& each : entries) {
        if (each.revoked) revoked.push_back(*each.revoked);
    }
    return revoked;
}

std::string nameOf(const CaEntry& entry) {
    const auto name = DistinguishedName::parse(entry.subject);
    return name && !name->commonName().empty() ? name->commonName() : entry.subject;
}

CaEntry entryOf(const Certificate& certificate, Instant at, std::string who) {
    return {.serialNumber = certificate.serialNumber(),
            .subject = certificate.subject().text(),
            .applicationUri = printable(certificate.applicationUri(), 1000),
            .sha256 = certificate.id().text(),
            .thumbprint = certificate.thumbprint().text(),
            .issuedAt = at,
            .notAfter = certificate.notAfter(),
            .issuedBy = printable(who)};
}

std::string indexText(const CaIndex& index) {
    Json certificates = Json::array();
    for (const auto& each : index.entries) certificates.push_back(entryJson(each));
    Json places = Json::array();
    for (const auto& each : index.places) places.push_back({{"pki", each.pki}, {"layout", each.layout}});
    const Json json{{"version", kVersion},
                    {"crlNumber", index.crlNumber},
                    {"crlValidity", index.crlValidity.count()},
                    {"certificates", std::move(certificates)},
                    {"installedIn", std::move(places)}};
    return json.dump(kIndent, ' ', false, Json::error_handler_t::replace) + '\n';
}

Result<CaIndex> parseIndex(const std::string& text, const std::string& fileName) {
    try {
        return indexFrom(Json::parse(text));
    } catch (const std::exception& error) {
        return Error{StatusCode::BadConfigurationError,
                     fmt::format("{} cannot be read, and without it nobody knows what this CA has revoked: {}.", fileName,
                                 printable(error.what(), 300)),
                     "Put its last backup into its place, if it is newer than the last revocation."};
    }
}

}  // namespace uatrust::tool
