#include <uatrust/core/status_code.hpp>

#include <algorithm>
#include <string>

#include "support/catch.hpp"

using namespace uatrust;

namespace {

struct Expected {
    std::string_view name;
    std::uint32_t value;
};

// Transcribed from the status codes of OPC 10000-4, 10000-6 and 10000-12 (StatusCode.csv of the specification), not
// from the table under test.
// clang-format off
constexpr Expected expected[] = {
    {"Good", 0x00000000U},
    {"Good_PasswordChangeRequired", 0x00EF0000U},
    {"Bad_UnexpectedError", 0x80010000U},
    {"Bad_InternalError", 0x80020000U},
    {"Bad_OutOfMemory", 0x80030000U},
    {"Bad_ResourceUnavailable", 0x80040000U},
    {"Bad_EncodingLimitsExceeded", 0x80080000U},
    {"Bad_NothingToDo", 0x800F0000U},
    {"Bad_CertificateInvalid", 0x80120000U},
    {"Bad_SecurityChecksFailed", 0x80130000U},
    {"Bad_CertificateTimeInvalid", 0x80140000U},
    {"Bad_CertificateIssuerTimeInvalid", 0x80150000U},
    {"Bad_CertificateHostNameInvalid", 0x80160000U},
    {"Bad_CertificateUriInvalid", 0x80170000U},
    {"Bad_CertificateUseNotAllowed", 0x80180000U},
    {"Bad_CertificateIssuerUseNotAllowed", 0x80190000U},
    {"Bad_CertificateUntrusted", 0x801A0000U},
    {"Bad_CertificateRevocationUnknown", 0x801B0000U},
    {"Bad_CertificateIssuerRevocationUnknown", 0x801C0000U},
    {"Bad_CertificateRevoked", 0x801D0000U},
    {"Bad_CertificateIssuerRevoked", 0x801E0000U},
    {"Bad_UserAccessDenied", 0x801F0000U},
    {"Bad_IdentityTokenInvalid", 0x80200000U},
    {"Bad_IdentityTokenRejected", 0x80210000U},
    {"Bad_SecureChannelIdInvalid", 0x80220000U},
    {"Bad_NonceInvalid", 0x80240000U},
    {"Bad_SessionIdInvalid", 0x80250000U},
    {"Bad_SessionClosed", 0x80260000U},
    {"Bad_SessionNotActivated", 0x80270000U},
    {"Bad_RequestCancelledByClient", 0x802C0000U},
    {"Bad_NotReadable", 0x803A0000U},
    {"Bad_NotWritable", 0x803B0000U},
    {"Bad_OutOfRange", 0x803C0000U},
    {"Bad_NotSupported", 0x803D0000U},
    {"Bad_NotFound", 0x803E0000U},
    {"Bad_ServerUriInvalid", 0x804F0000U},
    {"Bad_RequestTypeInvalid", 0x80530000U},
    {"Bad_SecurityModeRejected", 0x80540000U},
    {"Bad_SecurityPolicyRejected", 0x80550000U},
    {"Bad_TooManySessions", 0x80560000U},
    {"Bad_UserSignatureInvalid", 0x80570000U},
    {"Bad_ApplicationSignatureInvalid", 0x80580000U},
    {"Bad_NoValidCertificates", 0x80590000U},
    {"Bad_TcpMessageTypeInvalid", 0x807E0000U},
    {"Bad_TcpSecureChannelUnknown", 0x807F0000U},
    {"Bad_TcpMessageTooLarge", 0x80800000U},
    {"Bad_TcpEndpointUrlInvalid", 0x80830000U},
    {"Bad_SecureChannelClosed", 0x80860000U},
    {"Bad_SecureChannelTokenUnknown", 0x80870000U},
    {"Bad_SequenceNumberInvalid", 0x80880000U},
    {"Bad_ConfigurationError", 0x80890000U},
    {"Bad_OutOfService", 0x808D0000U},
    {"Bad_InvalidArgument", 0x80AB0000U},
    {"Bad_InvalidState", 0x80AF0000U},
    {"Bad_RequestTooLarge", 0x80B80000U},
    {"Bad_ProtocolVersionUnsupported", 0x80BE0000U},
    {"Bad_IdentityChangeNotSupported", 0x80C60000U},
    {"Bad_RequestNotAllowed", 0x80E40000U},
    {"Bad_SecurityModeInsufficient", 0x80E60000U},
    {"Bad_TransactionPending", 0x80E80000U},
    {"Bad_ServerTooBusy", 0x80EE0000U},
    {"Bad_CertificateChainIncomplete", 0x810D0000U},
    {"Bad_RequestNotComplete", 0x81130000U},
    {"Bad_CertificatePolicyCheckFailed", 0x81140000U},
    {"Bad_TicketRequired", 0x811F0000U},
    {"Bad_TicketInvalid", 0x81200000U},
};
// clang-format on

std::string withoutUnderscore(std::string_view name) {
    std::string plain{name};
    plain.erase(std::remove(plain.begin(), plain.end(), '_'), plain.end());
    return plain;
}

}  // namespace

