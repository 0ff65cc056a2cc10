#pragma once

#include <uatrust/identity/application_identity.hpp>

#include "support/forge.hpp"

#include <functional>
#include <optional>

namespace uatrust::test {

inline Certificate certificateOf(const ForgedCert& forged) { return Certificate::fromDer(forged.der).value(); }
inline PrivateKey keyOf(const ForgeKey& key) { return PrivateKey::read(asBytes(key.pem())).value(); }
inline PrivateKey keyOf(const ForgedCert& forged) { return keyOf(forged.key); }

inline std::vector<Certificate> chainOf(const std::vector<ForgedCert>& forged) {
    std::vector<Certificate> chain;
    for (const auto& each : forged) chain.push_back(certificateOf(each));
    return chain;
}

/// FakeIdentityStore holds what a test lays into it, counts what is done to it, and fails when it is told to.
class FakeIdentityStore final : public IdentityStore {
public:
    Result<OwnMaterial> loadOwn() override {
        ++loads;
        if (beforeLoad) beforeLoad(*this);
        if (loadError) return *loadError;
        return material;
    }
    Result<void> saveOwn(const std::vector<Certificate>& chain, const PrivateKey& key) override {
        if (saveError) return *saveError;
        ++saves;
        for (auto& former : material.chains) former.preferred = false;
        material.chains.insert(material.chains.begin(), {chain, "fake/saved.der", true});
        material.keys.push_back({key, "fake/saved.pem"});
        if (afterSave) afterSave(*this);
        return {};
    }
    [[nodiscard]] std::string ownLocation() const override { return "fake"; }

    void lay(const std::vector<ForgedCert>& chain, const std::string& file, bool preferred = false) {
        material.chains.push_back({chainOf(chain), "fake/" + file, preferred});
    }
    void layKey(const ForgedCert& of, const std::string& file) { material.keys.push_back({keyOf(of), "fake/" + file}); }
    /// A certificate with its key.
    void layPair(const ForgedCert& forged, const std::string& name, bool preferred = false) {
        lay({forged}, name + ".der", preferred);
        layKey(forged, name + ".pem");
    }

    OwnMaterial material{};
    std::function<void(FakeIdentityStore&)> beforeLoad{};
    std::function<void(FakeIdentityStore&)> afterSave{};
    std::optional<Error> loadError{};
    std::optional<Error> saveError{};
    int loads = 0;
    int saves = 0;
};

/// FixedGenerator hands out a key that is there already: a test that is not about generating does not wait for it.
class FixedGenerator final : public KeyPairGenerator {
public:
    explicit FixedGenerator(std::string keyName = "rsa2048", int index = 0) : key_{forgeKey(keyName, index)} {}
    [[nodiscard]] Result<PrivateKey> generate(KeyType) const override { return keyOf(key_); }

private:
    ForgeKey key_;
};

/// The clock, the generator and the options that fit the forge's default certificate.
struct Fixture {
    FixedClock clock{kForgeNow};
    FixedGenerator generator{};

    [[nodiscard]] IdentityOptions options() const {
        return {.applicationName = "Line 4 gateway",
                .applicationUri = "urn:test:plc-7",
                .hostNames = HostNames{.dnsNames = {"localhost"}},
                .generator = &generator,
                .clock = &clock};
    }
};

inline std::vector<IdentityNoticeKind> kindsOf(const ApplicationIdentity& identity) {
    std::vector<IdentityNoticeKind> kinds;
    for (const auto& notice : identity.notices()) kinds.push_back(notice.kind);
    return kinds;
}

inline const IdentityNotice* findNotice(const ApplicationIdentity& identity, IdentityNoticeKind kind) {
    for (const auto& notice : identity.notices()) {
        if (notice.kind == kind) return &notice;
    }
    return nullptr;
}

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace uatrust::test
