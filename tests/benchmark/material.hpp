#pragma once

#include <optional>
#include <string>
#include <vector>

#include "benchmark/settings.hpp"
#include "support/forge.hpp"
#include "support/temp_folder.hpp"

namespace uatrust::test {

/// Peer is an application as a server meets it.
struct Peer {
    Bytes sent;
    std::string uri;
};

/// CrlPlant is the CRLs of both CAs of a chain of three, in a store folder with the CAs. The root is trusted there.
struct CrlPlant {
    std::size_t entries;  ///< of the CRL that the applications are looked up in; the root's has 10
    Bytes rootCrl;
    Bytes lineCrl;
    std::filesystem::path folder;
};

/// TrustList is the first `size` of all listed certificates, in a store folder of its own.
struct TrustList {
    std::size_t size;
    std::filesystem::path folder;
    [[nodiscard]] std::filesystem::path trusted() const { return folder / "trusted" / "certs"; }
};

/// Material is all that is measured with, made once.
///
/// There are few RSA keys, since they are dear to make: what keeps keys by their value gains here what it would not in a plant.
class Material {
public:
    explicit Material(const Settings& settings);

    std::vector<Bytes> listed{};     ///< what lists hold; the RSA-2048 certificates of `trusted` come first, the rest is P-256,
                                     ///< of the same length
    std::vector<Peer> trusted{};     ///< self-signed, RSA-2048
    std::vector<Peer> unknown{};     ///< the same, in no list
    std::vector<Bytes> late{};       ///< P-256, in no list yet
    std::vector<TrustList> lists{};  ///< one for each of Settings::listSizes

    ForgedCert root;
    ForgedCert line;
    std::vector<Peer> issued{};  ///< below `line`, RSA-2048; the leaf alone is sent
    std::vector<CrlPlant> plants{};

    [[nodiscard]] const std::filesystem::path& folder() const { return work_.path(); }

private:
    void makeLists(const Settings& settings);
    void makePlants(const Settings& settings);
    TempFolder work_{};
};

/// How many there are at most; a short list has fewer, and a smoke test.
inline constexpr std::size_t kTrustedPeers = 200;
inline constexpr std::size_t kUnknownPeers = 1'000;

}  // namespace uatrust::test
