// Any octets as a private key file. Encrypted keys stop at the question for the passphrase: how long their decryption
// takes is up to whoever wrote the file.

#include "fuzz.hpp"

#include <uatrust/crypto/key.hpp>

using namespace uatrust;
using namespace uatrust::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    unsigned asked = 0;
    const auto key = PrivateKey::read({data, size}, [&]() -> Result<SecretBytes> {
        ++asked;
        return Error{StatusCode::BadNotFound, "There is no passphrase.", {}};
    });
    require(asked <= 1, "the passphrase is asked for once at most");
    if (!key) {
        require(isPlain(key.error().text()), "an error is plain text");
        return 0;
    }
    require(asked == 0, "a key that was not decrypted is none");
    require(key->publicKey().algorithm() != KeyAlgorithm::Other, "a key that is read is of use");
    require(isOneLine(key->publicKey().describe()), "a key is described in one plain line");
    const auto pem = key->exportPem();
    if (!pem) return 0;
    const auto again = PrivateKey::read(pem->view());
    require(again.ok() && again->publicKey() == key->publicKey(), "a key that is written is read");
    return 0;
}
