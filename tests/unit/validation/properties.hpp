#pragma once

#include <array>
#include <map>
#include <random>
#include <set>
#include <span>

#include <openssl/evp.h>

#include <uatrust/crypto/digest.hpp>

#include "unit/validation/bench.hpp"
#include "unit/validation/fixed_store.hpp"

// What the tests of properties share: keys that are the same in every run, small random PKIs that a number makes the same
// again, and what counts of a verdict when two of them are compared.
namespace uatrust::test {

/// seededKey() is the Ed25519 key pair of a number. Its signatures are the same every time, too.
[[nodiscard]] inline ForgeKey seededKey(unsigned number) {
    const auto seed = sha256(asBytes("property key " + std::to_string(number)));
    EVP_PKEY* key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size());
    if (key == nullptr) throw std::runtime_error{"no Ed25519"};
    return ForgeKey{key};
}

/// Chance draws the same numbers everywhere: what the distributions of the standard library draw is up to the library.
class Chance {
public:
    explicit Chance(unsigned seed) : engine_{seed} {}
    /// 0 to n - 1.
    [[nodiscard]] unsigned below(std::size_t n) { return static_cast<unsigned>(engine_() % n); }
    [[nodiscard]] bool percent(unsigned p) { return below(100) < p; }
    template <class T>
    void shuffle(std::vector<T>& all) {
        for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[below(i)]);
    }
    template <class T>
    [[nodiscard]] const T& oneOf(const std::vector<T>& all) {
        return all[below(all.size())];
    }

private:
    std::mt19937 engine_;
};

/// Situation is everything that a verdict depends on, to be changed at will.
struct Situation {
    Bytes leaf{};
    std::vector<Bytes> behind{};  ///< what the peer sends behind the leaf
    TrustSnapshot::Content lists{};
    Profile profile = Profile::Application;
    RevocationMode revocation = RevocationMode::Required;

    [[nodiscard]] Bytes sent() const {
        Bytes blob = leaf;
        for (const auto& each : behind) blob.insert(blob.end(), each.begin(), each.end());
        return blob;
    }
    [[nodiscard]] Verdict judgeBy(const TrustPolicy& policy, Instant now = kForgeNow) const {
        FixedStore store{lists};
        const FixedClock clock{now};
        const auto blob = sent();
        return CertificateValidator{store, policy, clock}.validate({.certificate = blob, .profile = profile, .fileRejected = false});
    }
    [[nodiscard]] Verdict judge(Instant now = kForgeNow) const {
        SuppressingPolicy policy;
        policy.revocation(revocation);
        return judgeBy(policy, now);
    }
};

inline StoredCertificate stored(ByteView der) { return {cert(der), {}}; }
inline StoredCrl storedCrl(ByteView der) { return {crl(der), {}}; }

/// Essence is what two verdicts on the same thing have in common: everything but texts.
struct Essence {
    StatusCode status = StatusCode::Good;
    std::vector<Thumbprint> chain{};
    std::vector<Outcome> outcomes{};

    explicit Essence(const Verdict& verdict) : status{verdict.status()} {
        for (const auto& each : verdict.report().chain()) chain.push_back(each.certificate.thumbprint());
        for (const auto& each : verdict.report().findings()) outcomes.push_back(each.outcome);
    }
    friend bool operator==(const Essence& a, const Essence& b) {
        return a.status == b.status && a.chain == b.chain && a.outcomes == b.outcomes;
    }
};

/// RandomPki is a small PKI and a situation in it. Few names and few keys, so that they meet: CAs that were renewed, set up
/// anew, cross-certified, or certify each other; with a fault here and there.
class RandomPki {
public:
    explicit RandomPki(unsigned seed) : chance_{seed} {
        const auto count = 2 + chance_.below(4);
        for (unsigned i = 0; i < count; ++i) addCa();
        addLeaf();
        for (const auto& each : cas_) addCrls(each);
        for (const auto& each : cas_) place(each.made);
        if (chance_.percent(10)) situation.lists.trusted.push_back(stored(situation.leaf));
        situation.revocation = std::vector{RevocationMode::Required, RevocationMode::IfPresent, RevocationMode::Off}[chance_.below(3)];
        situation.profile = chance_.percent(50) ? Profile::Path : Profile::Application;
    }

