#pragma once

#include <uatrust/export.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace uatrust {

// One table: every enumerator, name, value and meaning below comes from these rows (OPC 10000-6, Annex A.2, and
// OPC 10000-4, 7.39). A row is X(name, value, one-line meaning).
// clang-format off
#define UATRUST_STATUS_CODES(X) \
    X(Good,                               0x00000000, "The operation succeeded.") \
    X(GoodPasswordChangeRequired,         0x00EF0000, "The user is logged on but has to change the password.") \
    X(BadUnexpectedError,                 0x80010000, "An unexpected error occurred.") \
    X(BadInternalError,                   0x80020000, "An internal error occurred: a programming or configuration fault.") \
    X(BadOutOfMemory,                     0x80030000, "There is not enough memory to complete the operation.") \
    X(BadResourceUnavailable,             0x80040000, "An operating system resource is not available.") \
    X(BadEncodingLimitsExceeded,          0x80080000, "The message exceeds the limits set by the receiver.") \
    X(BadNothingToDo,                     0x800F0000, "There was nothing to do, or the request is not finished yet.") \
    X(BadCertificateInvalid,              0x80120000, "The certificate is not valid: structure, encoding or signature.") \
    X(BadSecurityChecksFailed,            0x80130000, "A security check failed; the peer is not told which.") \
    X(BadCertificateTimeInvalid,          0x80140000, "The certificate has expired or is not yet valid.") \
    X(BadCertificateIssuerTimeInvalid,    0x80150000, "A CA certificate of the chain has expired or is not yet valid.") \
    X(BadCertificateHostNameInvalid,      0x80160000, "The host name used to connect is not in the server's certificate.") \
    X(BadCertificateUriInvalid,           0x80170000, "The ApplicationUri does not match the URI in the certificate.") \
    X(BadCertificateUseNotAllowed,        0x80180000, "The certificate may not be used for this purpose.") \
    X(BadCertificateIssuerUseNotAllowed,  0x80190000, "A CA certificate of the chain may not be used to issue certificates.") \
    X(BadCertificateUntrusted,            0x801A0000, "Neither the certificate nor a CA of its chain is in the trusted list.") \
    X(BadCertificateRevocationUnknown,    0x801B0000, "It is not known whether the certificate has been revoked.") \
    X(BadCertificateIssuerRevocationUnknown, 0x801C0000, "It is not known whether a CA certificate of the chain has been revoked.") \
    X(BadCertificateRevoked,              0x801D0000, "The certificate has been revoked by its issuer.") \
    X(BadCertificateIssuerRevoked,        0x801E0000, "A CA certificate of the chain has been revoked.") \
    X(BadUserAccessDenied,                0x801F0000, "The user does not have the permission for the operation.") \
    X(BadIdentityTokenInvalid,            0x80200000, "The user identity token is malformed or names an unknown policy.") \
    X(BadIdentityTokenRejected,           0x80210000, "The user identity token is well-formed but not accepted.") \
    X(BadSecureChannelIdInvalid,          0x80220000, "The secure channel is unknown or not the one that was expected.") \
    X(BadNonceInvalid,                    0x80240000, "The nonce is missing, too short, too long or was used before.") \
    X(BadSessionIdInvalid,                0x80250000, "The session is unknown.") \
    X(BadSessionClosed,                   0x80260000, "The session was closed.") \
    X(BadSessionNotActivated,             0x80270000, "The session has not been activated.") \
    X(BadRequestCancelledByClient,        0x802C0000, "The client cancelled the request.") \
    X(BadNotReadable,                     0x803A0000, "The object cannot be read.") \
    X(BadNotWritable,                     0x803B0000, "The object cannot be written.") \
    X(BadOutOfRange,                      0x803C0000, "The value is out of range.") \
    X(BadNotSupported,                    0x803D0000, "The operation, format or algorithm is not supported.") \
    X(BadNotFound,                        0x803E0000, "What was asked for does not exist.") \
    X(BadServerUriInvalid,                0x804F0000, "The ServerUri is not recognised.") \
    X(BadRequestTypeInvalid,              0x80530000, "The security token request type is not valid.") \
    X(BadSecurityModeRejected,            0x80540000, "The security mode is not offered by the endpoint.") \
    X(BadSecurityPolicyRejected,          0x80550000, "The SecurityPolicy is unknown or not offered by the endpoint.") \
    X(BadTooManySessions,                 0x80560000, "The server has reached its maximum number of sessions.") \
    X(BadUserSignatureInvalid,            0x80570000, "The signature of the user identity token is missing or wrong.") \
    X(BadApplicationSignatureInvalid,     0x80580000, "The signature of the peer's application is missing or wrong.") \
    X(BadNoValidCertificates,             0x80590000, "No valid software certificate was supplied.") \
    X(BadTcpMessageTypeInvalid,           0x807E0000, "The type of the message in the transport header is not valid.") \
    X(BadTcpSecureChannelUnknown,         0x807F0000, "The SecureChannelId or TokenId is not in use.") \
    X(BadTcpMessageTooLarge,              0x80800000, "The message chunk is larger than negotiated.") \
    X(BadTcpEndpointUrlInvalid,           0x80830000, "The server does not recognise the endpoint URL.") \
    X(BadSecureChannelClosed,             0x80860000, "The secure channel was closed.") \
    X(BadSecureChannelTokenUnknown,       0x80870000, "The security token has expired or is unknown.") \
    X(BadSequenceNumberInvalid,           0x80880000, "The sequence number is not valid.") \
    X(BadConfigurationError,              0x80890000, "The local configuration cannot be used.") \
    X(BadOutOfService,                    0x808D0000, "The source of the data is out of service.") \
    X(BadInvalidArgument,                 0x80AB0000, "An argument is not valid.") \
    X(BadInvalidState,                    0x80AF0000, "The operation is not possible in the present state.") \
    X(BadRequestTooLarge,                 0x80B80000, "The request exceeds the limits set by the server.") \
    X(BadProtocolVersionUnsupported,      0x80BE0000, "The protocol version is not supported.") \
    X(BadIdentityChangeNotSupported,      0x80C60000, "The user of an activated session cannot be changed.") \
    X(BadRequestNotAllowed,               0x80E40000, "The request was rejected by the certificate manager.") \
    X(BadSecurityModeInsufficient,        0x80E60000, "The operation needs a signed or an encrypted secure channel.") \
    X(BadTransactionPending,              0x80E80000, "Another session has an open transaction.") \
    X(BadServerTooBusy,                   0x80EE0000, "The server cannot process the request at this time.") \
    X(BadCertificateChainIncomplete,      0x810D0000, "The chain does not reach a self-signed root certificate.") \
    X(BadRequestNotComplete,              0x81130000, "The request has not been processed yet.") \
    X(BadCertificatePolicyCheckFailed,    0x81140000, "A certificate of the chain does not fit the SecurityPolicy.") \
    X(BadTicketRequired,                  0x811F0000, "A device ticket is required.") \
    X(BadTicketInvalid,                   0x81200000, "The device ticket is not valid.")
