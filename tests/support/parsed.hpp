#pragma once

#include <stdexcept>
#include <string>

#include <uatrust/x509/certificate.hpp>
#include <uatrust/x509/crl.hpp>

#include "support/forge.hpp"

// What the chain forge made, as uatrust reads it. All of these fail by exception: a test that cannot read its own
// material is a broken test.
namespace uatrust::test {

/// valueOf() is the value that a call must have in a test whose subject is something else.
template <class T>
[[nodiscard]] T valueOf(Result<T> result) {
    if (!result) throw std::runtime_error{result.error().text()};
    return std::move(*result);
}

[[nodiscard]] inline Certificate parsed(const ForgedCert& forged) { return valueOf(Certificate::fromDer(forged.der)); }
[[nodiscard]] inline Crl parsedCrl(ByteView der) { return valueOf(Crl::fromDer(der)); }
[[nodiscard]] inline PrivateKey privateKeyOf(const ForgeKey& key) { return valueOf(PrivateKey::read(asBytes(key.pem()))); }

}  // namespace uatrust::test
