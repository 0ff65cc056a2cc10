#pragma once

#include <uatrust/store/directory_store.hpp>

namespace uatrust::detail {

/// OwnFileNames are the names of the own certificate's file and of its key's.
struct OwnFileNames {
    std::string certificate;
    std::string key;
};

[[nodiscard]] OwnFileNames ownFileNames(OwnNaming naming, const std::string& ownName, const Certificate& leaf);

/// ownKeyContent() is what to write into the key's file: PKCS#8 in PEM, encrypted where there is a passphrase, which must not be
/// empty then. BadNotSupported for a key that cannot leave its device. `file` is for the message.
[[nodiscard]] Result<SecretBytes> ownKeyContent(const PrivateKey& key, const PassphraseSource& source, const std::filesystem::path& file);

/// The ending of the own certificate's file.
[[nodiscard]] inline std::string_view certificateEnding(OwnNaming naming) noexcept {
    return naming == OwnNaming::PemPrivateKey ? ".pem" : ".der";
}

/// hasFixedKeyName() says whether a product finds the key by the name of its file: no other name will do.
[[nodiscard]] bool hasFixedKeyName(OwnNaming naming) noexcept;

/// isNamedByContent() says whether the name of the own certificate's file has its thumbprint in it, so that several own
/// certificates lie side by side.
[[nodiscard]] bool isNamedByContent(OwnNaming naming) noexcept;

/// ownFileContent() is what to write into the own certificate's file: PEM or DER, and the issuers where the product takes them.
[[nodiscard]] Bytes ownFileContent(OwnNaming naming, const std::vector<Certificate>& chain);

}  // namespace uatrust::detail
