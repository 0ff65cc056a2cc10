#pragma once

#include <functional>
#include <variant>

#include "tool/web/groups.hpp"
#include "tool/web/router.hpp"

namespace uatrust::tool::web {

/// parseId() reads 64 lower-case hexadecimal digits.
[[nodiscard]] std::optional<CertificateId> parseId(std::string_view text);

/// parseList() reads the name of a list of a store.
[[nodiscard]] std::optional<StoreList> parseList(std::string_view text) noexcept;

/// Entry is one thing that is in a group, with the row that the page has of it.
struct Entry {
    std::string list{};
    std::variant<Certificate, Crl> content;
    std::string source{};
    Json row{};  ///< null when it is in the folder since a moment, and in no view yet
    std::shared_ptr<const TrustSnapshot> lists{};

    /// Null when it is the other of the two.
    [[nodiscard]] const Certificate* certificate() const noexcept { return std::get_if<Certificate>(&content); }
    [[nodiscard]] const Crl* crl() const noexcept { return std::get_if<Crl>(&content); }
    [[nodiscard]] ByteView der() const noexcept { return certificate() != nullptr ? certificate()->der() : crl()->der(); }
};

/// findEntry() looks an entry up by texts of the other side. BadNotFound when it is not there, or no more.
[[nodiscard]] Result<Entry> findEntry(const Group& group, const std::string& list, const std::string& id);

/// goneError() is why nothing can be done with an entry that was there before.
[[nodiscard]] Error goneError(std::string_view list, std::string_view id);

/// onGroup() makes the answer of a route whose first star is a group.
[[nodiscard]] std::function<Answer(Call&)> onGroup(Groups& groups, std::function<Answer(Group&, Call&)> act);

}  // namespace uatrust::tool::web
