#include "tool/pairing_record.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <uatrust/x509/distinguished_name.hpp>

#include "tool/console.hpp"
#include "tool/platform.hpp"

namespace uatrust::tool {
namespace {

using namespace std::string_view_literals;

constexpr std::array kStateNames{"provisional"sv, "confirmed"sv, "dropped"sv};
constexpr std::string_view kFormat = "uatrust pairing 1";
constexpr std::size_t kMaxSize = 1U << 20U;

Json jsonOf(const PairingRecord& record) {
    Json entries = Json::array();
    for (const auto& each : record.entries) {
        entries.push_back({{"certificate", each.certificate.text()},
                           {"name", each.name},
                           {"state", pairingStateName(each.state)},
                           {"at", formatInstant(each.at)}});
    }
    return {{"format", kFormat},
            {"opened", formatInstant(record.opened)},
            {"until", formatInstant(record.until)},
            {"who", record.who},
            {"process", record.process},
            {"endpoint", record.endpointUrl},
            {"max", record.max},
            {"entries", std::move(entries)}};
}

std::optional<PairingRecord::Entry> entryFrom(const Json& json) {
    const auto digits = fromHex(json.at("certificate").get<std::string>());
    const auto at = parseInstant(json.at("at").get<std::string>());
    const auto state = std::find(kStateNames.begin(), kStateNames.end(), json.at("state").get<std::string>());
    PairingRecord::Entry entry;
    if (!digits || digits->size() != entry.certificate.sha256.size() || !at || state == kStateNames.end()) return {};
    std::copy(digits->begin(), digits->end(), entry.certificate.sha256.begin());
    entry.name = printable(json.at("name").get<std::string>());
    entry.state = static_cast<PairingState>(state - kStateNames.begin());
    entry.at = *at;
    return entry;
}

// Nothing, or an exception of the JSON library, when it is no such record.
std::optional<PairingRecord> recordFrom(const Json& json) {
    const auto opened = parseInstant(json.at("opened").get<std::string>());
    const auto until = parseInstant(json.at("until").get<std::string>());
    if (json.at("format").get<std::string>() != kFormat || !opened || !until) return {};
    PairingRecord record{.opened = *opened,
                         .until = *until,
                         .who = printable(json.at("who").get<std::string>()),
                         .process = json.at("process").get<unsigned long>(),
                         .endpointUrl = printable(json.at("endpoint").get<std::string>()),
                         .max = json.at("max").get<std::size_t>()};
    for (const auto& each : json.at("entries")) {
        auto entry = entryFrom(each);
        if (!entry) return {};
        record.entries.push_back(std::move(*entry));
    }
    return record;
}

Error damaged(const std::filesystem::path& file) {
    return {StatusCode::BadNotSupported,
            fmt::format("The record of a pairing window, {}, is damaged: whom it has let in provisionally is not known.",
                        printable(textOf(file), 4096)),
            "Compare the trusted list with the lines of \"uatrust history\" that say (pairing), distrust whom nobody has confirmed, and "
            "remove the file."};
}

}  // namespace

std::string_view pairingStateName(PairingState state) noexcept { return kStateNames.at(static_cast<std::size_t>(state)); }

PairingFile::PairingFile(const DirectoryStore& store)
    : file_{store.changesFolder() / "pairing"}, lock_{store.changesFolder() / "pairing.lock"} {}

Result<std::optional<PairingRecord>> PairingFile::read() const {
    const auto content = readOwnFile(file_, kMaxSize);
    if (!content) return content.error();
    if (!*content) return std::optional<PairingRecord>{};
    try {
        if (auto record = recordFrom(Json::parse(**content))) return record;
    } catch (const Json::exception&) {  // NOLINT(bugprone-empty-catch): damaged, as when a member is missing
    }
    return damaged(file_);
}

Result<void> PairingFile::write(const PairingRecord& record) const {
    return replaceFile(file_, asBytes(jsonOf(record).dump(2, ' ', false, Json::error_handler_t::replace)));
}

Result<void> PairingFile::remove() const { return removeOwnFile(file_); }

Result<std::optional<HeldFile>> PairingFile::tryHold() const { return HeldFile::tryHold(lock_); }

}  // namespace uatrust::tool
