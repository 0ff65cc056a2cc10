#include <uatrust/x509/pem.hpp>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <uatrust/core/secret.hpp>
#include <uatrust/x509/certificate_chain.hpp>

#include "crypto/der_reader.hpp"
#include "detail/openssl.hpp"

namespace uatrust {
namespace {

using namespace detail;

constexpr std::string_view beginMark = "-----BEGIN ";
constexpr std::string_view endMark = "-----END ";
constexpr std::string_view dashes = "-----";
constexpr std::size_t charactersPerLine = 64;
constexpr std::size_t maxLabelLength = 64;
// Twice what the largest CRL needs, and within the int that OpenSSL counts in.
constexpr std::size_t maxText = 3 * Crl::kMaxSize;

Error badPem(std::string why) {
    return {StatusCode::BadCertificateInvalid, "The text is no PEM: " + std::move(why), "export it again as Base64 (PEM), or as DER"};
}

bool isBase64(char c) noexcept {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

// RFC 7468, 3: the characters of base64 without line ends and blanks; nothing when there are others, or when they are
// not groups of four with at most two '=' at the end.
// It may be a private key, so what is left of it is overwritten.
std::optional<SecretBytes> withoutBlanks(std::string_view body) {
    SecretBytes characters{body.size()};
    const auto* end =
        std::copy_if(body.begin(), body.end(), characters.data(), [](char c) { return c != ' ' && c != '\t' && c != '\r' && c != '\n'; });
    characters.truncate(static_cast<std::size_t>(end - characters.data()));
    const auto text = asText(characters.view());
    const auto digits = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), &isBase64) - text.begin());
    const auto padding = text.substr(digits);
    const bool wellFormed = text.size() % 4 == 0 && (padding.empty() || padding == "=" || padding == "==");
    return wellFormed ? std::optional{std::move(characters)} : std::nullopt;
}

std::optional<Bytes> decodeBase64(std::string_view body) {
    const ErrorQueueGuard guard;
    const auto characters = withoutBlanks(body);
    if (!characters) return std::nullopt;
    Bytes octets(characters->size() / 4 * 3);
    if (octets.empty()) return octets;
    if (EVP_DecodeBlock(octets.data(), characters->data(), static_cast<int>(characters->size())) < 0) return std::nullopt;
    // OpenSSL counts the octets of the padding in.
    octets.resize(octets.size() - static_cast<std::size_t>(std::count(characters->data() + characters->size() - 2,
                                                                      characters->data() + characters->size(), std::uint8_t{'='})));
    return octets;
}

std::string encodeBase64(ByteView content) {
    std::string text(4 * ((content.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), content.data(), static_cast<int>(content.size()));
    text.resize(static_cast<std::size_t>(std::max(size, 0)));
    return text;
}

// RFC 1421, 4.6: "Name: value" lines up to an empty line may stand in front of what is encoded.
std::string_view withoutHeaders(std::string_view body) {
    if (body.substr(0, body.find_first_of("\r\n", body.find_first_not_of("\r\n"))).find(':') == std::string_view::npos) return body;
    for (const std::string_view blankLine : {"\n\n", "\r\n\r\n", "\r\r"}) {
        if (const auto at = body.find(blankLine); at != std::string_view::npos) return body.substr(at);
    }
    return body;
}

std::string_view takeUntil(std::string_view& rest, std::string_view mark) {
    const auto at = rest.find(mark);
    const auto taken = rest.substr(0, at);
    rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + mark.size());
    return taken;
}

bool isLabel(std::string_view label) noexcept {
    return !label.empty() && label.size() <= maxLabelLength &&
           std::all_of(label.begin(), label.end(), [](char c) { return c >= ' ' && c < '\x7F'; });
}

// Reads on behind a begin mark.
Result<PemBlock> readBlock(std::string_view& rest) {
    const auto label = takeUntil(rest, dashes);
    if (!isLabel(label)) return badPem("a BEGIN line has no label");
    const auto end = fmt::format("{}{}{}", endMark, label, dashes);
    const auto at = rest.find(end);
    if (at == std::string_view::npos) return badPem(fmt::format("the block '{}' has no end", label));
    auto content = decodeBase64(withoutHeaders(rest.substr(0, at)));
    if (!content) return badPem(fmt::format("the block '{}' is no base64", label));
    rest.remove_prefix(at + end.size());
    return PemBlock{std::string{label}, std::move(*content)};
}

