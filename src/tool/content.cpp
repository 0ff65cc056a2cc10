#include "tool/content.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <uatrust/x509/certificate_chain.hpp>
#include <uatrust/x509/pem.hpp>

namespace uatrust::tool {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr std::size_t kMaxElements = 100'000;

// The OBJECT IDENTIFIERs 1.2.840.113549.1.7.*, which every PKCS#7 begins with, and every PKCS#12 behind its version.
constexpr std::array<std::uint8_t, 10> kPkcs7{0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07};
constexpr std::array<std::uint8_t, 3> kPkcs12Version{0x02, 0x01, 0x03};
constexpr std::size_t kMaxHeaders = 16;

Error unknown(std::string why, std::string remedy = "Give certificates, revocation lists, requests or keys in DER or PEM form.") {
    return {StatusCode::BadNotSupported, std::move(why), std::move(remedy)};
}

bool contains(ByteView octets, ByteView part) {
    return std::search(octets.begin(), octets.end(), part.begin(), part.end()) != octets.end();
}

// What stands behind the header of the outermost element.
ByteView inside(ByteView der) {
    if (der.size() < 2) return {};
    const std::size_t header = der[1] < 0x80U ? 2 : 2 + (der[1] & 0x7FU);
    return der.subspan(std::min(header, der.size()));
}

std::optional<Error> containerOf(ByteView der) {
    const auto start = inside(der).first(std::min(inside(der).size(), kMaxHeaders + kPkcs7.size()));
    const bool pkcs12 = start.size() > kPkcs12Version.size() && std::equal(kPkcs12Version.begin(), kPkcs12Version.end(), start.begin());
    if (pkcs12 && contains(start, kPkcs7)) {
        return unknown("It is a PKCS#12 container (.pfx, .p12), which is not opened yet.",
                       "Take it apart first: openssl pkcs12 -in FILE -nokeys -out certificates.pem");
    }
    if (start.size() >= kPkcs7.size() && std::equal(kPkcs7.begin(), kPkcs7.end(), start.begin())) {
        return unknown(
            "It is a PKCS#7 container (.p7b, .p7c), which is not opened yet.",
            "Take it apart first: openssl pkcs7 -in FILE -print_certs -out certificates.pem (with -inform DER when it is no PEM)");
    }
    return {};
}

// The key is asked for its passphrase only when it is encrypted: that is how one tells.
std::optional<KeyFacts> keyIn(ByteView content) {
    bool encrypted = false;
    const auto key = PrivateKey::read(content, [&]() -> Result<SecretBytes> {
        encrypted = true;
        return unknown("encrypted");
    });
    if (key) return KeyFacts{.encrypted = false, .publicKey = key->publicKey(), .kind = key->publicKey().describe()};
    if (encrypted) return KeyFacts{.encrypted = true};
    if (key.status() == StatusCode::BadNotSupported) return KeyFacts{.kind = key.error().message};
    return {};
}

Element::Content classify(ByteView der) {
    if (auto container = containerOf(der)) return *container;
    auto certificate = Certificate::fromDer(der);
    if (certificate) return std::move(*certificate);
    if (auto crl = Crl::fromDer(der)) return std::move(*crl);
    if (auto request = CertificateRequest::fromDer(der)) return std::move(*request);
    if (auto key = keyIn(der)) return std::move(*key);
    if (auto key = PublicKey::fromDer(der)) return std::move(*key);
    return unknown(
        fmt::format("It is nothing that is known here, neither certificate, revocation list, request nor key. Taken for a "
                    "certificate: {}",
                    certificate.error().message));
}

// ---- PEM

struct Slice {
    std::string_view label;
    std::string_view text;
};

std::vector<Slice> slicesOf(std::string_view text) {
    std::vector<Slice> slices;
    for (auto at = text.find(kBegin); at != std::string_view::npos && slices.size() < kMaxElements; at = text.find(kBegin, at)) {
        const auto labelAt = at + kBegin.size();
        const auto label = text.substr(labelAt, std::min(text.find(kDashes, labelAt), text.size()) - labelAt);
        const auto mark = fmt::format("{}{}{}", kEnd, label.substr(0, 64), kDashes);
        // A block without an end goes up to the next one.
        const auto next = std::min(text.find(kBegin, labelAt), text.size());
        const auto end = text.find(mark, labelAt);
        const auto stop = end < next ? end + mark.size() : next;
        slices.push_back({label, text.substr(at, stop - at)});
        at = stop;
    }
    return slices;
}

std::string kindOfLabel(std::string_view label) {
    for (const std::string_view kind : {"RSA", "EC", "DSA"}) {
        if (label.starts_with(kind)) return std::string{kind};
    }
    return {};
}

Element::Content keyOf(const Slice& slice) {
    auto key = keyIn(asBytes(slice.text));
    if (!key) return unknown("The private key is damaged, or of a kind that is not known.", "Restore the key file from its backup.");
    if (key->encrypted) key->kind = kindOfLabel(slice.label);
    return std::move(*key);
}

Element::Content contentOf(const Slice& slice) {
    if (slice.label.ends_with("PRIVATE KEY")) return keyOf(slice);
    const auto blocks = decodePem(slice.text);
    if (!blocks || blocks->empty()) return blocks ? unknown("The PEM block is empty.") : blocks.error();
    const ByteView der = blocks->front().content;
    // OpenSSL puts trust settings of its own behind the certificate.
    const auto first = slice.label == "TRUSTED CERTIFICATE" ? leafOf(der) : Result<ByteView>{der};
    auto content = classify(first ? *first : der);
    if (auto* error = std::get_if<Error>(&content)) {
        error->message = fmt::format("PEM block \"{}\": {}", printable(slice.label, 64), error->message);
    }
    return content;
}

// Curve and group parameters, which old tools write in front of a key, say nothing that the key does not.
bool isOfInterest(const Slice& slice) { return !slice.label.ends_with("PARAMETERS"); }

}  // namespace

std::vector<Element> takeApart(ByteView content) {
    std::vector<Element> elements;
    // DER first: a certificate may well hold a text that looks like PEM, but no PEM file is a row of SEQUENCEs.
    if (const auto parts = splitChain(content, {.maxBytes = content.size(), .maxCertificates = kMaxElements})) {
        for (const auto& part : *parts) elements.push_back({"DER", classify(part)});
        return elements;
    }
    for (const auto& slice : slicesOf(asText(content))) {
        if (isOfInterest(slice)) elements.push_back({"PEM", contentOf(slice)});
    }
    if (!elements.empty()) return elements;
    if (content.empty()) return {{"empty", unknown("It is empty.")}};
    return {{"unknown", classify(content)}};
}

}  // namespace uatrust::tool
