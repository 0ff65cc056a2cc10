#include <uatrust/x509/bundle.hpp>

#include <openssl/provider.h>

#include <uatrust/x509/pem.hpp>

#include "support/catch.hpp"
#include "support/openssl_command.hpp"
#include "support/parsed.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

/// What a CA has: a root, a leaf with its key, and a CRL, as files in a folder.
struct Plant {
    TempFolder folder{};
    ForgedCert root = forgeRoot();
    ForgedCert leaf = forgeLeaf(root);
    Bytes crl = forgeCrl({.issuer = &root});

    Plant() {
        writeFile(folder / "root.pem", root.pem());
        writeFile(folder / "leaf.pem", leaf.pem());
        writeFile(folder / "key.pem", leaf.key.pem());
        writeFile(folder / "crl.pem", forgePem("X509 CRL", crl));
    }

    [[nodiscard]] std::string openssl(const std::string& arguments, const std::string& result) const {
        const auto done = opensslCommand(folder, arguments);
        INFO(arguments << "\n" << done.text);
        REQUIRE(done.exitCode == 0);
        return readFile(folder / result);
    }
    [[nodiscard]] std::string pkcs12(const std::string& options = {}, const std::string& passphrase = "secret") const {
        return openssl(
            "pkcs12 -export -in leaf.pem -inkey key.pem -certfile root.pem -out a.pfx -passout pass:" + passphrase + " " + options,
            "a.pfx");
    }
};

BundleOptions with(const std::string& passphrase) {
    return {.passphrase = [passphrase]() -> Result<SecretBytes> { return SecretBytes{Bytes{passphrase.begin(), passphrase.end()}}; }};
}

Bundle bundleOf(const std::string& content, const BundleOptions& options = {}) { return valueOf(readBundle(asBytes(content), options)); }

std::string text(ByteView octets) { return std::string{asText(octets)}; }

std::string withLineEnds(std::string text, const std::string& end) {
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + end.size())) text.replace(at, 1, end);
    return text;
}

std::string base64Of(const std::string& pem) {
    const auto start = pem.find('\n') + 1;
    return pem.substr(start, pem.find("-----END") - start);
}

std::string onlyProblem(const Bundle& bundle) {
    REQUIRE(bundle.problems.size() == 1);
    return bundle.problems[0].value.text();
}

bool contains(const std::string& all, const std::string& part) { return all.find(part) != std::string::npos; }

void checkPlant(const Bundle& bundle, const Plant& plant) {
    for (const auto& problem : bundle.problems) UNSCOPED_INFO(problem.from << ": " << problem.value.text());
    CHECK(bundle.problems.empty());
    REQUIRE(bundle.certificates.size() == 2);
    CHECK(bundle.certificates[0].value == parsed(plant.leaf));
    CHECK(bundle.certificates[1].value == parsed(plant.root));
    CHECK(bundle.certificates[1].from == "certificate 2 of the PKCS#12");
    REQUIRE(bundle.keys.size() == 1);
    CHECK(bundle.keys[0].value.publicKey() == parsed(plant.leaf).publicKey());
    CHECK(bundle.keys[0].from == "private key 1 of the PKCS#12");
}

}  // namespace

TEST_CASE("DER of every kind is told by its content, alone and side by side") {
    const Plant plant;
    const auto request = plant.openssl("req -new -key key.pem -subj /CN=plc -outform DER -out a.csr", "a.csr");
    CHECK(bundleOf(text(plant.leaf.der)).certificates.at(0).from == "the file");
    CHECK(bundleOf(text(plant.crl)).crls.size() == 1);
    CHECK(bundleOf(request).requests.size() == 1);
    CHECK(bundleOf(text(plant.leaf.key.der())).keys.size() == 1);
    const auto all = bundleOf(text(plant.leaf.der) + text(plant.crl) + request + text(plant.root.der));
    CHECK(all.certificates.size() == 2);
    CHECK(all.certificates.at(1).from == "DER element 4");
    CHECK(all.crls.size() == 1);
    CHECK(all.requests.size() == 1);
    CHECK(all.problems.empty());
}

