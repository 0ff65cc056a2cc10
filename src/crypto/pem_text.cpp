#include "crypto/pem_text.hpp"

#include <algorithm>

namespace uatrust::detail {
namespace {

constexpr std::string_view boundary = "-----BEGIN ";
constexpr std::string_view byteOrderMark = "\xEF\xBB\xBF";

}  // namespace

bool looksLikePem(ByteView content) noexcept { return asText(content).find(boundary) != std::string_view::npos; }

SecretBytes withLineFeeds(ByteView pem) {
    if (asText(pem).starts_with(byteOrderMark)) pem = pem.subspan(byteOrderMark.size());
    SecretBytes text{pem.size()};
    std::size_t size = 0;
    for (std::size_t i = 0; i < pem.size(); ++i) {
        const bool isLineFeedOfPair = pem[i] == '\n' && i > 0 && pem[i - 1] == '\r';
        if (!isLineFeedOfPair) text.data()[size++] = pem[i] == '\r' ? std::uint8_t{'\n'} : pem[i];
    }
    text.truncate(size);
    return text;
}

}  // namespace uatrust::detail
