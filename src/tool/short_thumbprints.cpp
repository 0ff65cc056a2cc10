#include "tool/short_thumbprints.hpp"

#include <algorithm>

namespace uatrust::tool {
namespace {

constexpr std::size_t kLeast = 8;

std::size_t commonLength(const std::string& a, const std::string& b) {
    const auto end = std::min(a.size(), b.size());
    return static_cast<std::size_t>(std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(end), b.begin()).first - a.begin());
}

}  // namespace

void ShortThumbprints::add(const Certificate& certificate) {
    add(certificate.thumbprint().text(), certificate.id());
    add(toHex(certificate.id().sha256, HexCase::Upper), certificate.id());
}

void ShortThumbprints::add(std::string digits, const CertificateId& whose) {
    known_.emplace_back(std::move(digits), whose);
    sorted_ = false;
}

std::string ShortThumbprints::of(const Certificate& certificate) { return of(certificate.thumbprint().text(), certificate.id()); }

// Whoever begins most alike stands beside it in the order of the digits.
std::string ShortThumbprints::of(const std::string& whole, const CertificateId& whose) {
    if (!sorted_) std::sort(known_.begin(), known_.end());
    sorted_ = true;
    const auto isOther = [&](const Known& each) { return each.second != whose; };
    const auto at = std::lower_bound(known_.begin(), known_.end(), Known{whole, {}});
    std::size_t length = kLeast;
    if (const auto next = std::find_if(at, known_.end(), isOther); next != known_.end()) {
        length = std::max(length, commonLength(whole, next->first) + 1);
    }
    const auto before = std::find_if(std::make_reverse_iterator(at), known_.rend(), isOther);
    if (before != known_.rend()) length = std::max(length, commonLength(whole, before->first) + 1);
    return whole.substr(0, length);
}

}  // namespace uatrust::tool
