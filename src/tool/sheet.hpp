#pragma once

#include <uatrust/x509/departures.hpp>

#include <optional>
#include <string>
#include <vector>

#include "tool/console.hpp"
#include "tool/content.hpp"

namespace uatrust::tool {

/// Row is one fact. Without a label it is for JSON only, without a key for people only.
struct Row {
    std::string key{};
    std::string label{};
    Json value{};
    std::string shown{};  ///< for people, when that differs from `value`
};

/// Sheet is what there is to say of one element: the same facts for people and as JSON.
struct Sheet {
    std::string kind{};   ///< "certificate", "crl", "request", "privateKey", "publicKey" or "unknown"
    std::string title{};  ///< "application certificate"
    std::vector<Row> rows{};
    std::string profile{};                               ///< "OPC 10000-6, 6.2.2"; empty when there is none to compare with
    std::optional<std::vector<Departure>> departures{};  ///< nothing when there is no profile
    std::optional<Error> error{};                        ///< why there is nothing to say
};

/// sheetOf() describes an element. `role` is the side that the application takes; what its extendedKeyUsage names without it.
/// `now` is what dates are compared with.
[[nodiscard]] Sheet sheetOf(const Element& element, std::optional<ApplicationRole> role, Instant now);

/// toText() and toJson() write a sheet, without its title and its kind first.
[[nodiscard]] std::string toText(const Sheet& sheet, std::size_t width);
[[nodiscard]] Json toJson(const Sheet& sheet);

}  // namespace uatrust::tool
