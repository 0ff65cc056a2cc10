#include <algorithm>
#include <optional>
#include <tuple>

#include <fmt/format.h>

#include "detail/platform.hpp"
#include "store/conversion_plan.hpp"
#include "store/own_names.hpp"

// The part of a conversion that is about own certificates and their keys.

namespace uatrust::detail {
namespace {

constexpr std::string_view kUsualOwnName = "application";

ConversionItem ownItem(ConversionKind kind, std::string subject, std::string source) {
    return {.kind = kind, .subject = std::move(subject), .source = std::move(source)};
}

bool isIn(const OwnMaterial& own, const Certificate& leaf) {
    return std::any_of(own.chains.begin(), own.chains.end(), [&](const StoredChain& stored) { return stored.chain.front() == leaf; });
}

// Under the name that the target's product looks for.
bool isIn(const OwnMaterial& own, const PublicKey& key, const std::string& name) {
    return std::any_of(own.keys.begin(), own.keys.end(), [&](const StoredKey& stored) {
        return stored.key.publicKey() == key && pathText(pathFromText(stored.source).filename()) == name;
    });
}

std::vector<Certificate> withFirst(const std::vector<Certificate>& chain, std::size_t leaf) {
    auto ordered = chain;
    const auto at = ordered.begin() + static_cast<std::ptrdiff_t>(leaf);
    std::rotate(ordered.begin(), at, at + 1);
    return ordered;
}

std::optional<std::size_t> leafFor(const std::vector<Certificate>& chain, const PublicKey& key) {
    const auto at = std::find_if(chain.begin(), chain.end(), [&](const Certificate& each) { return each.publicKey() == key; });
    return at == chain.end() ? std::nullopt : std::optional{static_cast<std::size_t>(at - chain.begin())};
}

Result<SecretBytes> exported(const PrivateKey& key, const PassphraseSource& source) {
    if (!source) return key.exportPem();
    const auto passphrase = source();
    if (!passphrase) return passphrase.error();
    if (passphrase->empty()) {
        return Error{StatusCode::BadConfigurationError, "The passphrase is empty.", "Set it, or give none to leave the key unencrypted."};
    }
    return key.exportPem(asText(passphrase->view()));
}

bool takesEncryptedKeys(const LayoutPreset& preset) { return preset.id != LayoutId::AsyncOpcua; }

}  // namespace

// Those with a key first, then as an application would choose.
std::vector<ConversionPlanner::OwnPair> ConversionPlanner::pairsOf(const OwnMaterial& source) const {
    std::vector<OwnPair> pairs;
    for (const auto& stored : source.chains) {
        OwnPair pair{&stored, nullptr, stored.chain};
        for (const auto& key : source.keys) {
            const auto leaf = leafFor(stored.chain, key.key.publicKey());
            if (!leaf) continue;
            pair = {&stored, &key, withFirst(stored.chain, *leaf)};
            break;
        }
        pairs.push_back(std::move(pair));
    }
    const auto rank = [](const OwnPair& pair) {
        return std::tuple{pair.key == nullptr, !pair.chain->preferred, -pair.leafFirst.front().notBefore().time_since_epoch().count()};
    };
    std::stable_sort(pairs.begin(), pairs.end(), [&](const OwnPair& a, const OwnPair& b) { return rank(a) < rank(b); });
    return pairs;
}

void ConversionPlanner::leaveOutOwn(const OwnMaterial& source, const std::string& reason) {
    for (const auto& stored : source.chains) {
        leaveOut(ownItem(ConversionKind::OwnCertificate, stored.chain.front().describe(), stored.source), reason);
    }
    for (const auto& stored : source.keys) {
        leaveOut(ownItem(ConversionKind::OwnKey, stored.key.publicKey().describe(), stored.source), reason);
    }
}

// Where the product's configuration names the file, the name it had is the better guess.
std::string ConversionPlanner::ownNameFor(const StoredChain& chain) const {
    if (!ownName_.empty()) return ownName_;
    const bool theirs = fromPreset_->ownNaming == OwnNaming::Configured || fromPreset_->ownNaming == OwnNaming::ConfiguredFixed;
    const auto stem = pathText(pathFromText(chain.source).filename().stem());
    const bool plain = !stem.empty() && stem.front() != '.' && stem.find('\\') == std::string::npos;
    return toPreset_->ownName == kUsualOwnName && theirs && plain ? stem : std::string{toPreset_->ownName};
}

void ConversionPlanner::planPair(const OwnPair& pair, const OwnMaterial& target) {
    const auto& leaf = pair.leafFirst.front();
    const auto names = ownFileNames(toPreset_->ownNaming, ownNameFor(*pair.chain), leaf);
    auto certificate = ownItem(ConversionKind::OwnCertificate, leaf.describe(), pair.chain->source);
    const auto certificateAt = fmt::format("{}/{}", toPreset_->layout.ownCertificates, names.certificate);
    const bool certificateThere = isIn(target, leaf);
    std::string reason;
    if (!certificateThere && isTaken(certificateAt))
        reason = fmt::format("Another own certificate is {}: it is not replaced.", certificateAt);

    if (pair.key != nullptr) {
        auto key =
            ownItem(ConversionKind::OwnKey, fmt::format("{}, of {}", leaf.publicKey().describe(), leaf.describe()), pair.key->source);
        const auto keyAt = fmt::format("{}/{}", toPreset_->layout.ownPrivateKeys, names.key);
        const bool keyThere = isIn(target, pair.key->key.publicKey(), names.key);
        auto pem = keyThere ? Result<SecretBytes>{SecretBytes{}} : exported(pair.key->key, passphrase_);
        if (reason.empty() && !keyThere && isTaken(keyAt)) reason = fmt::format("Another key is {}: it is not replaced.", keyAt);
        if (reason.empty() && !keyThere && passphrase_ && !takesEncryptedKeys(*toPreset_)) {
            reason = fmt::format("{} opens no encrypted keys: decrypt it and convert without a passphrase.", toPreset_->name);
        }
        if (reason.empty() && !pem) reason = fmt::format("{} {}", pem.error().message, pem.error().remedy);
        if (keyThere) {
            alreadyThere(std::move(key));
        } else if (!reason.empty()) {
            leaveOut(std::move(key), reason);
        } else {
            copy(std::move(key), keyAt, std::move(*pem));
        }
    }
    if (certificateThere) return alreadyThere(std::move(certificate));
    if (!reason.empty()) return leaveOut(std::move(certificate), std::move(reason));
    copy(std::move(certificate), certificateAt, SecretBytes{ownFileContent(toPreset_->ownNaming, pair.leafFirst)});
}

void ConversionPlanner::planOwn(const OwnMaterial& source, const OwnMaterial& target) {
    if (toPreset_->layout.ownCertificates.empty() || toPreset_->layout.ownPrivateKeys.empty()) {
        return leaveOutOwn(source, toPreset_->layout.ownElsewhere);
    }
    std::set<const StoredKey*> used;
    std::string first;
    for (const auto& pair : pairsOf(source)) {
        used.insert(pair.key);
        if (first.empty() || isNamedByContent(toPreset_->ownNaming)) {
            if (first.empty()) first = pair.leafFirst.front().describe();
            planPair(pair, target);
            continue;
        }
        const auto reason = fmt::format("{} has one own certificate, and {} is that.", toPreset_->name, first);
        leaveOut(ownItem(ConversionKind::OwnCertificate, pair.leafFirst.front().describe(), pair.chain->source), reason);
        if (pair.key != nullptr) {
            leaveOut(ownItem(ConversionKind::OwnKey, pair.key->key.publicKey().describe(), pair.key->source), reason);
        }
    }
    for (const auto& stored : source.keys) {
        if (used.contains(&stored)) continue;
        leaveOut(ownItem(ConversionKind::OwnKey, stored.key.publicKey().describe(), stored.source),
                 "There is no certificate for it in the source.");
    }
}

}  // namespace uatrust::detail