TEST_CASE("PEM of every kind may be mixed, with any line ends, a byte order mark and text around") {
    const Plant plant;
    const auto request = plant.openssl("req -new -key key.pem -subj /CN=plc -out a.csr", "a.csr");
    const auto trusted = plant.openssl("x509 -in root.pem -trustout -addtrust serverAuth -out a.trusted", "a.trusted");
    const auto pkcs7 = plant.openssl("crl2pkcs7 -in crl.pem -certfile leaf.pem -out a.p7b", "a.p7b");
    const auto pem = "\xEF\xBB\xBFsubject=plc\n" + plant.leaf.pem() + "text -----\n" + plant.leaf.key.pem("secret") + trusted + request +
                     pkcs7 + readFile(plant.folder / "crl.pem") + "behind";
    for (const auto* end : {"\n", "\r\n", "\r"}) {
        const auto bundle = bundleOf(withLineEnds(pem, end), with("secret"));
        CHECK(bundle.problems.empty());
        REQUIRE(bundle.certificates.size() == 3);
        CHECK(bundle.certificates[0].from == "PEM block 1 (CERTIFICATE)");
        CHECK(bundle.certificates[1].value == parsed(plant.root));
        CHECK(bundle.certificates[2].from == "certificate 1 of the PKCS#7 in PEM block 5 (PKCS7)");
        CHECK(bundle.crls.size() == 2);
        CHECK(bundle.requests.size() == 1);
        REQUIRE(bundle.keys.size() == 1);
        CHECK(bundle.keys[0].from == "PEM block 2 (ENCRYPTED PRIVATE KEY)");
    }
}

TEST_CASE("A part that cannot be read is a problem and leaves the rest alone") {
    const Plant plant;
    const std::string broken = "-----BEGIN CERTIFICATE-----\nAQ*D\n-----END CERTIFICATE-----\n";
    const auto pem = bundleOf(plant.leaf.pem() + broken + "-----BEGIN CERTIFICATE-----\nAAAA\n" + plant.root.pem());
    CHECK(pem.certificates.size() == 2);
    REQUIRE(pem.problems.size() == 2);
    CHECK(pem.problems[0].from == "PEM block 2 (CERTIFICATE)");
    CHECK(contains(pem.problems[0].value.message, "no base64"));
    CHECK(contains(pem.problems[1].value.message, "has no end"));
    const auto der = bundleOf(text(plant.leaf.der) + text(plant.root.der).substr(0, 100));
    CHECK(der.certificates.size() == 1);
    CHECK(contains(onlyProblem(der), "The last 100 octets are no complete DER element"));
    const auto keyWithout = bundleOf(plant.leaf.pem() + plant.leaf.key.pem("secret"));
    CHECK(keyWithout.certificates.size() == 1);
    CHECK(contains(onlyProblem(keyWithout), "passphrase"));
}

TEST_CASE("Base64 without PEM lines is read, whatever is encoded") {
    const Plant plant;
    CHECK(bundleOf(base64Of(plant.leaf.pem())).certificates.at(0).value == parsed(plant.leaf));
    CHECK(bundleOf("\xEF\xBB\xBF" + withLineEnds(base64Of(plant.leaf.pem()), "\r\n")).certificates.size() == 1);
    CHECK(bundleOf(withLineEnds(base64Of(plant.leaf.pem()), "")).certificates.size() == 1);
    CHECK(bundleOf(base64Of(forgePem("X", plant.crl))).crls.size() == 1);
    checkPlant(bundleOf(base64Of(forgePem("X", asBytes(plant.pkcs12()))), with("secret")), plant);
}