// clang-format on

/// StatusCode is the OPC UA StatusCode of a verdict or an error, with the values of the specification. The low
/// 16 bits (info bits) are zero in every enumerator.
enum class StatusCode : std::uint32_t {
#define UATRUST_X(name, value, meaning) name = value,
    UATRUST_STATUS_CODES(UATRUST_X)
#undef UATRUST_X
};

/// StatusInfo is one row of the table.
struct StatusInfo {
    StatusCode code;
    std::string_view name;     ///< "BadCertificateUntrusted"
    std::string_view meaning;  ///< one sentence
};

/// statusTable() lists every known code in ascending order of value.
[[nodiscard]] UATRUST_API std::span<const StatusInfo> statusTable() noexcept;

/// statusName() is the symbolic name, or "Unknown" for a value outside the table.
[[nodiscard]] UATRUST_API std::string_view statusName(StatusCode code) noexcept;

/// statusMeaning() is one sentence for people, empty for a value outside the table.
[[nodiscard]] UATRUST_API std::string_view statusMeaning(StatusCode code) noexcept;

/// statusFromName() finds a code by its name, with or without the underscore of the specification's spelling
/// ("BadCertificateUntrusted", "Bad_CertificateUntrusted"), case-sensitive.
[[nodiscard]] UATRUST_API std::optional<StatusCode> statusFromName(std::string_view name) noexcept;

/// isGood() and isBad() look at the two severity bits (OPC 10000-4, 7.39.1).
[[nodiscard]] constexpr bool isGood(StatusCode code) noexcept { return (static_cast<std::uint32_t>(code) >> 30U) == 0; }
[[nodiscard]] constexpr bool isBad(StatusCode code) noexcept { return (static_cast<std::uint32_t>(code) >> 30U) >= 2; }

}  // namespace uatrust
