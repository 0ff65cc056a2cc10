#include <uatrust/x509/bundle.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <uatrust/x509/pem.hpp>

#include "crypto/der_reader.hpp"
#include "crypto/pem_text.hpp"
#include "detail/openssl.hpp"
#include "x509/bundle_collector.hpp"

namespace uatrust {
namespace {

using namespace detail;

constexpr std::string_view beginMark = "-----BEGIN ";
constexpr std::string_view dashes = "-----";
constexpr std::string_view byteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view encryptedKey = "ENCRYPTED PRIVATE KEY";
constexpr std::string_view bareLabel = "BARE";

Error unknown(std::string why) {
    return {StatusCode::BadInvalidArgument, std::move(why),
            "give certificates, CRLs, requests or private keys in DER, PEM, PKCS#7 or PKCS#12"};
}

// A key may come as PKCS#8, encrypted or not, PKCS#1 or SEC 1: its own reader is the only one that knows.
bool isNoKey(const Result<PrivateKey>& key) { return key.status() == StatusCode::BadInvalidArgument; }

// `place` is empty when the element is all of the file.
void readElement(ByteView der, const std::string& place, BundleCollector& collector) {
    switch (containerKind(der)) {
        case ContainerKind::Pkcs7:
            return readPkcs7(der, place, collector);
        case ContainerKind::Pkcs12:
            return readPkcs12(der, place, collector);
        case ContainerKind::None:
            break;
    }
    const auto from = place.empty() ? std::string{"the file"} : place;
    auto certificate = Certificate::fromDer(der);
    if (certificate) return collector.add(std::move(certificate), from);
    if (auto crl = Crl::fromDer(der)) return collector.add(std::move(crl), from);
    if (auto request = CertificateRequest::fromDer(der)) return collector.add(std::move(request), from);
    if (auto key = keyFromDer(der, collector); !isNoKey(key)) return collector.add(std::move(key), from);
    if (PublicKey::fromDer(der).ok()) {
        return collector.addProblem(unknown("It is a public key alone, which belongs to nobody without a certificate."), from);
    }
    collector.addProblem(unknown(fmt::format("It is neither certificate, CRL, request, private key nor a container of them. Taken for a "
                                             "certificate: {}",
                                             certificate.error().message)),
                         from);
}

// ---- DER side by side

struct Row {
    std::vector<ByteView> elements{};
    std::size_t octets = 0;
};

Row rowOf(ByteView content, std::size_t maxElements) {
    Row row;
    for (DerReader reader{content}; row.elements.size() <= maxElements;) {
        const auto element = reader.next(derSequence);
        if (!element) break;
        row.elements.push_back(element->whole);
        row.octets += element->whole.size();
    }
    return row;
}

void readRow(const Row& row, std::size_t size, BundleCollector& collector) {
    const bool alone = row.elements.size() == 1 && row.octets == size;
    for (std::size_t i = 0; i < row.elements.size() && !collector.full(); ++i) {
        readElement(row.elements[i], alone ? std::string{} : fmt::format("DER element {}", i + 1), collector);
    }
    if (row.octets == size || collector.full()) return;
    collector.addProblem(unknown(fmt::format("The last {} octets are no complete DER element: the file is cut off, or something else "
                                             "stands behind its content.",
                                             size - row.octets)),
                         fmt::format("behind DER element {}", row.elements.size()));
}

// ---- PEM

struct Slice {
    std::string_view label;
    std::string_view text;
};

// Each block by itself, so that one that is damaged does not take the others with it: it ends where the next one begins.
Slice takeSlice(std::string_view& rest) {
    const auto text = rest.substr(0, rest.find(beginMark, beginMark.size()));
    rest.remove_prefix(text.size());
    const auto label = text.substr(beginMark.size());
    return {label.substr(0, label.find(dashes)), text};
}

Result<SecretBytes> onlyBlockOf(std::string_view text) {
    auto blocks = decodePem(text);
    if (!blocks) return blocks.error();
    if (blocks->empty()) return unknown("The PEM block is empty.");
    return SecretBytes{std::move(blocks->front().content)};
}

Result<PrivateKey> keyOf(const Slice& slice, BundleCollector& collector) {
    if (slice.label == encryptedKey) {
        const auto der = onlyBlockOf(slice.text);
        return der ? keyFromDer(der->view(), collector) : der.error();
    }
    return PrivateKey::read(asBytes(slice.text), [&]() -> Result<SecretBytes> {
        const auto passphrase = collector.passphrase().ask();
        if (!passphrase) return passphrase.error();
        return SecretBytes{Bytes{passphrase->begin(), passphrase->end()}};
    });
}

void readSlice(const Slice& slice, const std::string& from, BundleCollector& collector) {
    if (slice.label.ends_with("PARAMETERS")) return;
    if (slice.label.ends_with("PRIVATE KEY")) return collector.add(keyOf(slice, collector), from);
    const auto block = onlyBlockOf(slice.text);
    if (!block) return collector.addProblem(block.error(), from);
    // OpenSSL puts trust settings of its own behind the certificate.
    const auto first = DerReader{block->view()}.next(derSequence);
    const bool trusted = slice.label == "TRUSTED CERTIFICATE" && first;
    readElement(trusted ? first->whole : block->view(), from, collector);
}

void readPem(std::string_view text, BundleCollector& collector) {
    text.remove_prefix(text.find(beginMark));
    for (unsigned number = 1; !text.empty() && !collector.full(); ++number) {
        const auto slice = takeSlice(text);
        readSlice(slice, fmt::format("PEM block {} ({})", number, printable(slice.label, 64)), collector);
    }
}

// ---- base64 without PEM lines

std::optional<SecretBytes> decodeBare(ByteView content) {
    auto text = asText(content);
    if (text.starts_with(byteOrderMark)) text.remove_prefix(byteOrderMark.size());
    if (text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n") != std::string_view::npos) {
        return std::nullopt;
    }
    auto armoured = fmt::format("{}{}{}\n{}\n-----END {}{}\n", beginMark, bareLabel, dashes, text, bareLabel, dashes);
    auto decoded = onlyBlockOf(armoured);
    wipe({reinterpret_cast<std::uint8_t*>(armoured.data()), armoured.size()});
    return decoded && !decoded->empty() ? std::optional{std::move(*decoded)} : std::nullopt;
}

bool isBer(ByteView content) { return containerKind(content) != ContainerKind::None; }

}  // namespace

Result<Bundle> readBundle(ByteView content, const BundleOptions& options) {
    if (content.empty()) return unknown("There is nothing in it.");
    if (content.size() > options.maxBytes) {
        return Error{StatusCode::BadEncodingLimitsExceeded, fmt::format("It has more than {} octets.", options.maxBytes),
                     "split the file, or check that it is the right one"};
    }
    BundleCollector collector{options};
    const auto row = rowOf(content, options.maxElements);
    // DER first: a certificate may well hold a text that looks like PEM, but no PEM file is a row of SEQUENCEs.
    if (row.octets == content.size() || row.elements.size() > options.maxElements) {
        readRow(row, content.size(), collector);
    } else if (looksLikePem(content) && !isBer(content)) {
        readPem(asText(content), collector);
    } else if (const auto bare = decodeBare(content)) {
        const auto inner = rowOf(bare->view(), options.maxElements);
        if (inner.elements.empty() && !isBer(bare->view())) return unknown("It is base64, but of nothing that is known here.");
        inner.elements.empty() ? readElement(bare->view(), {}, collector) : readRow(inner, bare->size(), collector);
    } else if (!row.elements.empty()) {
        readRow(row, content.size(), collector);
    } else if (isBer(content)) {
        readElement(content, {}, collector);
    } else {
        return unknown("It is neither DER nor PEM nor base64.");
    }
    return collector.take();
}

}  // namespace uatrust
