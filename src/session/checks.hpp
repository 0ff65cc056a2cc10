#pragma once

#include <uatrust/identity/application_identity.hpp>

#include "session/dialogue.hpp"

// The checks that both sides make, one function each.
namespace uatrust::detail {

/// "SignAndEncrypt" and so on, for people.
[[nodiscard]] std::string_view modeName(MessageSecurityMode mode) noexcept;

/// The policy is known and enabled and our key fits it; `policy` is set when it passes.
[[nodiscard]] HandshakeFinding checkPolicy(const SecurityPolicySet& offered, const ApplicationIdentity& own, std::string_view uri,
                                           const SecurityPolicy*& policy);

/// SecurityMode None goes with SecurityPolicy None and with no other (OPC 10000-4, 7.20).
[[nodiscard]] HandshakeFinding checkMode(const SecurityPolicy& policy, MessageSecurityMode mode);

/// Both are there and have the same leaf. `expectedWhere` says where the certificate to compare with is from.
[[nodiscard]] HandshakeFinding checkSameLeaf(ByteView received, ByteView expected, std::string_view expectedWhere);

/// A nonce of CreateSession or ActivateSession has 32 to 128 octets. `whose` is "client" or "server".
[[nodiscard]] HandshakeFinding checkSessionNonce(ByteView nonce, std::string_view whose);

/// The nonce of OpenSecureChannel is as long as the policy has it.
[[nodiscard]] HandshakeFinding checkChannelNonce(const SecurityPolicy& policy, ByteView nonce);

/// What was signed: our certificate, as the peer was sent it, and the nonce that we gave.
struct SignedByPeer {
    const ApplicationIdentity& own;
    ByteView nonce;
    ByteView signature;
};

/// verifiesOverUs() says whether the peer's signature covers our leaf and nonce or, as older peers have it, our whole
/// chain and nonce (OPC 10000-4, 5.7.2).
[[nodiscard]] bool verifiesOverUs(const SecurityPolicy& policy, const PublicKey& peer, const SignedByPeer& what);

/// signFor() signs the leaf of the peer's certificate and the peer's nonce.
[[nodiscard]] Result<SignatureData> signFor(const SecurityPolicy& policy, const PrivateKey& key, ByteView peerCertificate,
                                            ByteView peerNonce);

}  // namespace uatrust::detail
