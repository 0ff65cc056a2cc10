// Any octets as the certificate field of a message. The first octet chooses the limits.

#include "fuzz.hpp"

#include <uatrust/x509/certificate_chain.hpp>

using namespace uatrust;
using namespace uatrust::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const ByteView blob{data + 1, size - 1};
    const ChainLimits limits = (data[0] & 1U) != 0 ? ChainLimits{.maxBytes = 2048, .maxCertificates = 3} : ChainLimits{};

    const auto elements = splitChain(blob, limits);
    const auto leaf = leafOf(blob);
    const auto chain = parseChain(blob, limits);
    if (!elements) {
        require(!chain, "what does not split does not parse");
        require(isPlain(elements.error().text()), "an error is plain text");
        return 0;
    }
    require(!elements->empty() && elements->size() <= limits.maxCertificates && blob.size() <= limits.maxBytes, "the limits hold");
    require(leaf.ok() && leaf->data() == elements->front().data() && leaf->size() == elements->front().size(), "the leaf comes first");
    const auto* at = blob.data();
    for (const auto& element : *elements) {
        require(element.data() == at, "the elements stand side by side");
        at += element.size();
    }
    require(at == blob.data() + blob.size(), "the last element ends the field");
    if (!chain) {
        require(isPlain(chain.error().text()), "an error is plain text");
        return 0;
    }
    require(chain->size() == elements->size() && equalBytes(joinChain(*chain), blob), "a chain is joined as it came");
    return 0;
}