TEST_CASE("PKCS#7 gives its certificates and CRLs, in DER and in PEM") {
    const Plant plant;
    const std::string make = "crl2pkcs7 -in crl.pem -certfile leaf.pem -certfile root.pem -out a.p7b";
    for (const auto* form : {" -outform DER", " -outform PEM"}) {
        const auto bundle = bundleOf(plant.openssl(make + form, "a.p7b"));
        CHECK(bundle.problems.empty());
        REQUIRE(bundle.certificates.size() == 2);
        CHECK(bundle.certificates[1].value == parsed(plant.root));
        CHECK(bundle.certificates[1].from.starts_with("certificate 2 of the PKCS#7"));
        REQUIRE(bundle.crls.size() == 1);
        CHECK(equalBytes(bundle.crls[0].value.der(), plant.crl));
    }
    const auto onlyCertificates = bundleOf(plant.openssl("crl2pkcs7 -nocrl -certfile leaf.pem -outform DER -out a.p7c", "a.p7c"));
    CHECK(onlyCertificates.certificates.size() == 1);
    CHECK(onlyCertificates.crls.empty());
}

TEST_CASE("One certificate or CRL of a PKCS#7 that cannot be read keeps none of the others out") {
    const Plant plant;
    const auto good = plant.openssl("crl2pkcs7 -in crl.pem -certfile leaf.pem -certfile root.pem -outform DER -out a.p7b", "a.p7b");
    const std::string time{"\x17\x0D"};
    const auto spoiled = [&](ByteView der) {
        auto all = good;
        const auto at = all.find(time, all.find(text(der)));
        REQUIRE(at != std::string::npos);
        all[at] = '\x04';  // a date that is no date
        return bundleOf(all);
    };
    const auto withoutLeaf = spoiled(plant.leaf.der);
    REQUIRE(withoutLeaf.certificates.size() == 1);
    CHECK(withoutLeaf.certificates[0].value == parsed(plant.root));
    CHECK(withoutLeaf.certificates[0].from == "certificate 2 of the PKCS#7");
    CHECK(withoutLeaf.crls.size() == 1);
    CHECK(contains(onlyProblem(withoutLeaf), "validity"));
    CHECK(withoutLeaf.problems[0].from == "certificate 1 of the PKCS#7");
    const auto withoutCrl = spoiled(plant.crl);
    CHECK(withoutCrl.certificates.size() == 2);
    CHECK(withoutCrl.crls.empty());
    CHECK(onlyProblem(withoutCrl).size() > 0);
}

TEST_CASE("A PKCS#7 that is damaged or of another kind is a problem with a reason") {
    const Plant plant;
    const auto good = plant.openssl("crl2pkcs7 -nocrl -certfile leaf.pem -outform DER -out a.p7c", "a.p7c");
    auto damaged = good;
    damaged[30] = '\x7F';
    const auto found = bundleOf(damaged);
    CHECK(contains(onlyProblem(found), "PKCS#7 container is damaged"));
    // What is whole in it is read all the same.
    REQUIRE(found.certificates.size() == 1);
    CHECK(found.certificates[0].value == parsed(plant.leaf));
    auto broken = good;
    broken[15] = '\x7F';
    CHECK(bundleOf(broken).certificates.empty());
    CHECK(contains(onlyProblem(bundleOf(broken)), "PKCS#7 container is damaged"));
    writeFile(plant.folder / "text", std::string{"text"});
    const auto enveloped = plant.openssl("smime -encrypt -in text -outform DER -out a.p7m leaf.pem", "a.p7m");
    CHECK(contains(onlyProblem(bundleOf(enveloped)), "not of the kind that carries certificates"));
    const auto empty = plant.openssl("crl2pkcs7 -nocrl -outform DER -out a.p7c", "a.p7c");
    CHECK(contains(onlyProblem(bundleOf(empty)), "neither certificates nor CRLs"));
}

TEST_CASE("PKCS#12 opens with its passphrase: modern, legacy, without a MAC, with an empty passphrase") {
    const Plant plant;
    checkPlant(bundleOf(plant.pkcs12(), with("secret")), plant);
    checkPlant(bundleOf(plant.pkcs12("-legacy"), with("secret")), plant);
    checkPlant(bundleOf(plant.pkcs12("-nomac"), with("secret")), plant);
    checkPlant(bundleOf(plant.pkcs12("-legacy -nomac"), with("secret")), plant);
    checkPlant(bundleOf(plant.pkcs12("-certpbe NONE"), with("secret")), plant);
    checkPlant(bundleOf(plant.pkcs12("-certpbe NONE -keypbe NONE -nomac")), plant);
    checkPlant(bundleOf(plant.pkcs12({}, "")), plant);
    checkPlant(bundleOf(plant.pkcs12("-nomac", "")), plant);
    checkPlant(bundleOf(plant.pkcs12({}, "\xC3\xA4\xE2\x82\xAC"), with("\xC3\xA4\xE2\x82\xAC")), plant);
}

