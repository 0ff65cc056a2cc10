#include "store/own_names.hpp"

#include <fmt/format.h>

#include <uatrust/x509/certificate_chain.hpp>
#include <uatrust/x509/pem.hpp>

#include "store/file_names.hpp"
#include "store/list_folder.hpp"

namespace uatrust::detail {

namespace {

Error noPassphrase(const std::filesystem::path& file) {
    return {StatusCode::BadConfigurationError,
            fmt::format("Cannot write {}: the private key is to be encrypted, and the configured passphrase is empty.", sourceText(file)),
            "Set the passphrase (keyPassphrase), or configure none to keep the key as it is."};
}

}  // namespace

OwnFileNames ownFileNames(OwnNaming naming, const std::string& ownName, const Certificate& leaf) {
    switch (naming) {
        case OwnNaming::CommonNameThumbprint: {
            const auto name = uatrust::certificateFileName(leaf);
            return {name, name.substr(0, name.rfind('.')) + ".pem"};
        }
        case OwnNaming::WithoutSpace: {
            const auto name = certificateFileName(FileNaming::WithoutEnding, StoreList::Trusted, leaf);
            return {name + ".der", name + ".key"};
        }
        case OwnNaming::PemPrivateKey:
            return {ownName + ".pem", "private_key.pem"};
        case OwnNaming::Private:
            return {ownName + ".der", "private.pem"};
        default:
            return {ownName + ".der", ownName + ".pem"};
    }
}

Result<SecretBytes> ownKeyContent(const PrivateKey& key, const PassphraseSource& source, const std::filesystem::path& file) {
    const auto passphrase = source ? source() : Result<SecretBytes>{SecretBytes{}};
    if (!passphrase) return passphrase.error();
    if (source && passphrase->empty()) return noPassphrase(file);
    return key.exportPem(asText(passphrase->view()));
}

bool hasFixedKeyName(OwnNaming naming) noexcept { return naming != OwnNaming::Configured; }

bool isNamedByContent(OwnNaming naming) noexcept { return naming == OwnNaming::CommonNameThumbprint || naming == OwnNaming::WithoutSpace; }

// Products that read one DER certificate may not take what lies behind it.
Bytes ownFileContent(OwnNaming naming, const std::vector<Certificate>& chain) {
    if (naming == OwnNaming::PemPrivateKey) {
        Bytes content;
        for (const auto& certificate : chain) {
            const auto pem = encodePem(kCertificateLabel, certificate.der());
            content.insert(content.end(), pem.begin(), pem.end());
        }
        return content;
    }
    if (naming == OwnNaming::Configured || naming == OwnNaming::ConfiguredFixed) return joinChain(chain);
    const auto leaf = chain.front().der();
    return {leaf.begin(), leaf.end()};
}

}  // namespace uatrust::detail
