#include <uatrust/core/status_code.hpp>

#include <algorithm>
#include <array>

namespace uatrust {
namespace {

#define UATRUST_X(name, value, meaning) StatusInfo{StatusCode::name, #name, meaning},
constexpr std::array table{UATRUST_STATUS_CODES(UATRUST_X)};
#undef UATRUST_X

constexpr bool below(const StatusInfo& row, StatusCode code) noexcept { return row.code < code; }
constexpr bool notAscending(const StatusInfo& a, const StatusInfo& b) noexcept { return a.code >= b.code; }

static_assert(std::adjacent_find(table.begin(), table.end(), notAscending) == table.end(), "find() needs unique codes in ascending order");

const StatusInfo* find(StatusCode code) noexcept {
    const auto row = std::lower_bound(table.begin(), table.end(), code, below);
    return row != table.end() && row->code == code ? &*row : nullptr;
}

// The specification writes "Bad_CertificateUntrusted", the schema files and every stack "BadCertificateUntrusted".
bool isSpelling(std::string_view text, std::string_view name) noexcept {
    const std::size_t underscore = text.find('_');
    if (underscore == std::string_view::npos) return text == name;
    const std::string_view severity = text.substr(0, underscore);
    const std::string_view rest = text.substr(underscore + 1);
    if (rest.empty() || (severity != "Bad" && severity != "Good")) return false;
    return name.starts_with(severity) && rest == name.substr(severity.size());
}

}  // namespace

std::span<const StatusInfo> statusTable() noexcept { return table; }

std::string_view statusName(StatusCode code) noexcept {
    const StatusInfo* row = find(code);
    return row != nullptr ? row->name : "Unknown";
}

std::string_view statusMeaning(StatusCode code) noexcept {
    const StatusInfo* row = find(code);
    return row != nullptr ? row->meaning : std::string_view{};
}

std::optional<StatusCode> statusFromName(std::string_view name) noexcept {
    for (const StatusInfo& row : table) {
        if (isSpelling(name, row.name)) return row.code;
    }
    return std::nullopt;
}

}  // namespace uatrust
