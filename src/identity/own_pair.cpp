#include "identity/own_pair.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace uatrust::detail {
namespace {

constexpr std::size_t kMaxListed = 4;

struct Candidate {
    const StoredChain* certificate;
    const StoredKey* key;  // null: there is none for it
    std::size_t leaf = 0;

    [[nodiscard]] const Certificate& own() const noexcept { return certificate->chain[leaf]; }
};

using Candidates = std::vector<Candidate>;

Candidate pairUp(const StoredChain& stored, const std::vector<StoredKey>& keys) {
    for (const auto& key : keys) {
        if (const auto leaf = findByKey(stored.chain, key.key.publicKey())) return {&stored, &key, *leaf};
    }
    return {&stored, nullptr, 0};
}

Candidates pairUp(const OwnMaterial& material) {
    Candidates candidates;
    for (const auto& stored : material.chains) {
        if (!stored.chain.empty()) candidates.push_back(pairUp(stored, material.keys));
    }
    return candidates;
}

template <class Keep>
Candidates only(const Candidates& all, Keep keep) {
    Candidates kept;
    std::copy_if(all.begin(), all.end(), std::back_inserter(kept), keep);
    return kept;
}

bool hasKey(const Candidate& candidate) noexcept { return candidate.key != nullptr; }
bool hasNoKey(const Candidate& candidate) noexcept { return candidate.key == nullptr; }
bool isPreferred(const Candidate& candidate) noexcept { return candidate.certificate->preferred; }

std::string named(const Certificate& certificate, std::string_view source) {
    return fmt::format("certificate {} ({})", certificate.describe(), source);
}
std::string named(const Candidate& candidate) { return named(candidate.own(), candidate.certificate->source); }

std::vector<std::string> sources(const Candidates& candidates) {
    std::vector<std::string> names;
    for (const auto& candidate : candidates) names.push_back(named(candidate));
    return names;
}
std::vector<std::string> sources(const std::vector<StoredKey>& keys) {
    std::vector<std::string> names;
    for (const auto& key : keys) names.push_back(key.source);
    return names;
}

Error broken(std::string message, const OwnMaterial& material, std::string remedy) {
    return {StatusCode::BadConfigurationError, std::move(message) + unreadable(material.problems), std::move(remedy)};
}

Error nothingReadable(const OwnMaterial& material, std::string_view location) {
    const auto& first = material.problems.front();
    return broken(fmt::format("The own certificate or key in {} cannot be read", location), material,
                  fmt::format("{}; or move the file away to have a new key pair made, which every peer then has to trust",
                              first.remedy.empty() ? "repair or restore the file" : first.remedy));
}

Error keyWithoutCertificate(const OwnMaterial& material, std::string_view location) {
    return broken(fmt::format("The private key {} has no certificate in {}", listed(sources(material.keys)), location), material,
                  "install the certificate that was issued for it; or move the key away to have a new key pair made, which every "
                  "peer then has to trust");
}

Error certificateWithoutKey(const Candidates& certificates, const OwnMaterial& material, std::string_view location) {
    return broken(fmt::format("The {} has no private key in {}", listed(sources(certificates)), location), material,
                  "put its private key there; or move the certificate away to have a new key pair made, which every peer then "
                  "has to trust");
}

Error mismatch(const Candidates& certificates, const OwnMaterial& material) {
    return broken(
        fmt::format("The {} was not issued for the private key {}", listed(sources(certificates)), listed(sources(material.keys))),
        material,
        "put the certificate's own private key beside it, or bring the former certificate back, of which backups are kept; "
        "or move both away to have a new key pair made, which every peer then has to trust");
}

Error noPair(const Candidates& certificates, const OwnMaterial& material, std::string_view location) {
    if (certificates.empty()) return keyWithoutCertificate(material, location);
    if (material.keys.empty()) return certificateWithoutKey(certificates, material, location);
    return mismatch(certificates, material);
}

bool isValid(const Certificate& certificate, Instant now) { return certificate.notBefore() <= now && now <= certificate.notAfter(); }

// The same certificate in two files: the file that has its issuers too says more.
bool isBetter(const Candidate& a, const Candidate& b, Instant now) {
    const auto rank = [now](const Candidate& candidate) {
        const auto& own = candidate.own();
        return std::tuple{!isValid(own, now), -own.notBefore().time_since_epoch().count(), own.thumbprint()};
    };
    if (a.own() == b.own()) return a.certificate->chain.size() > b.certificate->chain.size();
    return rank(a) < rank(b);
}

Candidates otherThan(const Candidate& chosen, const Candidates& all) {
    Candidates others;
    for (const auto& candidate : all) {
        const auto same = [&](const Candidate& other) { return other.own() == candidate.own(); };
        if (!same(chosen) && std::none_of(others.begin(), others.end(), same)) others.push_back(candidate);
    }
    return others;
}

std::string whyChosen(const Candidate& chosen, Instant now) {
    if (chosen.certificate->preferred) return "it lies where this application keeps its own certificate";
    if (!isValid(chosen.own(), now)) return "none of them is valid now and it is the newest";
    return "it is the newest of those that are valid now";
}

void noteSeveral(const Candidate& chosen, const Candidates& usable, Instant now, std::vector<IdentityNotice>& notices) {
    const auto others = otherThan(chosen, usable);
    if (others.empty()) return;
    notices.push_back(
        {IdentityNoticeKind::SeveralCertificates,
         fmt::format("The own {} is used because {}; there is also the {}", named(chosen), whyChosen(chosen, now), listed(sources(others))),
         "move the certificates that are not to be used away"});
}

// A CA certificate without its key is nothing to wonder about: it is there to complete a chain.
void noteUnpaired(const Candidates& all, std::vector<IdentityNotice>& notices) {
    const auto unpaired = only(all, [](const Candidate& candidate) { return hasNoKey(candidate) && !candidate.own().isCa(); });
    if (unpaired.empty()) return;
    notices.push_back({IdentityNoticeKind::Unpaired,
                       fmt::format("The {} is not used: its private key is missing", listed(sources(unpaired))),
                       "put its private key there to have it used, or move the certificate away"});
}

void noteProblems(const OwnMaterial& material, std::vector<IdentityNotice>& notices) {
    for (const auto& problem : material.problems) {
        notices.push_back({IdentityNoticeKind::StoreProblem, fmt::format("{}: {}", problem.source, problem.message), problem.remedy});
    }
}

OwnPair finish(const Candidate& chosen, const Candidates& all, const Candidates& usable, const OwnMaterial& material, Instant now) {
    OwnPair pair{*chosen.certificate, *chosen.key, {}};
    pair.certificate.chain = orderChain(chosen.certificate->chain, chosen.leaf);
    noteProblems(material, pair.notices);
    noteSeveral(chosen, usable, now, pair.notices);
    noteUnpaired(all, pair.notices);
    return pair;
}

std::optional<std::size_t> findIssuer(const std::vector<Certificate>& pool, const Certificate& of) {
    for (std::size_t i = 0; i < pool.size(); ++i) {
        if (pool[i].subject() == of.issuer() && of.isSignedBy(pool[i].publicKey())) return i;
    }
    return std::nullopt;
}

}  // namespace

