#pragma once

#include <uatrust/store/import_plan.hpp>

#include "tool/ca_folder.hpp"
#include "tool/desk.hpp"

namespace uatrust::tool {

/// CaInstalled is what was done to a PKI folder.
struct CaInstalled {
    CaPlace place{};
    std::vector<ImportItem> items{};
    bool refused = false;  ///< something of it was not taken: the CA is blocked there, say
};

/// installCa() puts the certificate and the present CRL of a CA into a PKI folder, as one change that can be undone: beside the CA if it
/// is there already, else into issuers or, with `trusted`, into trusted. CRLs of this CA that it supersedes are taken out.
[[nodiscard]] Result<CaInstalled> installCa(const CaFolder& ca, const DeskOptions& where, bool trusted, Console& console);

/// behindBecause() says why a PKI folder does not have the present CRL; empty when it has. It looks, and does nothing else.
[[nodiscard]] std::string behindBecause(const CaFolder& ca, const CaPlace& place);

}  // namespace uatrust::tool