    Situation situation{};

    [[nodiscard]] const std::string& nameOfCa(std::size_t number) const { return cas_[number % cas_.size()].name; }

private:
    struct Ca {
        std::string name;
        unsigned key;
        ForgedCert made;
    };

    std::string nextSerial() { return "5EED" + std::to_string(1000 + serial_++); }

    void addCa() {
        auto name = std::string{"CA "} + static_cast<char>('A' + static_cast<char>(cas_.size()));
        auto key = static_cast<unsigned>(cas_.size());
        if (!cas_.empty() && chance_.percent(45)) {
            const auto& other = chance_.oneOf(cas_);
            if (chance_.percent(75)) name = other.name;
            if (chance_.percent(65)) key = other.key;
        }
        const bool isRoot = cas_.empty() || chance_.percent(30);
        auto spec = faults({.keyPair = seededKey(key), .serial = nextSerial()});
        if (chance_.percent(8)) spec.pathLen = static_cast<long>(chance_.below(2));
        if (chance_.percent(4)) spec.keyUsage = unsigned{Ku::KeyCertSign};
        if (chance_.percent(3)) spec.ca = std::nullopt;
        cas_.push_back({name, key, isRoot ? forgeRoot(name, spec) : forgeIntermediate(chance_.oneOf(cas_).made, name, spec)});
    }

    void addLeaf() {
        auto spec = faults({.keyPair = seededKey(100), .serial = nextSerial()});
        if (chance_.percent(15)) spec.eku = std::vector<std::string>{"serverAuth"};
        const auto leaf = chance_.percent(8) ? forgeCertificate(spec)
                                             : forgeLeaf(chance_.percent(50) ? cas_.back().made : chance_.oneOf(cas_).made, spec);
        situation.leaf = leaf.der;
        leafSerial_ = leaf.serial;
    }

    CertSpec faults(CertSpec spec) {
        if (chance_.percent(6)) spec.notAfter = forgeDate(2026, 3, 1);
        if (chance_.percent(2)) spec.signWith = seededKey(101);
        spec.ski = chance_.percent(85);
        spec.aki = chance_.percent(85);
        return spec;
    }

    void addCrls(const Ca& ca) {
        const auto count = chance_.percent(12) ? 0U : 1 + chance_.below(2);
        for (unsigned i = 0; i < count; ++i) {
            CrlSpec spec{.issuer = &ca.made, .number = static_cast<long>(1 + chance_.below(3))};
            if (chance_.percent(6)) spec.revoked = {{.serial = chance_.percent(50) ? leafSerial_ : chance_.oneOf(cas_).made.serial}};
            if (chance_.percent(10)) spec.nextUpdate = chance_.percent(50) ? forgeDate(2026, 3, 1) : kForgeNow - std::chrono::hours{5};
            if (chance_.percent(20)) spec.number.reset();
            auto& list = chance_.percent(50) ? situation.lists.trustedCrls : situation.lists.issuerCrls;
            list.push_back(storedCrl(forgeCrl(spec)));
        }
    }

    void place(const ForgedCert& ca) {
        if (chance_.percent(45)) situation.lists.trusted.push_back(stored(ca.der));
        if (chance_.percent(45)) situation.lists.issuers.push_back(stored(ca.der));
        if (chance_.percent(10)) situation.lists.rejected.push_back(stored(ca.der));
        if (chance_.percent(35)) situation.behind.push_back(ca.der);
    }

    Chance chance_;
    std::vector<Ca> cas_{};
    unsigned serial_ = 0;
    std::string leafSerial_{};
};

/// How many random PKIs a property is tried on, and each of them: made once for all properties of a test file.
inline constexpr unsigned kRandomPkis = 100;
[[nodiscard]] inline const RandomPki& randomPki(unsigned seed) {
    static const auto all = [] {
        std::vector<RandomPki> made;
        for (unsigned i = 0; i < kRandomPkis; ++i) made.emplace_back(i);
        return made;
    }();
    return all.at(seed);
}

}  // namespace uatrust::test
