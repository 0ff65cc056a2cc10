#include "store/file_elements.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <uatrust/x509/certificate_chain.hpp>

#include "x509/certificate_data.hpp"

namespace uatrust::detail {
namespace {

constexpr std::uint8_t kSequence = 0x30;
constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kDashes = "-----";
constexpr std::size_t kMaxLabel = 64;
constexpr std::size_t kMaxElements = 65536;

constexpr std::array<std::string_view, 3> kCertificateLabels{"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"};
constexpr std::array<std::string_view, 2> kCrlLabels{"X509 CRL", "CRL"};
constexpr std::array<std::string_view, 2> kParameterLabels{"EC PARAMETERS", "DH PARAMETERS"};

// One PEM block or DER element and where it stands in the file.
struct Element {
    std::string label{};  // empty for DER
    Bytes der{};          // empty for a private key, and when the block does not decode
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string failure{};
};

struct Split {
    std::vector<Element> elements{};
    std::string failure{};  // why the rest of the file is no element
};

template <class Labels>
bool isOneOf(const Labels& labels, std::string_view label) {
    return std::find(labels.begin(), labels.end(), label) != labels.end();
}

bool isPrivateKeyLabel(std::string_view label) { return label.ends_with("PRIVATE KEY"); }

std::optional<Split> splitDer(ByteView content) {
    if (content.front() != kSequence) return {};
    const auto parts = splitChain(content, {.maxBytes = content.size(), .maxCertificates = kMaxElements});
    if (!parts) return {};
    Split split;
    for (const auto& part : *parts) {
        const auto begin = static_cast<std::size_t>(part.data() - content.data());
        split.elements.push_back({.der{part.begin(), part.end()}, .begin = begin, .end = begin + part.size()});
    }
    return split;
}

// A private key is not decoded: nobody here needs its octets.
void decode(Element& element, std::string_view block) {
    if (isPrivateKeyLabel(element.label)) return;
    auto decoded = decodePem(block);
    if (decoded && decoded->size() == 1) {
        element.der = std::move(decoded->front().content);
    } else {
        element.failure = fmt::format("The PEM block \"{}\" in it is damaged.", printable(element.label));
    }
}

Split splitPem(std::string_view text) {
    Split split;
    for (auto begin = text.find(kBegin); begin != std::string_view::npos; begin = text.find(kBegin, begin)) {
        const auto labelAt = begin + kBegin.size();
        const auto labelEnd = text.substr(0, labelAt + kMaxLabel).find(kDashes, labelAt);
        if (labelEnd == std::string_view::npos) {
            begin = labelAt;
            continue;
        }
        Element element{.label = std::string{text.substr(labelAt, labelEnd - labelAt)}, .begin = begin};
        if (split.elements.size() == kMaxElements) {
            split.failure = fmt::format("It holds more than {} PEM blocks.", kMaxElements);
            break;
        }
        const auto last = fmt::format("-----END {}-----", element.label);
        const auto block = text.substr(0, text.find(kBegin, labelEnd));
        const auto lastAt = block.find(last, labelEnd);
        if (lastAt == std::string_view::npos) {
            element.failure = fmt::format("The PEM block \"{}\" in it has no end.", printable(element.label));
            element.end = block.size();
        } else {
            element.end = lastAt + last.size();
            decode(element, text.substr(element.begin, element.end - element.begin));
        }
        begin = element.end;
        split.elements.push_back(std::move(element));
    }
    return split;
}

// DER first: the text of a PEM block may stand inside a DER certificate, the other way round it cannot be.
Split splitFile(ByteView content) {
    if (content.empty()) return {.failure = "The file is empty."};
    if (auto der = splitDer(content)) return *der;
    auto pem = splitPem(asText(content));
    if (pem.elements.empty() && pem.failure.empty()) {
        pem.failure = content.front() == kSequence
                          ? "The file is damaged: its length does not agree with its content, as after a copy that was cut short."
                          : "The file is neither DER nor PEM.";
    }
    return pem;
}

bool addCertificate(FileElements& found, const Element& element, std::string& reason) {
    auto certificate = Certificate::fromDer(element.der);
    if (certificate) found.certificates.push_back(compacted(*certificate));
    if (!certificate) reason = certificate.error().message;
    return certificate.ok();
}

bool addCrl(FileElements& found, const Element& element, std::string& reason) {
    auto crl = Crl::fromDer(element.der);
    if (crl) found.crls.push_back(std::move(*crl));
    if (!crl) reason = crl.error().message;
    return crl.ok();
}

// A key in DER has no label. An encrypted one is a key as well: without a passphrase it answers so.
bool isPrivateKey(const Element& element) {
    const auto key = PrivateKey::read(element.der);
    return key.ok() || key.status() == StatusCode::BadSecurityChecksFailed;
}

void addUnlabelled(FileElements& found, const Element& element, Wanted wanted) {
    std::string reason;
    std::string otherReason;
    const bool certificatesFirst = wanted == Wanted::Certificates;
    if (certificatesFirst ? addCertificate(found, element, reason) : addCrl(found, element, reason)) return;
    if (certificatesFirst ? addCrl(found, element, otherReason) : addCertificate(found, element, otherReason)) return;
    if (isPrivateKey(element)) {
        found.privateKey = true;
    } else {
        found.failures.push_back(std::move(reason));
    }
}

void add(FileElements& found, const Element& element, Wanted wanted) {
    std::string reason = element.failure;
    if (isPrivateKeyLabel(element.label)) {
        found.privateKey = true;
    } else if (!reason.empty()) {
        found.failures.push_back(std::move(reason));
    } else if (element.label.empty()) {
        addUnlabelled(found, element, wanted);
    } else if (isOneOf(kCertificateLabels, element.label)) {
        if (!addCertificate(found, element, reason)) found.failures.push_back(std::move(reason));
    } else if (isOneOf(kCrlLabels, element.label)) {
        if (!addCrl(found, element, reason)) found.failures.push_back(std::move(reason));
    } else if (!isOneOf(kParameterLabels, element.label)) {
        found.failures.push_back(fmt::format("It holds a PEM block \"{}\".", printable(element.label)));
    }
}

bool is(const Element& element, const CertificateId& id) { return !element.der.empty() && sha256(element.der) == id.sha256; }

// Behind the end of a PEM block its line end goes with it.
std::size_t endWithLine(ByteView content, const Element& element) {
    auto end = element.end;
    if (element.label.empty()) return end;
    if (end < content.size() && content[end] == '\r') ++end;
    if (end < content.size() && content[end] == '\n') ++end;
    return end;
}

}  // namespace

FileElements inspectFile(ByteView content, Wanted wanted) {
    FileElements found;
    auto split = splitFile(content);
    for (const auto& element : split.elements) add(found, element, wanted);
    if (!split.failure.empty()) found.failures.push_back(std::move(split.failure));
    return found;
}

std::optional<FileRest> withoutElement(ByteView content, const CertificateId& id) {
    FileRest rest;
    const auto append = [&](std::size_t from, std::size_t to) {
        const auto part = content.subspan(from, to - from);
        rest.content.insert(rest.content.end(), part.begin(), part.end());
    };
    const auto split = splitFile(content);
    std::size_t copied = 0;
    for (const auto& element : split.elements) {
        if (!is(element, id)) {
            ++rest.elements;
            continue;
        }
        append(copied, element.begin);
        copied = endWithLine(content, element);
    }
    if (copied == 0) return {};
    append(copied, content.size());
    if (!split.failure.empty()) ++rest.elements;
    return rest;
}

}  // namespace uatrust::detail
