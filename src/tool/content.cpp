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

Error unknown(std::string why,
              std::string remedy = "Give certificates, revocation lists, requests or keys in DER, PEM, PKCS#7 or PKCS#12.") {
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

enum class Container : std::uint8_t { None, Pkcs7, Pkcs12 };

Container containerOf(ByteView der) {
    const auto start = inside(der).first(std::min(inside(der).size(), kMaxHeaders + kPkcs7.size()));
    const bool pkcs12 = start.size() > kPkcs12Version.size() && std::equal(kPkcs12Version.begin(), kPkcs12Version.end(), start.begin());
    if (pkcs12 && contains(start, kPkcs7)) return Container::Pkcs12;
    const bool pkcs7 = start.size() >= kPkcs7.size() && std::equal(kPkcs7.begin(), kPkcs7.end(), start.begin());
    return pkcs7 ? Container::Pkcs7 : Container::None;
}

KeyFacts factsOf(const PrivateKey& key, bool encrypted) {
    return {.encrypted = encrypted, .publicKey = key.publicKey(), .kind = key.publicKey().describe()};
}

// Within the bounds of readBundle(), which a key that asks for years of key derivation runs into.
KeyFacts decryptedKey(ByteView content, const PassphraseSource& passphrase) {
    const auto opened = passphrase ? readBundle(content, {.passphrase = passphrase}) : Result<Bundle>{Bundle{}};
    if (!opened || opened.value().keys.empty()) return {.encrypted = true};
    return factsOf(opened.value().keys.front().value, true);
}

// The key is asked for its passphrase only when it is encrypted: that is how one tells.
std::optional<KeyFacts> keyIn(ByteView content, const PassphraseSource& passphrase) {
    bool encrypted = false;
    const auto key = PrivateKey::read(content, [&]() -> Result<SecretBytes> {
        encrypted = true;
        return unknown("encrypted");
    });
    if (key) return factsOf(*key, false);
    if (encrypted) return decryptedKey(content, passphrase);
    if (key.status() == StatusCode::BadNotSupported) return KeyFacts{.kind = key.error().message};
    return {};
}

Element::Content classify(ByteView der, const PassphraseSource& passphrase) {
    auto certificate = Certificate::fromDer(der);
    if (certificate) return std::move(*certificate);
    if (auto crl = Crl::fromDer(der)) return std::move(*crl);
    if (auto request = CertificateRequest::fromDer(der)) return std::move(*request);
    if (auto key = keyIn(der, passphrase)) return std::move(*key);
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
        const auto end = text.substr(0, next).find(mark, labelAt);
        const auto stop = end == std::string_view::npos ? next : end + mark.size();
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

Element::Content keyOf(const Slice& slice, const PassphraseSource& passphrase) {
    auto key = keyIn(asBytes(slice.text), passphrase);
    if (!key) return unknown("The private key is damaged, or of a kind that is not known.", "Restore the key file from its backup.");
    if (key->encrypted && !key->publicKey) key->kind = kindOfLabel(slice.label);
    return std::move(*key);
}

Error passphraseMissing() {
    return {StatusCode::BadSecurityChecksFailed, "It is protected by a passphrase, and none was given.",
            "Give it with --passphrase-file FILE, or --passphrase-env NAME for the environment variable that holds it."};
}

// What is in a container, or in something else that only readBundle() knows.
void addBundle(ByteView content, const std::string& form, const PassphraseSource& passphrase, std::vector<Element>& elements) {
    bool encrypted = false;
    const auto read = readBundle(content, {.passphrase = [&]() -> Result<SecretBytes> {
                                     encrypted = true;
                                     return passphrase ? passphrase() : passphraseMissing();
                                 }});
    if (!read) {
        elements.push_back({form, read.error()});
        return;
    }
    const auto& bundle = read.value();
    for (const auto& each : bundle.certificates) elements.push_back({form, each.value});
    for (const auto& each : bundle.crls) elements.push_back({form, each.value});
    for (const auto& each : bundle.requests) elements.push_back({form, each.value});
    for (const auto& each : bundle.keys) elements.push_back({form, factsOf(each.value, encrypted)});
    for (const auto& each : bundle.problems) {
        elements.push_back({form, Error{each.value.status, fmt::format("{}: {}", each.from, each.value.message), each.value.remedy}});
    }
}

void addDer(ByteView der, const std::string& form, const PassphraseSource& passphrase, std::vector<Element>& elements) {
    switch (containerOf(der)) {
        case Container::Pkcs7:
            return addBundle(der, "PKCS#7", passphrase, elements);
        case Container::Pkcs12:
            return addBundle(der, "PKCS#12", passphrase, elements);
        case Container::None:
            elements.push_back({form, classify(der, passphrase)});
    }
}

void addSlice(const Slice& slice, const PassphraseSource& passphrase, std::vector<Element>& elements) {
    if (slice.label.ends_with("PRIVATE KEY")) {
        elements.push_back({"PEM", keyOf(slice, passphrase)});
        return;
    }
    const auto blocks = decodePem(slice.text);
    if (!blocks || blocks->empty()) {
        elements.push_back({"PEM", blocks ? unknown("The PEM block is empty.") : blocks.error()});
        return;
    }
    const ByteView der = blocks->front().content;
    // OpenSSL puts trust settings of its own behind the certificate.
    const auto first = slice.label == "TRUSTED CERTIFICATE" ? leafOf(der) : Result<ByteView>{der};
    const auto before = elements.size();
    addDer(first ? *first : der, "PEM", passphrase, elements);
    for (auto at = before; at < elements.size(); ++at) {
        auto* error = std::get_if<Error>(&elements[at].content);
        if (error != nullptr) error->message = fmt::format("PEM block \"{}\": {}", printable(slice.label, 64), error->message);
    }
}

// Curve and group parameters, which old tools write in front of a key, say nothing that the key does not.
bool isOfInterest(const Slice& slice) { return !slice.label.ends_with("PARAMETERS"); }

}  // namespace

std::vector<Element> takeApart(ByteView content, const PassphraseSource& passphrase) {
    std::vector<Element> elements;
    // DER first: a certificate may well hold a text that looks like PEM, but no PEM file is a row of SEQUENCEs.
    if (const auto parts = splitChain(content, {.maxBytes = content.size(), .maxCertificates = kMaxElements})) {
        for (const auto& part : *parts) addDer(part, "DER", passphrase, elements);
        return elements;
    }
    if (containerOf(content) == Container::None) {
        for (const auto& slice : slicesOf(asText(content))) {
            if (isOfInterest(slice)) addSlice(slice, passphrase, elements);
        }
    }
    if (!elements.empty()) return elements;
    if (content.empty()) return {{"empty", unknown("It is empty.")}};
    // What is left is a PKCS#7 in BER, base64 without PEM lines, or nothing.
    addBundle(content, "unknown", passphrase, elements);
    const bool nothing = elements.size() == 1 && std::holds_alternative<Error>(elements.front().content);
    if (nothing && containerOf(content) == Container::None) return {{"unknown", classify(content, passphrase)}};
    return elements;
}

}  // namespace uatrust::tool
