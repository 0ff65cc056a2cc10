#pragma once

#include "tool/ca_install.hpp"
#include "tool/console.hpp"

namespace uatrust::tool {

/// CaReport gathers what a ca command has to say: the same facts for people and as JSON. Every one of them ends with how the CRL stands,
/// so that no CRL ends unnoticed.
class CaReport {
public:
    /// add() says something; `json` becomes the member `name`.
    void add(const std::string& name, Json json, const std::string& text);

    /// close() prints all of it. `code`, but Refused when the CRL has ended or is missing, or when the CA has expired; `strict`: also when
    /// a PKI folder of this machine has an older CRL.
    [[nodiscard]] ExitCode close(const CaFolder& ca, Instant now, Console& console, ExitCode code = ExitCode::Done, bool strict = false);
    /// The same without a CA to tell of.
    [[nodiscard]] ExitCode close(Console& console, ExitCode code) const;

private:
    Json json_ = Json::object();
    std::string text_{};
};

/// caJson() and caText() are the CA itself.
[[nodiscard]] Json caJson(const CaFolder& ca);
[[nodiscard]] std::string caText(const CaFolder& ca, Instant now);

/// entryJson() and entryText() are a certificate that the CA has issued.
[[nodiscard]] Json entryJson(const CaEntry& entry, Instant now);
[[nodiscard]] std::string entryText(const CaEntry& entry, Instant now);

/// requestJson() and requestText() are what is going to be issued.
struct RequestedCertificate {
    const CertificateRequest& request;
    const ApplicationSubject& confirmed;
    Instant notAfter;
};
[[nodiscard]] Json requestJson(const RequestedCertificate& wanted);
[[nodiscard]] std::string requestText(const RequestedCertificate& wanted, Instant now);

/// installedJson() and installedText() are what was done to a PKI folder.
[[nodiscard]] Json installedJson(const CaInstalled& installed);
[[nodiscard]] std::string installedText(const CaInstalled& installed);

}  // namespace uatrust::tool
