#pragma once

#include <filesystem>
#include <optional>

#include <uatrust/store/directory_store.hpp>

namespace uatrust::detail {

/// certificateFileName() and crlFileName() are the names that a file gets in a list.
[[nodiscard]] std::string certificateFileName(FileNaming naming, StoreList list, const Certificate& certificate);
[[nodiscard]] std::string crlFileName(FileNaming naming, const Crl& crl);

/// fileContent() is what to write into such a file: the DER, or a PEM block of it.
[[nodiscard]] Bytes fileContent(FileNaming naming, std::string_view pemLabel, ByteView der);
inline constexpr std::string_view kCertificateLabel = "CERTIFICATE";
inline constexpr std::string_view kCrlLabel = "X509 CRL";

/// numberedName() is the name itself for 1 and "name (2).der" and so on behind it.
[[nodiscard]] std::filesystem::path numberedName(const std::filesystem::path& name, unsigned number);

/// hasGeneratedName() recognises the names that certificateFileName() and numberedName() make for rejected certificates:
/// "[<40 digits>].der" and what the other namings have in its place.
[[nodiscard]] bool hasGeneratedName(const std::filesystem::path& name, FileNaming naming = FileNaming::CommonNameThumbprint);

/// certificateIdFrom() reads what CertificateId::text() has written, in the name of a file or in a record.
[[nodiscard]] std::optional<CertificateId> certificateIdFrom(std::string_view text);

/// isTemporary() says whether a name ends in ".tmp", as those of files do that are being written.
[[nodiscard]] bool isTemporary(const std::filesystem::path& name);

/// isUnfinished() recognises the names among them that detail::writeFile() makes: ".<name>.<process>.<16 hexadecimal digits>.tmp".
[[nodiscard]] bool isUnfinished(const std::filesystem::path& name);

}  // namespace uatrust::detail
