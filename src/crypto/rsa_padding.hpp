#pragma once

#include "crypto/key_table.hpp"

namespace uatrust::detail {

/// RSA-PSS as OPC 10000-7 has it: the salt as long as the hash, and MGF1 over the same hash.
[[nodiscard]] inline bool setPssPadding(EVP_PKEY_CTX* context, HashAlgorithm hash) noexcept {
    const EVP_MD* digest = evpDigest(hash);
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1 && EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest) == 1;
}

/// The padding of an encryption scheme; for OAEP, MGF1 over the same hash. Precondition: the scheme is not None.
[[nodiscard]] inline bool setEncryptionPadding(EVP_PKEY_CTX* context, EncryptionScheme scheme) noexcept {
    const auto& row = rowOf(scheme);
    if (EVP_PKEY_CTX_set_rsa_padding(context, row.padding) != 1) return false;
    const EVP_MD* digest = evpDigest(row.oaepHash);
    return digest == nullptr || (EVP_PKEY_CTX_set_rsa_oaep_md(context, digest) == 1 && EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest) == 1);
}

}  // namespace uatrust::detail
