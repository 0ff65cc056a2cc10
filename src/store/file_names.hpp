#pragma once

#include <filesystem>

#include <uatrust/x509/crl.hpp>

namespace uatrust::detail {

/// crlFileName() is "<common name of the issuer> [<thumbprint>].crl", made like certificateFileName().
[[nodiscard]] std::string crlFileName(const Crl& crl);

/// numberedName() is the name itself for 1 and "name (2).der" and so on behind it.
[[nodiscard]] std::filesystem::path numberedName(const std::filesystem::path& name, unsigned number);

/// hasGeneratedName() recognises the names that certificateFileName() and numberedName() make: "[<40 digits>].der".
[[nodiscard]] bool hasGeneratedName(const std::filesystem::path& name);

/// isTemporary() says whether a name ends in ".tmp", as those of files do that are being written.
[[nodiscard]] bool isTemporary(const std::filesystem::path& name);

}  // namespace uatrust::detail
