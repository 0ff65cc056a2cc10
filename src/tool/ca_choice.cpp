#include "tool/ca_choice.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include <uatrust/x509/bundle.hpp>
#include <uatrust/x509/pem.hpp>

#include "tool/platform.hpp"

namespace uatrust::tool {
namespace {

constexpr std::size_t kMaxInput = 4U << 20U;
constexpr std::size_t kLeastDigits = 8;
constexpr std::size_t kMaxNamed = 5;

Error usage(std::string message, std::string remedy) { return {StatusCode::BadInvalidArgument, std::move(message), std::move(remedy)}; }

bool beginsWith(const std::string& text, const std::string& digits) {
    return text.size() >= digits.size() && std::equal(digits.begin(), digits.end(), text.begin(),
                                                      [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

bool isMeant(const CaEntry& entry, const std::string& given) {
    const bool digits =
        given.size() >= kLeastDigits && std::all_of(given.begin(), given.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
    if (digits && (beginsWith(entry.thumbprint, given) || beginsWith(entry.sha256, given) || beginsWith(entry.serialNumber, given)))
        return true;
    return entry.applicationUri == given || nameOf(entry) == given;
}

// A certificate that the index does not know is revoked as well: what counts is who has signed it.
Result<CaEntry> entryFromFile(const CaFolder& ca, const std::string& file, Instant now) {
    const auto content = readInput(file, kMaxInput);
    if (!content) return content.error();
    const auto certificates = readCertificates(content->view());
    if (!certificates) return certificates.error();
    const auto& certificate = certificates->front();
    if (certificate == ca.certificate()) {
        return usage("A CA does not revoke itself.", "Take its certificate out of the trusted and issuers lists of all that trust it.");
    }
    if (!(certificate.issuer() == ca.certificate().subject()) || !certificate.isSignedBy(ca.certificate().publicKey())) {
        return usage(fmt::format("{} was not issued by {}.", certificate.describe(), ca.certificate().describe()),
                     "Have it revoked by the CA that has issued it.");
    }
    const auto* known = ca.index().find(certificate.serialNumber());
    return known != nullptr ? *known : entryOf(certificate, now, "unknown");
}

}  // namespace

Result<CertificateRequest> requestFrom(const std::string& file) {
    const auto content = readInput(file, kMaxInput);
    if (!content) return content.error();
    const auto bundle = readBundle(content->view());
    if (!bundle) return bundle.error();
    if (bundle->requests.size() == 1) return bundle->requests.front().value;
    if (bundle->requests.empty() && !bundle->problems.empty()) return bundle->problems.front().value;
    return usage(fmt::format("There {} in {}.", bundle->requests.empty() ? "is no certificate request" : "are several certificate requests",
                             printable(file, 4096)),
                 "Give a file with one request (PKCS#10), DER or PEM.");
}

Result<CaEntry> chooseEntry(const CaFolder& ca, const std::string& given, Instant now) {
    std::vector<CaEntry> meant;
    for (const auto& each : ca.index().entries) {
        if (isMeant(each, given)) meant.push_back(each);
    }
    // Of a name that was issued again, the one that is not revoked yet.
    if (std::count_if(meant.begin(), meant.end(), [](const CaEntry& each) { return !each.revoked; }) == 1) {
        std::erase_if(meant, [](const CaEntry& each) { return each.revoked.has_value(); });
    }
    if (meant.size() == 1) return meant.front();
    if (meant.empty()) {
        if (given == "-" || isThere(pathOf(given))) return entryFromFile(ca, given, now);
        return Error{
            StatusCode::BadNotFound, fmt::format("This CA has issued no certificate \"{}\".", printable(given)),
            "Give a file with it, digits of its thumbprint or serial number, its common name or ApplicationUri (uatrust ca list)."};
    }
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::min(meant.size(), kMaxNamed); ++i)
        names.push_back(fmt::format("{} {}", meant[i].subject, meant[i].thumbprint));
    return usage(fmt::format("\"{}\" fits {} certificates: {}{}.", printable(given), meant.size(), fmt::join(names, "; "),
                             meant.size() > names.size() ? "; and more" : ""),
                 "Give digits of the thumbprint of the one that is meant.");
}

}  // namespace uatrust::tool