TEST_CASE("The legacy provider stays apart from the application's OpenSSL") {
    const Plant plant;
    checkPlant(bundleOf(plant.pkcs12("-legacy"), with("secret")), plant);
    CHECK(OSSL_PROVIDER_available(nullptr, "legacy") == 0);
}

TEST_CASE("A wrong passphrase, a missing one and damage are told apart") {
    const Plant plant;
    for (const auto* options : {"", "-legacy", "-nomac -certpbe AES-256-CBC"}) {
        CAPTURE(options);
        const auto good = plant.pkcs12(options);
        const auto wrong = bundleOf(good, with("wrong"));
        CHECK(wrong.certificates.empty());
        CHECK(wrong.keys.empty());
        REQUIRE_FALSE(wrong.problems.empty());
        CHECK(wrong.problems[0].value.status == StatusCode::BadSecurityChecksFailed);
        CHECK(contains(wrong.problems[0].value.message, "it is wrong"));
        const auto missing = bundleOf(good);
        REQUIRE_FALSE(missing.problems.empty());
        CHECK(contains(missing.problems[0].value.message, "none was given"));
        CHECK_FALSE(contains(bundleOf(good.substr(0, good.size() - 1), with("secret")).problems.at(0).value.message, "wrong"));
    }
    // OpenSSL leaves the certificates unencrypted then: they can be read, the key cannot.
    const auto onlyKey = bundleOf(plant.pkcs12("-nomac"), with("wrong"));
    CHECK(onlyKey.certificates.size() == 2);
    CHECK(onlyKey.keys.empty());
    CHECK(contains(onlyProblem(onlyKey), "it is wrong"));
    auto altered = plant.pkcs12();
    altered[altered.size() - 40] = static_cast<char>(altered[altered.size() - 40] ^ 1);  // in the MAC
    const auto bundle = bundleOf(altered, with("secret"));
    CHECK(bundle.certificates.empty());
    CHECK(contains(onlyProblem(bundle), "the passphrase opens it, but its content is not what was exported"));
}

TEST_CASE("The passphrase is asked for once, and only when it is needed; its error is the reason") {
    const Plant plant;
    unsigned asked = 0;
    const BundleOptions options{.passphrase = [&]() -> Result<SecretBytes> {
        ++asked;
        return Error{StatusCode::BadNotFound, "The vault is closed.", "open it"};
    }};
    CHECK(bundleOf(plant.leaf.pem() + plant.leaf.key.pem(), options).problems.empty());
    CHECK(asked == 0);
    const auto bundle = bundleOf(plant.leaf.key.pem("a") + plant.leaf.key.pem("b") + forgePem("PKCS12", asBytes(plant.pkcs12())), options);
    CHECK(asked == 1);
    REQUIRE(bundle.problems.size() == 3);
    for (const auto& problem : bundle.problems) CHECK(problem.value.message == "The vault is closed.");
    CHECK(contains(bundleOf(plant.pkcs12(), with(std::string(5000, 'x'))).problems.at(0).value.message, "more than 1024"));
}

