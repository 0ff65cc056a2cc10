#include <array>

#include <fmt/format.h>

#include "x509/asn1.hpp"
#include "x509/bundle_collector.hpp"

namespace uatrust::detail {
namespace {

using Pkcs7Ptr = std::unique_ptr<PKCS7, Release<&PKCS7_free>>;

struct Contents {
    const STACK_OF(X509) * certificates;
    const STACK_OF(X509_CRL) * crls;
};

std::optional<Contents> contentsOf(const PKCS7& container) {
    const int type = OBJ_obj2nid(container.type);
    if (type == NID_pkcs7_signed && container.d.sign != nullptr) return Contents{container.d.sign->cert, container.d.sign->crl};
    if (type == NID_pkcs7_signedAndEnveloped && container.d.signed_and_enveloped != nullptr) {
        return Contents{container.d.signed_and_enveloped->cert, container.d.signed_and_enveloped->crl};
    }
    return std::nullopt;
}

Error damaged() {
    return opensslError(StatusCode::BadCertificateInvalid, "The PKCS#7 container is damaged, or not one that OpenSSL knows",
                        "export it again; certificates in PEM do as well");
}

/// What a container in DER carries, one by one and not decoded.
struct Elements {
    std::vector<ByteView> certificates{};
    std::vector<ByteView> crls{};
};

std::optional<std::vector<ByteView>> elementsOf(ByteView set) {
    std::vector<ByteView> elements;
    for (DerReader reader{set}; !reader.atEnd();) {
        const auto element = reader.next(derSequence);
        if (!element) return std::nullopt;
        elements.push_back(element->whole);
    }
    return elements;
}

// SignedData (RFC 2315, 9.1): the two sets are [0] and [1].
std::optional<Elements> elementsIn(ByteView content) {
    constexpr std::array<std::uint8_t, 9> signedData{0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02};
    DerReader outer{content};
    const auto info = outer.next(derSequence);
    if (!info || !outer.atEnd()) return std::nullopt;
    DerReader inside{info->content};
    const auto type = inside.next(derObjectIdentifier);
    const auto wrapped = inside.next(derExplicit(0));
    if (!type || !equalBytes(type->content, signedData) || !wrapped) return std::nullopt;
    DerReader wrapping{wrapped->content};
    const auto body = wrapping.next(derSequence);
    DerReader fields{body ? body->content : ByteView{}};
    if (!fields.next(derInteger) || !fields.next(derSet) || !fields.next(derSequence)) return std::nullopt;
    Elements found;
    const auto take = [&fields](std::uint8_t number, std::vector<ByteView>& target) {
        const auto set = fields.next(derExplicit(number));
        auto elements = set ? elementsOf(set->content) : std::optional{std::vector<ByteView>{}};
        if (elements) target = std::move(*elements);
        return elements.has_value();
    };
    if (!take(0, found.certificates) || !take(1, found.crls)) return std::nullopt;
    return found;
}

// OpenSSL decodes all or nothing: one certificate that it does not take must not keep the others out. True when the fault is among what
// was read and has been told of.
bool readOneByOne(ByteView content, const std::string& name, BundleCollector& collector) {
    bool told = false;
    const auto add = [&](auto read, std::string_view kind, std::size_t number) {
        told = told || !read.ok();
        collector.add(std::move(read), fmt::format("{} {} of {}", kind, number, name));
    };
    const auto found = elementsIn(content).value_or(Elements{});
    for (std::size_t i = 0; i < found.certificates.size() && !collector.full(); ++i)
        add(Certificate::fromDer(found.certificates[i]), "certificate", i + 1);
    for (std::size_t i = 0; i < found.crls.size() && !collector.full(); ++i) add(Crl::fromDer(found.crls[i]), "CRL", i + 1);
    return told;
}

}  // namespace

void readPkcs7(ByteView content, const std::string& place, BundleCollector& collector) {
    const ErrorQueueGuard guard;
    const auto name = place.empty() ? std::string{"the PKCS#7"} : "the PKCS#7 in " + place;
    const std::uint8_t* at = content.data();
    const Pkcs7Ptr container{d2i_PKCS7(nullptr, &at, static_cast<long>(content.size()))};
    if (!container || at != content.data() + content.size()) {
        if (!readOneByOne(content, name, collector)) collector.addProblem(damaged(), name);
        return;
    }
    const auto contents = contentsOf(*container);
    if (!contents) {
        return collector.addProblem({StatusCode::BadNotSupported, "The PKCS#7 container is not of the kind that carries certificates.",
                                     "export the certificates again, as \"Cryptographic Message Syntax Standard\" (.p7b) or in PEM"},
                                    name);
    }
    // A stack that is not there has -1 elements.
    const int certificates = sk_X509_num(contents->certificates);
    const int crls = sk_X509_CRL_num(contents->crls);
    for (int i = 0; i < certificates && !collector.full(); ++i) {
        collector.add(Certificate::fromDer(toDer(&i2d_X509, sk_X509_value(contents->certificates, i))),
                      fmt::format("certificate {} of {}", i + 1, name));
    }
    for (int i = 0; i < crls && !collector.full(); ++i) {
        collector.add(Crl::fromDer(toDer(&i2d_X509_CRL, sk_X509_CRL_value(contents->crls, i))), fmt::format("CRL {} of {}", i + 1, name));
    }
    if (certificates <= 0 && crls <= 0) {
        collector.addProblem(
            {StatusCode::BadNotFound, "The PKCS#7 container holds neither certificates nor CRLs.", "export it again with its certificates"},
            name);
    }
}

}  // namespace uatrust::detail
