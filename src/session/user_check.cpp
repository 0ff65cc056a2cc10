#include "session/user_check.hpp"

#include <fmt/format.h>

#include <uatrust/x509/certificate_chain.hpp>

#include "session/checks.hpp"

namespace uatrust::detail {
namespace {

constexpr std::string_view kAskForPolicy = "Offer and choose a user token policy with a SecurityPolicy that the user's key fits.";

HandshakeFinding badToken(std::string message, std::string_view remedy) {
    return failed(StatusCode::BadIdentityTokenInvalid, std::move(message), std::string{remedy});
}

bool isWellFormed(ByteView certificate) {
    const auto leaf = leafOf(certificate);
    return leaf && Certificate::fromDer(*leaf).ok();
}

// OPC 10000-4, 5.7.3: who moves a session to another channel brings the token that the session is bound to.
bool sameUser(ByteView certificate, ByteView bound) {
    const auto a = leafOf(certificate);
    const auto b = leafOf(bound);
    return a && b && equalBytes(*a, *b);
}

}  // namespace

HandshakeFinding judgeUser(Dialogue& dialogue, const CertificateValidator* users, ByteView certificate, const SecurityPolicy* policy,
                           const SessionSecurity& session, std::optional<TrustedCertificate>& user) {
    if (users == nullptr) {
        return badToken("This server offers no X.509 users.",
                        "Give ServerHandshakeOptions::users a validator over the user certificate store.");
    }
    if (!isWellFormed(certificate)) return badToken("The user token holds no readable certificate.", "Choose another user certificate.");
    const Verdict verdict = users->validate({.certificate = certificate,
                                             .role = Role::Server,
                                             .profile = Profile::User,
                                             .securityPolicy = policy,
                                             .endpointUrl = session.endpointUrl,
                                             .peerAddress = session.peerAddress});
    dialogue.userReport(verdict.sharedReport());
    user = verdict.trusted();
    if (verdict.accepted()) return passed(fmt::format("The user {} is accepted.", user->certificate().describe()));
    const Finding* decisive = verdict.report().decisive();
    return failed(StatusCode::BadIdentityTokenRejected,
                  fmt::format("The user certificate is refused with {}: {}", statusName(verdict.status()),
                              decisive != nullptr ? decisive->message : "It could not be judged."),
                  decisive != nullptr ? decisive->remedy : "See the log of this application.");
}

HandshakeFinding UserCheck::checkPolicy() {
    const auto& named = in_->userToken->securityPolicyUri;
    const auto found = named.empty() ? Result<const SecurityPolicy*>{session_->policy} : options_->policies.find(named);
    if (!found) return badToken(printable(found.error().message), kAskForPolicy);
    policy_ = *found;
    if (policy_->id == SecurityPolicyId::None) return badToken("The user cannot sign under the SecurityPolicy None.", kAskForPolicy);
    // OPC 10000-4, 7.41: the ephemeral keys of ECC need a channel that protects their exchange.
    if (policy_->isEcc() && session_->securityMode == MessageSecurityMode::None) {
        return badToken(fmt::format("The user token policy {} needs a secured channel.", policy_->name), kAskForPolicy);
    }
    return passed(fmt::format("The user signs under {}.", policy_->name));
}

HandshakeFinding UserCheck::checkKept() const {
    const bool moves = !in_->sameChannel && !in_->firstActivation;
    const bool bound = !session_->userCertificate.empty();
    if (!moves || (!bound && !in_->userToken)) return notApplicable("No X.509 user.");
    if (bound && in_->userToken && sameUser(in_->userToken->certificate, session_->userCertificate))
        return passed("The session keeps its user.");
    return failed(StatusCode::BadUserAccessDenied, "The session moves to another channel with another user.",
                  "Activate with the user of the session, and change the user on the new channel afterwards.");
}

HandshakeFinding UserCheck::checkToken(Dialogue& dialogue) {
    auto kept = checkKept();
    if (kept.outcome == Outcome::Failed || !in_->userToken) return kept;
    if (auto offered = checkPolicy(); offered.outcome == Outcome::Failed) return offered;
    return judgeUser(dialogue, options_->users, in_->userToken->certificate, policy_, *session_, user_);
}

HandshakeFinding UserCheck::checkSignature() const {
    if (!in_->userToken) return notApplicable("No X.509 user.");
    const SignedByPeer what{*own_, session_->serverNonce, in_->userToken->signature};
    if (verifiesOverUs(*policy_, user_->certificate().publicKey(), what)) return passed("The user's signature is right.");
    return failed(
        StatusCode::BadUserSignatureInvalid, fmt::format("The signature of the user {} is wrong.", user_->certificate().describe()),
        "The client has to sign with the private key of the user certificate, over this server's certificate and its last nonce.");
}

void UserCheck::record(SessionSecurity& next) const {
    const bool known = user_.has_value();
    next.user = known ? std::optional{user_->certificate().subject().text()} : std::nullopt;
    next.userCertificate = known ? Bytes{in_->userToken->certificate.begin(), in_->userToken->certificate.end()} : Bytes{};
    next.userPolicy = known ? policy_ : nullptr;
}

}  // namespace uatrust::detail