std::string listed(const std::vector<std::string>& names) {
    const std::size_t shown = std::min(names.size(), kMaxListed);
    std::string text = fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
    if (shown < names.size()) text += fmt::format(" and {} more", names.size() - shown);
    return text;
}

std::string unreadable(const std::vector<StoreProblem>& problems) {
    if (problems.empty()) return {};
    std::vector<std::string> texts;
    for (const auto& problem : problems) texts.push_back(fmt::format("{}: {}", problem.source, problem.message));
    return "; not usable: " + listed(texts);
}

std::optional<std::size_t> findByKey(const std::vector<Certificate>& certificates, const PublicKey& key) noexcept {
    for (std::size_t i = 0; i < certificates.size(); ++i) {
        if (certificates[i].publicKey() == key) return i;
    }
    return std::nullopt;
}

std::vector<Certificate> orderChain(const std::vector<Certificate>& certificates, std::size_t leaf) {
    std::vector<Certificate> ordered{certificates[leaf]};
    std::vector<Certificate> rest;
    for (const auto& certificate : certificates) {
        const auto is = [&](const Certificate& other) { return other == certificate; };
        if (!is(ordered.front()) && std::none_of(rest.begin(), rest.end(), is)) rest.push_back(certificate);
    }
    while (const auto issuer = findIssuer(rest, ordered.back())) {
        ordered.push_back(rest[*issuer]);
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(*issuer));
    }
    ordered.insert(ordered.end(), rest.begin(), rest.end());
    return ordered;
}

Result<std::optional<OwnPair>> chooseOwnPair(const OwnMaterial& material, std::string_view location, Instant now) {
    const auto all = pairUp(material);
    if (all.empty() && material.keys.empty()) {
        if (!material.problems.empty()) return nothingReadable(material, location);
        return std::optional<OwnPair>{};
    }
    const auto usable = only(all, hasKey);
    const auto preferred = only(all, isPreferred);
    if (!preferred.empty() && std::none_of(preferred.begin(), preferred.end(), hasKey)) return noPair(preferred, material, location);
    if (usable.empty()) return noPair(all, material, location);

    const auto pool = preferred.empty() ? usable : only(preferred, hasKey);
    const auto best =
        std::min_element(pool.begin(), pool.end(), [now](const Candidate& a, const Candidate& b) { return isBetter(a, b, now); });
    return std::optional{finish(*best, all, usable, material, now)};
}

}  // namespace uatrust::detail
