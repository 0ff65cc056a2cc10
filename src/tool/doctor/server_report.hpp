#pragma once

#include <uatrust/x509/certificate.hpp>

#include <filesystem>
#include <string>

#include "tool/console.hpp"
#include "tool/discovery.hpp"

// What a server has answered, as it is: for people, for programs and for a file.

namespace uatrust::tool {

/// Asked is one endpoint, and what it has answered.
struct Asked {
    std::string url{};
    Result<Discovered> answer;
};

[[nodiscard]] std::string serverText(const Asked& asked);
[[nodiscard]] Json serverJson(const Asked& asked);

/// mayBeSaved() says whether there is no file of that name yet: BadInvalidState. What somebody else has put there is kept.
[[nodiscard]] Result<void> mayBeSaved(const std::filesystem::path& file);

/// savePresented() writes the certificate that the server presents, DER, and returns it. BadNotFound when it presents none,
/// BadInvalidArgument when it presents several, BadCertificateInvalid when that cannot be read.
[[nodiscard]] Result<Certificate> savePresented(const Asked& asked, const std::filesystem::path& file);

}  // namespace uatrust::tool
