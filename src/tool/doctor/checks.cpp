#include "tool/doctor/checks.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

namespace uatrust::tool {
namespace {

constexpr auto E = Severity::Error;
constexpr auto W = Severity::Warning;
constexpr auto N = Severity::Note;

// clang-format off
constexpr std::array kTable{
    CheckInfo{Check::OwnMissing,          "own-missing",           N, "there is an own certificate and key"},
    CheckInfo{Check::OwnFiles,            "own-files",             E, "own certificates and keys can be read, and keys by their owner only"},
    CheckInfo{Check::OwnPair,             "own-pair",              E, "the own certificate and a private key belong together"},
    CheckInfo{Check::OwnEncrypted,        "own-encrypted",         W, "the private key can be opened to be compared"},
    CheckInfo{Check::OwnExpired,          "own-expired",           E, "the own certificate has not expired"},
    CheckInfo{Check::OwnNotYetValid,      "own-not-yet-valid",     E, "the own certificate is valid already"},
    CheckInfo{Check::OwnExpires,          "own-expires",           W, "the own certificate does not expire soon"},
    CheckInfo{Check::OwnRevoked,          "own-revoked",           E, "no revocation list here has the own certificate or a CA of it"},
    CheckInfo{Check::OwnUri,              "own-uri",               E, "the own certificate has the ApplicationUri that was given"},
    CheckInfo{Check::OwnHosts,            "own-hosts",             W, "a server's certificate has the names and addresses of its machine"},
    CheckInfo{Check::OwnProfile,          "own-profile",           E, "the own certificate is as OPC 10000-6, 6.2.2 demands"},
    CheckInfo{Check::OwnSeveral,          "own-several",           W, "there is one own certificate"},
    CheckInfo{Check::OwnUnpaired,         "own-unpaired",          W, "no own certificate lies there without its key"},
    CheckInfo{Check::OwnChain,            "own-chain",             N, "an own certificate of a CA has the CA's beside it"},
    CheckInfo{Check::OwnUriShared,        "own-uri-shared",        N, "no two own certificates have one ApplicationUri"},
    CheckInfo{Check::Expired,             "expired",               E, "no trusted certificate and no CA has expired"},
    CheckInfo{Check::NotYetValid,         "not-yet-valid",         E, "each of them is valid already"},
    CheckInfo{Check::Expires,             "expires",               W, "none of them expires soon"},
    CheckInfo{Check::Superseded,          "superseded",            N, "none that has expired lies beside its successor"},
    CheckInfo{Check::CaProfile,           "ca-profile",            E, "CAs are as OPC 10000-6, 6.2.4 demands"},
    CheckInfo{Check::CaTrusted,           "ca-trusted",            N, "no CA is trusted, and with it all that it issues"},
    CheckInfo{Check::IssuerNoCa,          "issuer-no-ca",          W, "the issuers are CAs"},
    CheckInfo{Check::TrustedAndBlocked,   "trusted-and-blocked",   W, "nobody is trusted and blocked at once"},
    CheckInfo{Check::TrustedAndRejected,  "trusted-and-rejected",  N, "nobody is trusted and rejected at once"},
    CheckInfo{Check::TrustedChain,        "trusted-chain",         E, "the chain of each trusted certificate ends at a root that is here"},
    CheckInfo{Check::TrustedRevoked,      "trusted-revoked",       E, "no trusted certificate and no CA of one is revoked"},
    CheckInfo{Check::TrustedRefused,      "trusted-refused",       E, "each trusted certificate would be accepted"},
    CheckInfo{Check::TrustedWeak,         "trusted-weak",          W, "a SecurityPolicy that is not outdated takes each trusted certificate"},
    CheckInfo{Check::Advice,              "advice",                N, "nothing departs from what the profiles advise"},
    CheckInfo{Check::CrlMissing,          "crl-missing",           E, "there is a complete CRL of each CA"},
    CheckInfo{Check::CrlExpired,          "crl-expired",           E, "one of them has not expired"},
    CheckInfo{Check::CrlNotYetValid,      "crl-not-yet-valid",     E, "one of them is valid already"},
    CheckInfo{Check::CrlExpires,          "crl-expires",           W, "none of them expires soon without a successor"},
    CheckInfo{Check::CrlForeign,          "crl-foreign",           W, "no CRL of a CA's name has another key's signature"},
    CheckInfo{Check::CrlOrphan,           "crl-orphan",            N, "the CA of each CRL is here"},
    CheckInfo{Check::CrlElsewhere,        "crl-elsewhere",         N, "CRLs lie beside the list that their CA is in"},
    CheckInfo{Check::RejectedRenewed,     "rejected-renewed",      W, "nobody was refused who has the ApplicationUri of a trusted certificate"},
    CheckInfo{Check::RejectedElsewhere,   "rejected-elsewhere",    W, "nobody was refused here who is trusted in another of the folders"},
    CheckInfo{Check::RejectedWaiting,     "rejected-waiting",      N, "nobody who was refused waits for a decision"},
    CheckInfo{Check::Files,               "files",                 W, "all files of the lists can be read and lie where they count"},
    CheckInfo{Check::FolderWritable,      "folder-writable",       E, "not everybody on this machine can change the lists, or a CA"},
    CheckInfo{Check::Layout,              "layout",                N, "the folder is laid out as expected"},
    CheckInfo{Check::Clock,               "clock",                 E, "the clock has been set"},
    CheckInfo{Check::ClockStamps,         "clock-stamps",          W, "no file and no refusal is from the future"},
    CheckInfo{Check::EndpointNone,        "endpoint-none",         E, "the server has an endpoint with a certificate"},
    CheckInfo{Check::EndpointCertificate, "endpoint-certificate",  E, "the certificate that it presents can be read"},
    CheckInfo{Check::EndpointExpired,     "endpoint-expired",      E, "it is valid now"},
    CheckInfo{Check::EndpointExpires,     "endpoint-expires",      W, "it does not expire soon"},
    CheckInfo{Check::EndpointHost,        "endpoint-host",         E, "it has the host of the URL"},
    CheckInfo{Check::EndpointUri,         "endpoint-uri",          E, "it has the ApplicationUri that the server announces"},
    CheckInfo{Check::EndpointUsage,       "endpoint-usage",        E, "structure, signature and usage are a server's"},
    CheckInfo{Check::EndpointPolicy,      "endpoint-policy",       E, "it fits the SecurityPolicies that it is offered with"},
    CheckInfo{Check::EndpointDeprecated,  "endpoint-deprecated",   W, "a SecurityPolicy that is not outdated is offered"},
    CheckInfo{Check::EndpointOpen,        "endpoint-open",         N, "no endpoint is without security"},
    CheckInfo{Check::EndpointUrls,        "endpoint-urls",         N, "the server announces the host that it was asked by"},
    CheckInfo{Check::EndpointUntrusted,   "endpoint-untrusted",    E, "the client folder trusts it"},
    CheckInfo{Check::EndpointTrusted,     "endpoint-trusted",      N, "says which folder trusts it"},
    CheckInfo{Check::EndpointOwn,         "endpoint-own",          W, "it is the own certificate of the folder of that application"},
    CheckInfo{Check::EndpointClock,       "endpoint-clock",        W, "the server's clock and this one agree"},
    CheckInfo{Check::CaFiles,             "ca-files",              E, "the folder of a CA can be read, and its parts belong together"},
    CheckInfo{Check::CaKey,               "ca-key",                E, "its key can be read and belongs to its certificate"},
    CheckInfo{Check::CaKeyEncrypted,      "ca-key-encrypted",      N, "its key can be opened to be compared"},
    CheckInfo{Check::CaKeyOpen,           "ca-key-open",           E, "its key is for its owner only"},
    CheckInfo{Check::CaExpired,           "ca-expired",            E, "the CA is valid now"},
    CheckInfo{Check::CaExpires,           "ca-expires",            W, "it does not expire soon"},
    CheckInfo{Check::CaSuccession,        "ca-succession",         N, "there is time before it needs a successor"},
    CheckInfo{Check::CaCrl,               "ca-crl",                E, "its CRL is valid now and revokes what its index says"},
    CheckInfo{Check::CaCrlExpires,        "ca-crl-expires",        W, "that does not expire soon"},
    CheckInfo{Check::CaIssued,            "ca-issued",             W, "its index and what it has issued agree"},
    CheckInfo{Check::CaBehind,            "ca-behind",             W, "the PKI folders that it was installed in have its CRL"},
};
// clang-format on

constexpr bool isInOrder() {
    for (std::size_t i = 0; i < kTable.size(); ++i) {
        if (static_cast<std::size_t>(kTable[i].check) != i) return false;
    }
    return kTable.back().check == Check::CaBehind;
}
static_assert(isInOrder(), "a check without a row, or not at its place");

constexpr std::size_t kMaxListed = 3;

// A path and the name of the program stay as they are: what is shown is typed.
bool isName(std::string_view word) {
    return word == "uatrust" || word.substr(0, word.size() - 1).find_first_of("/\\.:_") != std::string_view::npos;
}

void makeSentence(std::string& text) {
    if (text.empty()) return;
    if (!isName(std::string_view{text}.substr(0, text.find(' '))))
        text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
    if (text.back() != '.' && text.back() != '?') text += '.';
}

}  // namespace

std::string_view severityName(Severity severity) noexcept {
    switch (severity) {
        case Severity::Error:
            return "error";
        case Severity::Warning:
            return "warning";
        default:
            return "note";
    }
}

std::span<const CheckInfo> checkTable() noexcept { return kTable; }

const CheckInfo& checkInfo(Check check) noexcept { return kTable[static_cast<std::size_t>(check)]; }

void Chart::add(Diagnosis diagnosis) {
    if (!known_.emplace(diagnosis.check, diagnosis.where, diagnosis.what).second) return;
    makeSentence(diagnosis.what);
    makeSentence(diagnosis.cure);
    all_.push_back(std::move(diagnosis));
}

std::vector<Diagnosis> Chart::take() {
    std::stable_sort(all_.begin(), all_.end(),
                     [](const Diagnosis& a, const Diagnosis& b) { return checkInfo(a.check).severity < checkInfo(b.check).severity; });
    return std::move(all_);
}

std::string listed(const std::vector<std::string>& names) {
    const auto shown = std::min(names.size(), kMaxListed);
    auto text = fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
    if (shown < names.size()) text += fmt::format(" and {} more", names.size() - shown);
    return text;
}

}  // namespace uatrust::tool
