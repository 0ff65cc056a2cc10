#include "benchmark/material.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>

namespace uatrust::test {
namespace {

// A store reads a file again as long as its time stamp is so young that another change might not show in it. What is
// measured here are files that have lain there for a while, and nothing but time makes them so.
constexpr std::chrono::milliseconds kUntilOld{2'500};

constexpr int kRsaKeys = 6;
constexpr int kFillerKeys = 4;  // behind those: a stranger has the key of nobody who is listed
constexpr int kCurveKeys = 4;

CertSpec application(const std::string& kind, std::size_t number, const std::string& keyName, int keys) {
    const auto name = fmt::format("{}-{}", kind, number);
    return {.cn = name, .keyName = keyName, .keyIndex = static_cast<int>(number) % keys, .uris = {"urn:plant:" + name}};
}

// What a list holds beside those that are judged. Nobody checks the signatures of these, so that they are made of a few by putting
// other digits into their names: to sign 100 000 takes minutes.
class Filler {
public:
    Filler() {
        for (int i = 0; i < kFillerKeys; ++i) {
            auto spec = application(kKind, kFirst + static_cast<std::size_t>(i), "rsa2048", kFillerKeys);
            spec.keyIndex = kRsaKeys + i;
            patterns_.push_back(forgeCertificate(spec).der);
        }
    }
    [[nodiscard]] Bytes make(std::size_t number) const {
        const auto which = number % patterns_.size();
        auto der = patterns_[which];
        const auto mark = fmt::format("{}-{}", kKind, kFirst + which);
        const auto name = fmt::format("{}-{}", kKind, kFirst + number);
        for (auto at = der.begin(); (at = std::search(at, der.end(), mark.begin(), mark.end())) != der.end();) {
            at = std::copy(name.begin(), name.end(), at);
        }
        return der;
    }

private:
    static constexpr const char* kKind = "filler";
    static constexpr std::size_t kFirst = 1'000'000;  // all numbers have as many digits
    std::vector<Bytes> patterns_{};
};

Peer peer(const CertSpec& spec, const ForgedCert& made) { return {made.der, spec.uris.front()}; }

Bytes crlOf(const ForgedCert& issuer, std::size_t entries) {
    CrlSpec spec{.issuer = &issuer};
    spec.revoked.reserve(entries);
    for (std::size_t i = 0; i < entries; ++i) spec.revoked.push_back({.serial = fmt::format("0BADBADBAD{:022X}", i), .reason = 1});
    return forgeCrl(spec);
}

}  // namespace

Material::Material(const Settings& settings) : root{forgeRoot()}, line{forgeIntermediate(root)} {
    makeLists(settings);
    makePlants(settings);
    std::this_thread::sleep_for(kUntilOld);
}

void Material::makeLists(const Settings& settings) {
    const auto largest = *std::max_element(settings.listSizes.begin(), settings.listSizes.end());
    for (std::size_t i = 0; i < std::min(largest, kTrustedPeers); ++i) {
        const auto spec = application("trusted", i, "rsa2048", kRsaKeys);
        trusted.push_back(peer(spec, forgeCertificate(spec)));
        listed.push_back(trusted.back().sent);
    }
    const Filler filler;
    for (auto i = listed.size(); i < largest; ++i) listed.push_back(filler.make(i));
    for (std::size_t i = 0; i < (settings.smoke ? 10 : kUnknownPeers); ++i) {
        const auto spec = application("unknown", i, "rsa2048", kRsaKeys);
        unknown.push_back(peer(spec, forgeCertificate(spec)));
    }
    for (std::size_t i = 0; i < 16; ++i) late.push_back(forgeCertificate(application("late", i, "p256", kCurveKeys)).der);

    for (const auto size : settings.listSizes) {
        TrustList list{size, work_ / fmt::format("list-{}", size)};
        for (std::size_t i = 0; i < size; ++i) writeFile(list.trusted() / fmt::format("certificate-{}.der", i), listed[i]);
        lists.push_back(std::move(list));
    }
}

void Material::makePlants(const Settings& settings) {
    for (std::size_t i = 0; i < (settings.smoke ? 10 : kTrustedPeers); ++i) {
        auto spec = application("issued", i, "rsa2048", kRsaKeys);
        issued.push_back(peer(spec, forgeLeaf(line, spec)));
    }
    for (const auto entries : settings.crlSizes) {
        CrlPlant plant{entries, crlOf(root, 10), crlOf(line, entries), work_ / fmt::format("plant-{}", entries)};
        writeFile(plant.folder / "trusted" / "certs" / "root.der", root.der);
        writeFile(plant.folder / "trusted" / "crl" / "root.crl", plant.rootCrl);
        writeFile(plant.folder / "issuers" / "certs" / "line.der", line.der);
        writeFile(plant.folder / "issuers" / "crl" / "line.crl", plant.lineCrl);
        plants.push_back(std::move(plant));
    }
}

}  // namespace uatrust::test
