#include "session/checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <uatrust/crypto/asymmetric.hpp>
#include <uatrust/x509/certificate_chain.hpp>

namespace uatrust::detail {
namespace {

constexpr std::size_t kMaxQuoted = 512;
constexpr std::array<std::string_view, 4> kModeNames = {"Invalid", "None", "Sign", "SignAndEncrypt"};

Bytes joined(ByteView first, ByteView second) {
    Bytes both;
    both.reserve(first.size() + second.size());
    both.insert(both.end(), first.begin(), first.end());
    both.insert(both.end(), second.begin(), second.end());
    return both;
}

bool verifiesOver(const SecurityPolicy& policy, const PublicKey& peer, ByteView certificate, const SignedByPeer& what) {
    return verify(policy, peer, joined(certificate, what.nonce), what.signature).ok();
}

}  // namespace

std::string_view modeName(MessageSecurityMode mode) noexcept {
    const auto index = static_cast<std::size_t>(mode);
    return index < kModeNames.size() ? kModeNames[index] : kModeNames[0];
}

HandshakeFinding checkPolicy(const SecurityPolicySet& offered, const ApplicationIdentity& own, std::string_view uri,
                             const SecurityPolicy*& policy) {
    const auto found = offered.find(uri);
    // The message may quote what the peer sent.
    if (!found) return failed(found.status(), printable(found.error().message, kMaxQuoted), printable(found.error().remedy, kMaxQuoted));
    const auto& row = **found;
    const auto& key = own.key().publicKey();
    if (row.id != SecurityPolicyId::None && !keyFits(row, key)) {
        return failed(
            StatusCode::BadSecurityPolicyRejected,
            fmt::format("The own certificate has a key of type {}, which does not fit the SecurityPolicy {}.", key.describe(), row.name),
            "Choose another SecurityPolicy, or give this application a certificate of the right type.");
    }
    policy = &row;
    return passed(fmt::format("SecurityPolicy {}.", row.name));
}

HandshakeFinding checkMode(const SecurityPolicy& policy, MessageSecurityMode mode) {
    const bool known =
        mode == MessageSecurityMode::None || mode == MessageSecurityMode::Sign || mode == MessageSecurityMode::SignAndEncrypt;
    const bool consistent = (mode == MessageSecurityMode::None) == (policy.id == SecurityPolicyId::None);
    if (known && consistent) return passed(fmt::format("SecurityMode {}.", modeName(mode)));
    return failed(StatusCode::BadSecurityModeRejected, fmt::format("SecurityMode {} with SecurityPolicy {}.", modeName(mode), policy.name),
                  "Choose Sign or SignAndEncrypt with a SecurityPolicy, and None only with the SecurityPolicy None.");
}

HandshakeFinding checkSameLeaf(ByteView received, ByteView expected, std::string_view expectedWhere) {
    const auto a = leafOf(received);
    const auto b = leafOf(expected);
    if (!b) {
        return failed(StatusCode::BadSecurityChecksFailed,
                      fmt::format("There is no readable certificate of {} to compare with.", expectedWhere),
                      "This is a fault of this application or of its configuration: the certificate has to be handed over.");
    }
    if (!a || !equalBytes(*a, *b)) {
        return failed(StatusCode::BadSecurityChecksFailed, fmt::format("The certificate is not that of {}.", expectedWhere),
                      "Nothing should be between the two applications that changes messages; after a change of its certificate the peer "
                      "has to connect anew.");
    }
    return passed(fmt::format("The certificate is that of {}.", expectedWhere));
}

HandshakeFinding checkSessionNonce(ByteView nonce, std::string_view whose) {
    if (nonce.size() >= kMinSessionNonce && nonce.size() <= kMaxSessionNonce) {
        return passed(fmt::format("The {} nonce has {} octets.", whose, nonce.size()));
    }
    return failed(StatusCode::BadNonceInvalid,
                  fmt::format("The {} nonce has {} octets instead of {} to {}.", whose, nonce.size(), kMinSessionNonce, kMaxSessionNonce),
                  fmt::format("The application on the {} side departs from OPC 10000-4, 5.7.2: ask its vendor.", whose));
}

HandshakeFinding checkChannelNonce(const SecurityPolicy& policy, ByteView nonce) {
    if (nonce.size() == policy.secureChannelNonceBytes) return passed(fmt::format("The nonce has {} octets.", nonce.size()));
    return failed(
        StatusCode::BadNonceInvalid,
        fmt::format("The nonce has {} octets, the SecurityPolicy {} wants {}.", nonce.size(), policy.name, policy.secureChannelNonceBytes),
        "The peer departs from OPC 10000-6, 6.7.4: ask its vendor.");
}

bool verifiesOverUs(const SecurityPolicy& policy, const PublicKey& peer, const SignedByPeer& what) {
    const auto leaf = what.own.certificate().der();
    const auto& blob = what.own.chainBlob();
    if (verifiesOver(policy, peer, leaf, what)) return true;
    return blob.size() != leaf.size() && verifiesOver(policy, peer, blob, what);
}

Result<SignatureData> signFor(const SecurityPolicy& policy, const PrivateKey& key, ByteView peerCertificate, ByteView peerNonce) {
    const auto leaf = leafOf(peerCertificate);
    if (!leaf) return leaf.error();
    auto signature = sign(policy, key, joined(*leaf, peerNonce));
    if (!signature) return signature.error();
    return SignatureData{std::string{policy.asymmetricSignatureUri}, std::move(*signature)};
}

}  // namespace uatrust::detail
