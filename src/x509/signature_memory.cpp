#include "x509/signature_memory.hpp"

namespace uatrust::detail {

bool SignatureMemory::verifies(const SignedObject& object, const PublicKey& key) {
    if (remembers(key)) return true;
    if (!verifySignedObject(object, key)) return false;
    const std::scoped_lock lock{mutex_};
    maker_ = key;
    return true;
}

bool SignatureMemory::remembers(const PublicKey& key) {
    const std::scoped_lock lock{mutex_};
    return maker_ && *maker_ == key;
}

}  // namespace uatrust::detail
