#pragma once

#include "tool/ca_folder.hpp"

namespace uatrust::tool {

/// requestFrom() reads a file with exactly one certificate request.
[[nodiscard]] Result<CertificateRequest> requestFrom(const std::string& file);

/// chooseEntry() finds the certificate of a CA that a user means: by the first eight or more digits of its thumbprint, SHA-256 or serial
/// number, by its common name or ApplicationUri, or by a file that holds it. One that the CA has signed and the index does not know is
/// found by its file as well: what counts is who has signed it.
[[nodiscard]] Result<CaEntry> chooseEntry(const CaFolder& ca, const std::string& given, Instant now);

}  // namespace uatrust::tool
