#pragma once

#include <uatrust/x509/certificate_authority.hpp>

#include <optional>
#include <string>
#include <vector>

#include "tool/desk.hpp"

namespace uatrust::tool {

enum class CaWork : std::uint8_t { Init, Issue, Revoke, Crl, List, Status };

/// nameOf() is the word of the command line, "init" and so on.
[[nodiscard]] std::string_view nameOf(CaWork work) noexcept;

/// CaOptions is what uatrust ca was told.
struct CaOptions {
    CaWork work = CaWork::Status;
    std::string ca{};
    std::string file{};
    DeskOptions desk{};  ///< of a PKI folder to install into: its --pki is one of installTo
    PassphraseOptions passphrase{};
    std::string name{};
    std::string organization{};
    std::string keyType{};
    std::string validity{};
    std::optional<ApplicationRole> role{};
    std::string uri{};
    std::vector<std::string> hosts{};
    std::string out{};
    bool takeDepartures = false;
    RevocationReason reason = RevocationReason::Unspecified;
    std::vector<std::string> installTo{};
    bool trustCa = false;
    bool details = false;
};

/// actOnCa() does it. What issues, revokes or changes a PKI folder shows its plan first and needs a yes; a CA and its CRLs are made
/// without one, for timers.
[[nodiscard]] ExitCode actOnCa(const CaOptions& options, Console& console);

}  // namespace uatrust::tool
