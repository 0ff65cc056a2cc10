#pragma once

#include <uatrust/x509/crl.hpp>

#include <span>

namespace uatrust {

/// PemBlock is one "-----BEGIN label-----" block.
struct PemBlock {
    std::string label;
    Bytes content;
};

/// encodePem() writes one block with lines of 64 characters and LF line ends.
[[nodiscard]] UATRUST_API std::string encodePem(std::string_view label, ByteView content);

/// decodePem() reads every block of a text, whatever stands around them, with LF, CRLF or CR line ends. Empty when there is
/// none; BadCertificateInvalid for a block that does not decode.
[[nodiscard]] UATRUST_API Result<std::vector<PemBlock>> decodePem(std::string_view text);

/// readCertificates() reads what a file with certificates holds, by content: PEM blocks or DER certificates side by
/// side, at least one. PEM blocks of other kinds (keys, parameters) are passed over. BadCertificateInvalid, with the
/// reason, when it is neither or when one of the certificates is none.
[[nodiscard]] UATRUST_API Result<std::vector<Certificate>> readCertificates(ByteView content);

/// readCrls() does the same for CRLs.
[[nodiscard]] UATRUST_API Result<std::vector<Crl>> readCrls(ByteView content);

/// readCrl() reads exactly one CRL, PEM or DER, by content.
[[nodiscard]] UATRUST_API Result<Crl> readCrl(ByteView content);

}  // namespace uatrust
