#pragma once

#include <uatrust/identity/application_identity.hpp>

namespace uatrust::detail {

/// OwnPair is the certificate and key that this application uses, chosen from everything its store holds, with what is
/// to be said about the choice.
struct OwnPair {
    StoredChain certificate;
    StoredKey key;
    std::vector<IdentityNotice> notices{};
};

/// chooseOwnPair() pairs certificates and keys by their public keys. Nothing when there is neither; BadConfigurationError
/// when there is something that makes no pair, or something that could not be read and nothing else.
[[nodiscard]] Result<std::optional<OwnPair>> chooseOwnPair(const OwnMaterial& material, std::string_view location, Instant now);

/// orderChain() puts the certificate at `leaf` first, its issuers behind it as far as they are there, and the rest, each
/// once, at the end in the order it was in.
[[nodiscard]] std::vector<Certificate> orderChain(const std::vector<Certificate>& certificates, std::size_t leaf);

/// findByKey() is the position of the first certificate for a key; nothing when there is none.
[[nodiscard]] std::optional<std::size_t> findByKey(const std::vector<Certificate>& certificates, const PublicKey& key) noexcept;

/// unreadable() is "; not usable: <file>: <why>, ..." for the end of a message, empty when everything could be read.
[[nodiscard]] std::string unreadable(const std::vector<StoreProblem>& problems);

/// listed() is "a, b and 3 more", so that a folder full of files makes no endless message.
[[nodiscard]] std::string listed(const std::vector<std::string>& names);

}  // namespace uatrust::detail