TEST_CASE("What key derivation costs is bounded, wherever it stands") {
    const Plant plant;
    auto options = with("secret");
    options.maxIterations = 100'000;
    checkPlant(bundleOf(plant.pkcs12("-iter 10000"), options), plant);
    const auto key = plant.openssl("pkcs8 -topk8 -in key.pem -iter 200000 -passout pass:secret -out a.key", "a.key");
    const auto scrypt = plant.openssl("pkcs8 -topk8 -in key.pem -scrypt -passout pass:secret -out a.key", "a.key");
    for (const auto& content : {plant.pkcs12("-iter 200000"), plant.pkcs12("-iter 200000 -nomac"), plant.pkcs12("-iter 200000 -legacy"),
                                key, scrypt, base64Of(key)}) {
        const auto bundle = bundleOf(content, options);
        CHECK(bundle.keys.empty());
        REQUIRE_FALSE(bundle.problems.empty());
        CHECK(bundle.problems[0].value.status == StatusCode::BadEncodingLimitsExceeded);
        CHECK(contains(bundle.problems[0].value.message, "rounds of key derivation"));
    }
    // All together count, not each alone.
    std::string many;
    for (int i = 0; i < 60; ++i) many += plant.leaf.key.pem("secret");
    const auto bundle = bundleOf(many, options);
    CHECK(bundle.keys.size() + bundle.problems.size() == 60);
    CHECK(bundle.keys.size() < 30);
    CHECK_FALSE(bundle.problems.empty());
    CHECK(bundleOf(key, with("secret")).keys.size() == 1);
    CHECK(bundleOf(scrypt, with("secret")).keys.size() == 1);
}

TEST_CASE("PEM inside of DER is no way around the bounds of key derivation") {
    const Plant plant;
    auto options = with("secret");
    options.maxIterations = 1;
    const auto inner = plant.leaf.key.pem("secret");
    std::string outer{"\x30\x82"};
    outer += static_cast<char>(inner.size() >> 8U);
    outer += static_cast<char>(inner.size() & 0xFFU);
    const auto bundle = bundleOf(outer + inner, options);
    CHECK(bundle.keys.empty());
    CHECK(contains(onlyProblem(bundle), "neither certificate"));
}

TEST_CASE("Octets and elements are bounded") {
    const Plant plant;
    CHECK(readBundle(plant.leaf.der, {.maxBytes = plant.leaf.der.size() - 1}).status() == StatusCode::BadEncodingLimitsExceeded);
    const auto pem = plant.leaf.pem();
    const auto pkcs7 =
        plant.openssl("crl2pkcs7 -nocrl -certfile leaf.pem -certfile root.pem -certfile leaf.pem -outform DER -out a.p7b", "a.p7b");
    for (const auto& content : {pem + pem + pem, text(joinDer({plant.leaf, plant.leaf, plant.leaf})), pkcs7}) {
        const auto bundle = bundleOf(content, {.maxElements = 2});
        CHECK(bundle.certificates.size() == 2);
        CHECK(contains(onlyProblem(bundle), "more than the 2 elements"));
        CHECK(bundleOf(content, {.maxElements = 3}).problems.empty());
    }
    std::string openBlocks;
    for (int i = 0; i < 200'000; ++i) openBlocks += "-----BEGIN A-----\n";
    CHECK(bundleOf(openBlocks).problems.size() == 10'001);
}

TEST_CASE("What is nothing of all this is refused with a reason") {
    for (const std::string content : {"", "text", "AAAA", "\x01\x02", "0", "\x30\x80"}) {
        CAPTURE(content);
        const auto result = readBundle(asBytes(content));
        CHECK(result.status() == StatusCode::BadInvalidArgument);
        CHECK_FALSE(result.error().remedy.empty());
    }
    const Plant plant;
    CHECK(contains(onlyProblem(bundleOf(text(plant.leaf.key.publicDer()))), "public key alone"));
    CHECK(contains(onlyProblem(bundleOf(std::string{"\x30\x03\x02\x01\x05"})), "neither certificate"));
}

TEST_CASE("Whatever octet of a container is changed, reading ends with parts or problems") {
    const Plant plant;
    auto options = with("secret");
    options.maxIterations = 30'000;
    for (const auto& good : {plant.openssl("crl2pkcs7 -in crl.pem -certfile leaf.pem -outform DER -out a.p7b", "a.p7b"),
                             plant.pkcs12("-iter 10 -maciter"), plant.pkcs12("-certpbe NONE -keypbe NONE -nomac")}) {
        for (std::size_t at = 0; at < good.size(); at += 5) {
            auto bad = good;
            bad[at] = static_cast<char>(bad[at] ^ 0x41);
            const auto result = readBundle(asBytes(bad), options);
            if (!result.ok()) continue;
            CHECK(result.value().certificates.size() + result.value().problems.size() + result.value().keys.size() > 0);
        }
    }
}
