#pragma once

#include <uatrust/x509/certificate_authority.hpp>

#include <optional>
#include <string>
#include <vector>

namespace uatrust::tool {

/// CaEntry is one certificate that the CA has issued, or that it revokes without knowing it.
struct CaEntry {
    std::string serialNumber{};
    std::string subject{};
    std::string applicationUri{};
    std::string sha256{};      ///< CertificateId::text()
    std::string thumbprint{};  ///< Thumbprint::text()
    Instant issuedAt{};
    Instant notAfter{};
    std::string issuedBy{};  ///< the operator
    std::optional<Revocation> revoked{};
    std::string revokedBy{};
};

/// CaPlace is a PKI folder that has this CA and its CRL.
struct CaPlace {
    std::string pki{};
    std::string layout{};  ///< key of a preset, as the user has given it; may be empty
    friend bool operator==(const CaPlace&, const CaPlace&) = default;
};

/// CaIndex is what a CA has to remember: what it has issued and revoked, and the number of its last CRL.
struct CaIndex {
    std::uint64_t crlNumber = 0;
    std::chrono::seconds crlValidity{};
    std::vector<CaEntry> entries{};
    std::vector<CaPlace> places{};

    [[nodiscard]] const CaEntry* find(const std::string& serialNumber) const;
    /// What goes into a CRL.
    [[nodiscard]] std::vector<Revocation> revocations() const;
};

/// nameOf() is the common name of its subject, else all of that.
[[nodiscard]] std::string nameOf(const CaEntry& entry);

/// entryOf() is the entry of a certificate.
[[nodiscard]] CaEntry entryOf(const Certificate& certificate, Instant at, std::string who);

/// indexText() writes an index, parseIndex() reads it. BadConfigurationError for anything that it does not understand: an index that is
/// read in part only would be taken for one that revokes less.
[[nodiscard]] std::string indexText(const CaIndex& index);
[[nodiscard]] Result<CaIndex> parseIndex(const std::string& text, const std::string& fileName);

}  // namespace uatrust::tool