// ---- files

bool isCertificateLabel(std::string_view label) noexcept {
    return label == "CERTIFICATE" || label == "X509 CERTIFICATE" || label == "TRUSTED CERTIFICATE";
}
bool isCrlLabel(std::string_view label) noexcept { return label == "X509 CRL" || label == "CRL"; }

bool looksLikePem(ByteView content) noexcept { return asText(content).find(beginMark) != std::string_view::npos; }

Error notReadable(std::string_view what, std::string_view why) {
    return {StatusCode::BadCertificateInvalid, fmt::format("The content is no {}: {}", what, why),
            fmt::format("give a {} in DER or PEM", what)};
}

// OpenSSL puts its own trust settings behind the certificate of a "TRUSTED CERTIFICATE".
ByteView certificateOf(const PemBlock& block) {
    if (block.label != "TRUSTED CERTIFICATE") return block.content;
    const auto first = DerReader{block.content}.next(derSequence);
    return first ? first->whole : ByteView{block.content};
}

Result<std::vector<Bytes>> pemContents(ByteView text, std::string_view what, bool (*wanted)(std::string_view)) {
    const auto blocks = decodePem(asText(text));
    if (!blocks) return blocks.error();
    std::vector<Bytes> contents;
    for (const auto& block : *blocks) {
        if (!wanted(block.label)) continue;
        const auto der = certificateOf(block);
        contents.emplace_back(der.begin(), der.end());
    }
    if (contents.empty()) return notReadable(what, "none of its PEM blocks is one");
    return contents;
}

std::vector<Bytes> derContents(ByteView content) {
    std::vector<Bytes> elements;
    for (DerReader reader{content}; !reader.atEnd();) {
        const auto element = reader.next(derSequence);
        if (!element) return {};
        elements.emplace_back(element->whole.begin(), element->whole.end());
    }
    return elements;
}

// DER first: a certificate may well hold a text that looks like PEM, but no PEM file is a row of SEQUENCEs.
Result<std::vector<Bytes>> contentsOf(ByteView content, std::string_view what, bool (*wanted)(std::string_view)) {
    auto elements = derContents(content);
    if (!elements.empty()) return elements;
    if (looksLikePem(content)) return pemContents(content, what, wanted);
    return notReadable(what, "it is neither complete DER nor PEM");
}

template <class T>
Result<std::vector<T>> parseAll(const Result<std::vector<Bytes>>& contents) {
    if (!contents) return contents.error();
    std::vector<T> parsed;
    for (const auto& content : *contents) {
        auto one = T::fromDer(content);
        if (!one) return one.error();
        parsed.push_back(std::move(*one));
    }
    return parsed;
}

}  // namespace

std::string encodePem(std::string_view label, ByteView content) {
    const auto base64 = encodeBase64(content);
    auto out = fmt::format("{}{}{}\n", beginMark, label, dashes);
    for (std::size_t at = 0; at < base64.size(); at += charactersPerLine) {
        out.append(base64, at, charactersPerLine);
        out += '\n';
    }
    return out + fmt::format("{}{}{}\n", endMark, label, dashes);
}

Result<std::vector<PemBlock>> decodePem(std::string_view text) {
    if (text.size() > maxText) return badPem(fmt::format("it has more than {} characters", maxText));
    std::vector<PemBlock> blocks;
    for (takeUntil(text, beginMark); !text.empty(); takeUntil(text, beginMark)) {
        auto block = readBlock(text);
        if (!block) return block.error();
        blocks.push_back(std::move(*block));
    }
    return blocks;
}

Result<std::vector<Certificate>> readCertificates(ByteView content) {
    return parseAll<Certificate>(contentsOf(content, "certificate", &isCertificateLabel));
}

Result<std::vector<Crl>> readCrls(ByteView content) {
    return parseAll<Crl>(contentsOf(content, "certificate revocation list", &isCrlLabel));
}

Result<Crl> readCrl(ByteView content) {
    auto all = readCrls(content);
    if (!all) return all.error();
    if (all->size() != 1) return notReadable("certificate revocation list", fmt::format("it holds {} of them", all->size()));
    return std::move(all->front());
}

}  // namespace uatrust
