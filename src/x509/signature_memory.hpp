#pragma once

#include <mutex>
#include <optional>

#include "x509/signed_object.hpp"

namespace uatrust::detail {

/// SignatureMemory verifies the signature of one object and remembers the key that it verified with: that a key has made
/// a signature does not change, and the next judgement asks again. A key that did not verify is not remembered, since
/// memory may have been short.
///
/// Safe to use from several threads at once.
class SignatureMemory {
public:
    /// As verifySignedObject(). Precondition: every call is about the same object.
    [[nodiscard]] bool verifies(const SignedObject& object, const PublicKey& key);

private:
    [[nodiscard]] bool remembers(const PublicKey& key);

    std::mutex mutex_{};
    std::optional<PublicKey> maker_{};  // one: nobody else's key verifies
};

}  // namespace uatrust::detail
