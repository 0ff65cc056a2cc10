#pragma once

#include <uatrust/x509/certificate.hpp>

#include "validation/hints.hpp"

// What is almost right in the names of a certificate. Only the first names are looked at: a peer decides how many
// there are.
namespace uatrust::detail {

/// nearUris() says how the URIs of a certificate differ from the ApplicationUri that is none of them.
void nearUris(const Certificate& certificate, std::string_view applicationUri, Hints& hints);

/// nearHosts() says how the hosts of a certificate differ from those of which none is in it.
void nearHosts(const Certificate& certificate, const std::vector<std::string>& hostNames, Hints& hints);

}  // namespace uatrust::detail
