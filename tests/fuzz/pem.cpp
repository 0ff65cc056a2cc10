// Any octets as a file with certificates or CRLs, and as PEM.

#include "fuzz.hpp"

#include <uatrust/x509/pem.hpp>

using namespace uatrust;
using namespace uatrust::fuzz;

namespace {

void checkBlocks(std::string_view text) {
    const auto blocks = decodePem(text);
    if (!blocks) {
        require(isPlain(blocks.error().text()), "an error is plain text");
        return;
    }
    for (const auto& block : *blocks) {
        require(isOneLine(block.label), "a label is one plain line");
        const auto again = decodePem(encodePem(block.label, block.content));
        require(again.ok() && again->size() == 1, "a block that is written is read");
        require(again->front().label == block.label && again->front().content == block.content, "a block comes back as it was");
    }
}

template <class T>
void checkFile(const Result<std::vector<T>>& content) {
    if (!content) {
        require(isPlain(content.error().text()), "an error is plain text");
        return;
    }
    require(!content->empty(), "what is read holds one at least");
    for (const auto& each : *content) require(T::fromDer(each.der()).ok(), "what is in a file is read by itself");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView content{data, size};
    checkBlocks(asText(content));
    checkFile(readCertificates(content));
    checkFile(readCrls(content));
    const auto crl = readCrl(content);
    const auto all = readCrls(content);
    require(crl.ok() == (all.ok() && all->size() == 1), "one CRL is exactly one");
    return 0;
}
