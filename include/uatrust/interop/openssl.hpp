#pragma once

// Conversions from and to OpenSSL's own types, for applications that have them already. The only headers of uatrust
// that include OpenSSL; nothing else includes them.
#include <uatrust/interop/openssl_certificates.hpp>
#include <uatrust/interop/openssl_keys.hpp>