TEST_CASE("the table has the names and values of the specification and nothing else") {
    REQUIRE(statusTable().size() == std::size(expected));
    for (std::size_t i = 0; i < std::size(expected); ++i) {
        const StatusInfo& row = statusTable()[i];
        INFO(row.name);
        CHECK(row.name == withoutUnderscore(expected[i].name));
        CHECK(static_cast<std::uint32_t>(row.code) == expected[i].value);
    }
}

TEST_CASE("the table is ascending and without duplicates") {
    const auto table = statusTable();
    for (std::size_t i = 1; i < table.size(); ++i) {
        INFO(table[i].name);
        CHECK(table[i - 1].code < table[i].code);
        for (std::size_t j = 0; j < i; ++j) CHECK(table[i].name != table[j].name);
    }
}

TEST_CASE("every code has a meaning of one sentence and no info bits") {
    for (const auto& row : statusTable()) {
        INFO(row.name);
        CHECK(row.meaning.size() > 10);
        CHECK(row.meaning.ends_with('.'));
        CHECK((static_cast<std::uint32_t>(row.code) & 0xFFFFU) == 0);
        CHECK(isGood(row.code) == row.name.starts_with("Good"));
        CHECK(isBad(row.code) == row.name.starts_with("Bad"));
    }
}

TEST_CASE("names and meanings are found for every code") {
    for (const auto& row : statusTable()) {
        CHECK(statusName(row.code) == row.name);
        CHECK(statusMeaning(row.code) == row.meaning);
    }
}

TEST_CASE("a value outside the table has no name") {
    for (const std::uint32_t value : {0x00000001U, 0x80000000U, 0x80120001U, 0x80F10000U, 0xFFFFFFFFU, 0x40000000U}) {
        CHECK(statusName(static_cast<StatusCode>(value)) == "Unknown");
        CHECK(statusMeaning(static_cast<StatusCode>(value)).empty());
    }
}

TEST_CASE("codes are found by both spellings of their names") {
    for (const auto& row : expected) {
        INFO(row.name);
        const auto code = statusFromName(row.name);
        REQUIRE(code);
        CHECK(static_cast<std::uint32_t>(*code) == row.value);
        CHECK(statusFromName(withoutUnderscore(row.name)) == code);
    }
}

TEST_CASE("other spellings are not found") {
    for (const std::string_view name :
         {"", "Unknown", "Bad", "Bad_", "_", "badCertificateInvalid", "BadCertificateInvalid ", "BADCERTIFICATEINVALID",
          "BadCertificate_Invalid", "Bad__CertificateInvalid", "Bad_Certificate_Invalid", "_BadCertificateInvalid", "CertificateInvalid",
          "BadCertificateInvalid_", "BadCertificateInvalidX", "Good_", "Uncertain_CertificateInvalid", "0x80120000"}) {
        INFO(name);
        CHECK_FALSE(statusFromName(name).has_value());
    }
}

TEST_CASE("severity is the two highest bits") {
    CHECK(isGood(StatusCode::Good));
    CHECK(isGood(StatusCode::GoodPasswordChangeRequired));
    CHECK_FALSE(isBad(StatusCode::Good));
    CHECK(isBad(StatusCode::BadCertificateUntrusted));
    CHECK_FALSE(isGood(StatusCode::BadCertificateUntrusted));
    const auto uncertain = static_cast<StatusCode>(0x40920000U);
    CHECK_FALSE(isGood(uncertain));
    CHECK_FALSE(isBad(uncertain));
    CHECK(isBad(static_cast<StatusCode>(0xC0000000U)));
}
