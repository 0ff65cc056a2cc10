#pragma once

#include <uatrust/x509/pem.hpp>

namespace uatrust::detail {

/// What is looked for in a file: it decides which of two reasons is told when something is neither.
enum class Wanted : std::uint8_t { Certificates, Crls };

/// FileElements is what a file holds, told by its content alone.
struct FileElements {
    std::vector<Certificate> certificates{};
    std::vector<Crl> crls{};
    bool privateKey = false;
    std::vector<std::string> failures{};  ///< a sentence for everything else in the file
    [[nodiscard]] std::size_t count() const noexcept { return certificates.size() + crls.size() + failures.size() + (privateKey ? 1 : 0); }
};

/// inspectFile() takes PEM blocks or DER elements side by side apart. Each stands for itself: one that is damaged does not
/// take the others with it.
[[nodiscard]] FileElements inspectFile(ByteView content, Wanted wanted);

/// FileRest is a file without one of its elements.
struct FileRest {
    Bytes content{};
    std::size_t elements = 0;  ///< how many others are left
};

/// withoutElement() cuts every copy of a certificate or CRL out of a file and leaves all other octets as they are.
/// Nothing when it is not in there.
[[nodiscard]] std::optional<FileRest> withoutElement(ByteView content, const CertificateId& id);

}  // namespace uatrust::detail
