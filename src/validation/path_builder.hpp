#pragma once

#include <uatrust/store/trust_snapshot.hpp>
#include <uatrust/validation/budget.hpp>

#include <functional>
#include <map>

namespace uatrust::detail {

/// How the signature of a certificate stands against the key of the next one in its path.
enum class SignatureState : std::uint8_t {
    Verified,
    Wrong,      ///< the next certificate should have made it by name and key identifier, and has not
    NotChecked  ///< there is no next certificate
};

/// Why a path goes no further.
enum class PathEnd : std::uint8_t {
    Root,             ///< a certificate that signs itself, or claims to
    NoIssuer,         ///< no certificate with the issuer's name
    OtherKeyOnly,     ///< certificates with the issuer's name, all of another key
    Circle,           ///< only CAs that certify each other
    TooDeep,          ///< Budget::maxDepth
    CandidatesSpent,  ///< Budget::maxCandidates
    SignaturesSpent   ///< Budget::maxSignatures
};

struct PathMember {
    StoredCertificate stored;
    SignatureState signature = SignatureState::NotChecked;
};

/// Path is one way from the peer's own certificate upwards, as far as it goes.
struct Path {
    std::vector<PathMember> members{};  ///< the peer's own certificate first
    PathEnd end = PathEnd::NoIssuer;
    std::vector<StoredCertificate> sameName{};  ///< OtherKeyOnly: whom the issuer's name was found on

    [[nodiscard]] const Certificate& at(std::size_t position) const { return members[position].stored.certificate; }
    [[nodiscard]] bool isLast(std::size_t position) const noexcept { return position + 1 == members.size(); }
};

/// Where a certificate is said to come from that lies in no list.
inline constexpr std::string_view kSentByPeer = "sent by the peer";

/// PathBuilder looks for chains depth first, through every candidate issuer: the trusted list, the issuers list and
/// what the peer sent, in whatever order that is (OPC 10000-6, 6.2.6; RFC 4158). A candidate has the issuer's name;
/// key identifiers only say which to try first (RFC 4158, 3.5.12), and the signature decides. No certificate, and no key under the same
/// name, comes twice in a path. The order of the lists and of what was sent has no influence.
///
/// Used once, by one thread; the arguments must outlive it.
class PathBuilder {
public:
    PathBuilder(const TrustSnapshot& lists, const std::vector<Certificate>& sent, const Budget& budget);

    /// Called with every path, complete or not; false ends the search.
    using Visitor = std::function<bool(const Path&)>;
    /// Visits at least one path. False when the budget ran out before every path was seen.
    bool search(const Certificate& leaf, const Visitor& visit);

private:
    struct Candidate;
    struct Attempt;
    enum class Going : bool { Over, On };

    Going extend();
    Going tryIssuers(const Certificate& child, Attempt& attempt);
    Going reportDeadEnd(const Certificate& child, const Attempt& attempt);
    Going descend(const StoredCertificate& issuer, SignatureState signature);
    Going finish(PathEnd end, SignatureState last = SignatureState::NotChecked);
    Going spent(PathEnd end);

    [[nodiscard]] std::vector<Candidate> candidatesFor(const Certificate& child) const;
    [[nodiscard]] bool closesCircle(const Certificate& issuer) const;
    [[nodiscard]] std::optional<bool> isSigned(const Certificate& child, const Certificate& issuer);

    const TrustSnapshot* lists_;
    std::vector<StoredCertificate> sent_{};
    std::size_t maxDepth_;
    std::size_t candidatesLeft_;
    std::size_t signaturesLeft_;
    std::map<std::pair<CertificateId, CertificateId>, bool> verified_{};  // child, issuer: no edge is verified twice
    Path path_{};
    const Visitor* visit_ = nullptr;
    bool budgetSpent_ = false;
};

}  // namespace uatrust::detail
