// Any octets as a file that a CA hands over. Key derivation is bounded to what leaves time for more inputs.

#include "fuzz.hpp"

#include <uatrust/x509/bundle.hpp>

using namespace uatrust;
using namespace uatrust::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    unsigned asked = 0;
    const auto source = [&]() -> Result<SecretBytes> {
        ++asked;
        return SecretBytes{Bytes{'s', 'e', 'c', 'r', 'e', 't'}};
    };
    constexpr std::size_t maxElements = 100;
    const auto bundle = readBundle({data, size}, {.passphrase = source, .maxElements = maxElements, .maxIterations = 20'000});
    require(asked <= 1, "the passphrase is asked for once at most");
    if (!bundle) {
        require(isPlain(bundle.error().text()), "an error is plain text");
        return 0;
    }
    const auto& parts = bundle.value();
    const auto count = parts.certificates.size() + parts.crls.size() + parts.requests.size() + parts.keys.size() + parts.problems.size();
    require(count <= maxElements + 1, "elements are bounded");
    for (const auto& each : parts.problems) require(isOneLine(each.from) && isPlain(each.value.text()), "a problem is plain text");
    for (const auto& each : parts.certificates) {
        require(isOneLine(each.from) && Certificate::fromDer(each.value.der()).ok(), "a certificate in a file is read by itself");
    }
    return 0;
}
