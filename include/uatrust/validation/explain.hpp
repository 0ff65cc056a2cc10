#pragma once

#include <uatrust/validation/report.hpp>

namespace uatrust {

/// explain() writes a report for an operator. The first line is the verdict with its reason, the second what to do; then
/// near misses, the circumstances, and for each certificate of the chain who it is and each step with its outcome. What
/// failed or was suppressed is followed by the evidence: what was expected and found, what to do, what is almost right.
/// Plain text, wrapped for 100 columns but for the first two lines, safe for a terminal. The wording may change.
[[nodiscard]] UATRUST_API std::string explain(const Report& report);

/// summarize() is the verdict in one line, for a log: who, status, why, what to do.
[[nodiscard]] UATRUST_API std::string summarize(const Report& report);

/// explainJson() is the same account as one JSON object (RFC 8259, UTF-8, no line breaks) for programs: a user interface, a
/// collector of logs, `jq`. Keys and names below are stable, new ones may come; the texts are for people and may change.
///
///   status         "BadCertificateUntrusted": the exact name, for this side only; "Good" when accepted
///   statusForPeer  what the peer may be told (statusForPeer())
///   accepted       true or false
///   acceptedAll    true when an AcceptAllPolicy let it in
///   role           "server" or "client": the side that judges
///   profile        "application", "user" or "path"
///   judgedAt       "2026-06-15T12:00:00Z"
///   policy, endpointUrl, peerAddress, note   text
///   reason         why, one sentence
///   remedy         what to do, one sentence
///   chain          array of {position, role: "leaf", "issuer" or "root", subject, issuer, thumbprint (SHA-1, 40 upper-case digits),
///                  sha256 (64 lower-case digits), serialNumber (upper-case hexadecimal digits), notBefore, notAfter, key,
///                  applicationUri, selfSigned, source}, leaf first
///   steps          array of {step: 1 to 11, name: as in stepTable(), position: in chain, outcome: as outcomeName(), status: of a
///                  failure, blocked: true where Finding::blocked is and absent elsewhere, suppressible, message, expected, found, remedy,
///                  suppressedBy, hints: array of text}
///   chainsTried    how many chains were looked at; 0 when the certificate could not be read
///   otherChains    array of {chain: array of {subject, thumbprint, source}, failure: as in steps}: chains that came less far
///   storeProblems  array of {source, message, remedy}
///
/// A text that is empty has no key; numbers, flags and arrays are always there. Text that a peer supplied is made printable()
/// and each text is cut after 4096 characters, so that values are safe to show as they are.
[[nodiscard]] UATRUST_API std::string explainJson(const Report& report);

}  // namespace uatrust
