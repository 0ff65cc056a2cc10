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
    /// fail() says what could not be done; the first of it becomes the member "error". It is told behind all that was done.
    void fail(const Error& error);

    /// close() prints all of it. `code`, but Refused when the CRL has ended or is missing, or when the CA has expired; `strict`: also when
    /// a PKI folder of this machine has an older CRL.
    [[nodiscard]] ExitCode close(const CaFolder& ca, Instant now, Console& console, ExitCode code = ExitCode::Done, bool strict = false);
    /// The same without a CA to tell of.
    [[nodiscard]] ExitCode close(Console& console, ExitCode code);

private:
    Json json_ = Json::object();
    std::string text_{};
    std::vector<Error> errors_{};
};

/// caJson() and caText() are the CA itself, caCrlJson() how its CRL stands.
[[nodiscard]] Json caJson(const CaFolder& ca);
[[nodiscard]] Json caCrlJson(const CaFolder& ca, Instant now);
[[nodiscard]] std::string caText(const CaFolder& ca, Instant now);

/// entryJson() and entryText() are a certificate that the CA has issued.
[[nodiscard]] Json entryJson(const CaEntry& entry, Instant now);
[[nodiscard]] std::string entryText(const CaEntry& entry, Instant now);
/// entriesTable() is a line for each of them; empty without any. Thumbprints are cut to what tells them apart in every way in which
/// chooseEntry() looks for digits.
[[nodiscard]] std::string entriesTable(const std::vector<CaEntry>& entries, Instant now, std::size_t width);

/// requestJson() and requestText() are what is going to be issued.
struct RequestedCertificate {
    const CertificateRequest& request;
    const ApplicationSubject& confirmed;
    const Certificate& ca;
    Instant notAfter;
};
[[nodiscard]] Json requestJson(const RequestedCertificate& wanted);
[[nodiscard]] std::string requestText(const RequestedCertificate& wanted, Instant now);

/// installedJson() and installedText() are what was done to a PKI folder.
[[nodiscard]] Json installedJson(const CaInstalled& installed);
[[nodiscard]] std::string installedText(const CaInstalled& installed);

}  // namespace uatrust::tool
