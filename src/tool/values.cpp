#include "tool/values.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <uatrust/x509/distinguished_name.hpp>

namespace uatrust::tool {
namespace {

constexpr std::array kKeyTypes{KeyType::Rsa2048,         KeyType::Rsa3072,         KeyType::Rsa4096, KeyType::NistP256, KeyType::NistP384,
                               KeyType::BrainpoolP256r1, KeyType::BrainpoolP384r1, KeyType::Ed25519, KeyType::Ed448};

}  // namespace

CLI::Option* addRole(CLI::App& app, std::optional<ApplicationRole>& target, const std::string& about) {
    return addChoice<std::optional<ApplicationRole>>(
        app, "--role", target,
        {{"server", ApplicationRole::Server}, {"client", ApplicationRole::Client}, {"both", ApplicationRole::ClientAndServer}}, about);
}

std::string_view roleWord(ApplicationRole role) noexcept {
    return role == ApplicationRole::Client ? "client" : role == ApplicationRole::Server ? "server" : "both";
}

Result<KeyType> parseKeyType(const std::string& text) {
    if (const auto type = keyTypeFromName(text)) return *type;
    std::vector<std::string_view> names;
    for (const auto type : kKeyTypes) names.push_back(keyTypeName(type));
    return Error{StatusCode::BadInvalidArgument, fmt::format("There is no kind of key \"{}\".", printable(text)),
                 fmt::format("Give one of {}, or its short form, like p256.", fmt::join(names, ", "))};
}

Result<Instant> parseMoment(const std::string& text) {
    if (const auto moment = parseInstant(text)) return *moment;
    if (const auto day = parseInstant(text + "T00:00:00Z")) return *day;
    return Error{StatusCode::BadInvalidArgument, fmt::format("\"{}\" is no moment.", printable(text)),
                 "Write it in UTC, like 2026-06-15T12:00:00Z, or give a day, like 2026-06-15."};
}

Result<std::chrono::seconds> parseSpan(const std::string& text) {
    constexpr std::size_t mostDigits = 6;
    constexpr std::array<std::pair<char, int>, 4> units{{{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}}};
    const auto unit = std::find_if(units.begin(), units.end(), [&](const auto& each) { return text.ends_with(each.first); });
    long number = 0;
    const auto* const end = text.data() + text.size() - (text.empty() ? 0 : 1);
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (unit == units.end() || error != std::errc{} || stopped != end || number < 0 || text.size() > mostDigits + 1) {
        return Error{StatusCode::BadInvalidArgument, fmt::format("\"{}\" is no time.", printable(text)),
                     "Write a number and s, m, h or d behind it, like 90s, 10m, 2h or 30d."};
    }
    return std::chrono::seconds{number * unit->second};
}

}  // namespace uatrust::tool
