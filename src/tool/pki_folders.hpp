#pragma once

#include "tool/pki_folder.hpp"

namespace uatrust::tool {

/// pkisIn() is the PKI folder at a path that the user has named, by an option or argument `from`, with its groups where several share
/// it; or the PKI folders in it: pkiserver, pkiclient and pkiuser of a gateway. `layout` is the key of a preset for the folder itself.
/// BadNotFound when there is none.
[[nodiscard]] Result<std::vector<PkiFolder>> pkisIn(const std::string& given, std::string_view from, const std::string& layout);

}  // namespace uatrust::tool
