#include <uatrust/x509/certificate_chain.hpp>

#include <algorithm>
#include <iterator>

#include "support/catch.hpp"
#include "support/parsed.hpp"

#include "unit/x509/raw_der.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

Bytes joined(const std::vector<Bytes>& parts) {
    Bytes all;
    for (const auto& part : parts) std::copy(part.begin(), part.end(), std::back_inserter(all));
    return all;
}

}  // namespace

TEST_CASE("A chain is taken apart in the order it was sent in") {
    const auto root = forgeRoot();
    const auto line = forgeIntermediate(root);
    const auto leaf = forgeLeaf(line);
    const auto blob = joinDer({leaf, line, root});

    const auto elements = valueOf(splitChain(blob));
    REQUIRE(elements.size() == 3);
    CHECK(equalBytes(elements[0], leaf.der));
    CHECK(equalBytes(elements[2], root.der));
    CHECK(elements[0].data() == blob.data());

    const auto chain = valueOf(parseChain(blob));
    REQUIRE(chain.size() == 3);
    CHECK(chain[0] == parsed(leaf));
    CHECK(chain[1] == parsed(line));
    CHECK(chain[2] == parsed(root));
    CHECK(joinChain(chain) == blob);
    CHECK(joinChain({}).empty());
}

TEST_CASE("One certificate is a chain") {
    const auto forged = forgeCertificate();
    CHECK(valueOf(parseChain(forged.der)).size() == 1);
    CHECK(equalBytes(valueOf(leafOf(forged.der)), forged.der));
}

TEST_CASE("Elements are found by lengths of one, two, three and four octets") {
    const auto shortest = tlv(0x30, {Bytes(5, 0x00)});
    const auto oneOctet = tlv(0x30, {Bytes(0x80, 0x00)});
    const auto twoOctets = tlv(0x30, {Bytes(0x100, 0x00)});
    const auto threeOctets = tlv(0x30, {Bytes(0x10000, 0x00)});
    const ChainLimits wide{.maxBytes = 1U << 20U};
    const auto elements = valueOf(splitChain(joined({shortest, oneOctet, twoOctets, threeOctets}), wide));
    REQUIRE(elements.size() == 4);
    CHECK(elements[0].size() == 7);
    CHECK(elements[1].size() == 3 + 0x80);
    CHECK(elements[2].size() == 4 + 0x100);
    CHECK(elements[3].size() == 5 + 0x10000);
}

TEST_CASE("Lengths in a longer form than needed are refused") {
    CHECK(splitChain(Bytes{0x30, 0x81, 0x01, 0x00}).status() == StatusCode::BadCertificateInvalid);
    CHECK(splitChain(Bytes{0x30, 0x82, 0x00, 0x01, 0x00}).status() == StatusCode::BadCertificateInvalid);
    CHECK(splitChain(Bytes{0x30, 0x80, 0x00, 0x00}).status() == StatusCode::BadCertificateInvalid);
}

TEST_CASE("A chain that does not end exactly with its last element is refused") {
    const auto forged = forgeCertificate();
    for (const auto& garbage : std::vector<Bytes>{{0x00}, {0x30}, {0x30, 0x05, 0x00}, {0x05, 0x00}, {0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF}}) {
        const auto blob = joined({forged.der, garbage});
        CHECK(splitChain(blob).status() == StatusCode::BadCertificateInvalid);
        CHECK(parseChain(blob).status() == StatusCode::BadCertificateInvalid);
        CHECK(splitChain(blob).error().message.find("element 2") != std::string::npos);
        CHECK(equalBytes(valueOf(leafOf(blob)), forged.der));
    }
    const Bytes cut(forged.der.begin(), forged.der.end() - 1);
    CHECK(splitChain(cut).status() == StatusCode::BadCertificateInvalid);
    CHECK(leafOf(cut).status() == StatusCode::BadCertificateInvalid);
}

TEST_CASE("An empty field is no chain") {
    CHECK(splitChain({}).status() == StatusCode::BadCertificateInvalid);
    CHECK(parseChain({}).status() == StatusCode::BadCertificateInvalid);
    CHECK(leafOf({}).status() == StatusCode::BadCertificateInvalid);
    CHECK(leafOf(Bytes{0x02, 0x01, 0x00}).status() == StatusCode::BadCertificateInvalid);
}

TEST_CASE("An element that is no certificate fails the whole chain, and is named") {
    const auto forged = forgeCertificate();
    const auto blob = joined({forged.der, tlv(0x30, {})});
    CHECK(splitChain(blob).ok());
    const auto result = parseChain(blob);
    CHECK(result.status() == StatusCode::BadCertificateInvalid);
    CHECK(result.error().message.find("element 2") != std::string::npos);
}

TEST_CASE("Limits hold exactly") {
    const auto forged = forgeCertificate({.keyName = "p256"});
    const auto two = joined({forged.der, forged.der});
    CHECK(splitChain(two, {.maxBytes = two.size()}).ok());
    CHECK(splitChain(two, {.maxBytes = two.size() - 1}).status() == StatusCode::BadCertificateInvalid);
    CHECK(splitChain(two, {.maxCertificates = 2}).ok());
    CHECK(splitChain(two, {.maxCertificates = 1}).status() == StatusCode::BadCertificateInvalid);

    const Bytes flood(ChainLimits{}.maxBytes, 0x30);
    CHECK_FALSE(splitChain(flood).ok());
    const auto manyEmpty = joined(std::vector<Bytes>(101, tlv(0x30, {})));
    CHECK(splitChain(manyEmpty).error().message.find("100 certificates") != std::string::npos);
    CHECK(splitChain(Bytes(ChainLimits{}.maxBytes + 1, 0x00)).error().message.find("65536 octets") != std::string::npos);
}
