// Writes the seeds of the fuzz targets: make_corpus FOLDER, with tests/fuzz/corpus as the folder of the ones in the tree.
// They are what a plant has (RSA 2048, P-256, Ed25519, a CA below a root, CRLs, requests) and what a hostile peer may
// have. Not all keys and signatures are the same in every run, so the files change; what they are does not. Findings
// of fuzzing lie beside them and are left alone.

#include <cstdio>
#include <filesystem>
#include <fstream>

#include <openssl/x509.h>

#include <uatrust/crypto/security_policy.hpp>
#include <uatrust/validation/step.hpp>
#include <uatrust/x509/certificate_request.hpp>

#include "fuzz/known_keys.hpp"
#include "fuzz/pieces.hpp"
#include "support/forge.hpp"
#include "unit/tool/ua_server.hpp"

namespace fs = std::filesystem;
using namespace uatrust;
using namespace uatrust::test;
using fuzz::Judging;
using fuzz::PieceKind;

namespace {

/// Corpus is the folder of one target.
class Corpus {
public:
    Corpus(const fs::path& root, const char* target) : folder_{root / target} { fs::create_directories(folder_); }

    void add(const std::string& name, ByteView content) const {
        std::ofstream out{folder_ / name, std::ios::binary};
        out.write(asText(content).data(), static_cast<std::streamsize>(content.size()));
        if (!out.flush()) throw std::runtime_error{"cannot write " + (folder_ / name).string()};
    }
    void add(const std::string& name, const std::string& text) const { add(name, asBytes(text)); }

private:
    fs::path folder_;
};

ForgeKey shared(unsigned number) {
    EVP_PKEY_up_ref(fuzz::knownKey(number));
    return ForgeKey{fuzz::knownKey(number)};
}

Bytes operator+(Bytes left, ByteView right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

Bytes octets(const std::string& text) { return {text.begin(), text.end()}; }

RawExtension extension(const std::string& oid, Bytes value, bool critical = false) { return {oid, critical, std::move(value)}; }

// permitted: the host names below plant.example
const Bytes permittedNames{0x30, 0x13, 0xA0, 0x11, 0x30, 0x0F, 0x82, 0x0D, 'p', 'l', 'a', 'n', 't', '.', 'e', 'x', 'a', 'm', 'p', 'l', 'e'};
const Bytes anyPolicy{0x30, 0x08, 0x30, 0x06, 0x06, 0x04, 0x55, 0x1D, 0x20, 0x00};
const Bytes onlyCaCertificates{0x30, 0x03, 0x82, 0x01, 0xFF};
const Bytes number3{0x02, 0x01, 0x03};

/// The chain that is small and can be signed again: Ed25519 with keys that everybody knows.
struct KnownPlant {
    ForgedCert root = forgeRoot("Root", {.keyPair = shared(1)});
    ForgedCert line = forgeIntermediate(root, "Line", {.keyPair = shared(2)});
    ForgedCert plc = forgeLeaf(line, {.keyPair = shared(3)});
    ForgedCert lone = forgeCertificate({.cn = "lone", .keyPair = shared(3)});
};

void makeCertificates(const Corpus& corpus) {
    const KnownPlant known;
    corpus.add("root-ed25519", known.root.der);
    corpus.add("line-ed25519", known.line.der);
    corpus.add("plc-ed25519", known.plc.der);
    corpus.add("lone-ed25519", known.lone.der);
    corpus.add("lone-rsa2048", forgeCertificate().der);
    corpus.add("lone-rsa2048-pss", forgeCertificate({.pss = true}).der);
    for (const auto* key : {"p256", "p384", "p521", "bp256", "ed448"}) {
        corpus.add(std::string{"lone-"} + key, forgeCertificate({.keyName = key}).der);
    }
    const auto lone = [](CertSpec spec) {
        spec.keyPair = shared(3);
        return forgeCertificate(spec).der;
    };
    corpus.add("version-1",
               lone({.uris = {}, .dns = {}, .ca = {}, .keyUsage = kOmit, .eku = {{}}, .ski = false, .aki = false, .version = 1}));
    corpus.add("negative-serial", lone({.serial = "-05"}));
    corpus.add("year-2050", lone({.notBefore = forgeDate(2049, 12, 31), .notAfter = forgeDate(2050, 1, 1)}));
    corpus.add("path-length", lone({.ca = true, .pathLen = 3}));
    corpus.add("many-names", lone({.uris = {"urn:a", "urn:b"}, .dns = {"a", "b", "c"}, .ips = {"10.0.0.7", "::1"}, .sanCritical = true}));
    corpus.add("short-address", lone({.ips = {"123"}}));
    corpus.add("nul-in-uri", lone({.uris = {std::string{"urn:a\0b", 7}}}));
    corpus.add("terminal-codes", lone({.cn = "\x1B[2J\xE2\x80\xAEplc"}));
    corpus.add("bmp-name", lone({.cn = std::string{"\0p\0l\0c", 6}, .stringType = 30}));
    corpus.add("unknown-critical", lone({.extensions = {extension("1.3.6.1.4.1.99999.1", {0x05, 0x00}, true)}}));
    corpus.add("twice", lone({.extensions = {extension("1.3.6.1.4.1.99999.1", {}), extension("1.3.6.1.4.1.99999.1", {})}}));
    corpus.add("name-constraints", lone({.extensions = {extension("2.5.29.30", permittedNames, true)}}));
    corpus.add("policies", lone({.extensions = {extension("2.5.29.32", anyPolicy), extension("2.5.29.54", number3)}}));
    corpus.add("issuer-elsewhere", lone({.issuerCn = "Somebody else"}));
    corpus.add("no-issuer", lone({.emptyIssuer = true}));
    corpus.add("wrong-signature", tamperSignature(known.lone.der));
}

void makeChains(const Corpus& corpus) {
    const KnownPlant known;
    const Bytes wide{0};
    const Bytes narrow{1};
    corpus.add("one", wide + known.lone.der);
    corpus.add("three", wide + joinDer({known.plc, known.line, known.root}));
    corpus.add("three-narrow", narrow + joinDer({known.plc, known.line, known.root}));
    corpus.add("four-narrow", narrow + joinDer({known.plc, known.line, known.root, known.plc}));
    corpus.add("cut", wide + ByteView{known.plc.der}.first(known.plc.der.size() - 1));
    corpus.add("something-behind", wide + known.plc.der + Bytes{0x00});
    corpus.add("sequences", wide + Bytes{0x30, 0x00, 0x30, 0x03, 0x02, 0x01, 0x05});
}

void makeCrls(const Corpus& corpus) {
    const KnownPlant known;
    const auto* root = &known.root;
    const auto rsa = forgeRoot("RSA", {.keyName = "rsa2048"});
    const auto p256 = forgeRoot("P-256", {.keyName = "p256"});
    corpus.add("empty", forgeCrl({.issuer = root}));
    corpus.add("rsa2048", forgeCrl({.issuer = &rsa, .revoked = {revoked(known.plc)}}));
    corpus.add("p256", forgeCrl({.issuer = &p256, .revoked = {revoked(known.plc, 1)}}));
    corpus.add("two", forgeCrl({.issuer = root, .revoked = {revoked(known.line, 2), revoked(known.plc, 6)}}));
    corpus.add("same-serial", forgeCrl({.issuer = root, .revoked = {revoked(known.line, 1), revoked(known.line, 8)}}));
    corpus.add("unsorted",
               forgeCrl({.issuer = root, .revoked = {{.serial = "0500"}, {.serial = "05"}, {.serial = "-05"}, {.serial = "00"}}}));
    corpus.add("version-1", forgeCrl({.issuer = root, .revoked = {revoked(known.line)}, .number = {}, .aki = false, .version = 1}));
    corpus.add("no-next-update", forgeCrl({.issuer = root, .nextUpdate = {}}));
    corpus.add("delta", forgeCrl({.issuer = root, .extensions = {extension("2.5.29.27", number3, true)}}));
    corpus.add("only-ca", forgeCrl({.issuer = root, .extensions = {extension("2.5.29.28", onlyCaCertificates, true)}}));
    corpus.add("unknown-critical", forgeCrl({.issuer = root, .extensions = {extension("1.3.6.1.4.1.99999.1", {0x05, 0x00}, true)}}));
    const auto onEntry = extension("1.3.6.1.4.1.99999.1", {0x05, 0x00}, true);
    corpus.add("critical-entry", forgeCrl({.issuer = root, .revoked = {{.serial = "05", .extensions = {onEntry}}}}));
    corpus.add("wrong-signature", tamperSignature(forgeCrl({.issuer = root})));
}

Bytes requestOf(const std::string& keyName) {
    const auto key = PrivateKey::read(asBytes(forgeKey(keyName).pem()));
    const auto subject = DistinguishedName::make({{"CN", "plc-7"}, {"O", "Test"}});
    const ApplicationSubject asked{.subject = subject.value(), .applicationUri = "urn:test:plc-7", .hostNames = {"localhost"}};
    const auto request = CertificateRequest::make(asked, key.value()).value();
    return {request.der().begin(), request.der().end()};
}

void makeRequests(const Corpus& corpus) {
    for (const auto* key : {"rsa2048", "p256", "ed25519"}) corpus.add(key, requestOf(key));
    corpus.add("wrong-signature", tamperSignature(requestOf("ed25519")));
}

void makePem(const Corpus& corpus) {
    const KnownPlant known;
    const auto crl = forgePem("X509 CRL", forgeCrl({.issuer = &known.root}));
    corpus.add("one", known.lone.pem());
    corpus.add("chain", "subject=plc\n" + known.plc.pem() + "\nissuer\n" + known.line.pem());
    corpus.add("crl", crl);
    corpus.add("mixed", known.lone.pem() + crl + forgePem("EC PARAMETERS", Bytes{0x06, 0x03, 0x55, 0x04, 0x03}));
    corpus.add("headers", std::string{"-----BEGIN X-----\r\nProc-Type: 4,ENCRYPTED\r\n\r\nAAAA\r\n-----END X-----\r\n"});
    corpus.add("trusted", forgePem("TRUSTED CERTIFICATE", known.lone.der + Bytes{0x30, 0x00}));
    corpus.add("no-end", std::string{"-----BEGIN CERTIFICATE-----\nAAAA\n"});
    corpus.add("no-base64", std::string{"-----BEGIN CERTIFICATE-----\nA*AA=\n-----END CERTIFICATE-----\n"});
    corpus.add("der", joinDer({known.plc, known.line}));
}

Bytes traditional(const ForgeKey& key) {
    Bytes der(static_cast<std::size_t>(std::max(0, i2d_PrivateKey(key.get(), nullptr))));
    auto* at = der.data();
    i2d_PrivateKey(key.get(), &at);
    return der;
}

// The keys are made for this file, or known to everybody: they protect nothing.
void makePrivateKeys(const Corpus& corpus) {
    const auto p256 = forgeKey("p256", 7);
    const auto rsa = forgeKey("rsa1024");
    corpus.add("pkcs8-p256", p256.der());
    corpus.add("pkcs8-p256-pem", p256.pem());
    corpus.add("pkcs8-ed25519", shared(1).der());
    corpus.add("pkcs8-p521", forgeKey("p521").der());
    corpus.add("pkcs8-rsa", rsa.der());
    corpus.add("pkcs1-rsa", traditional(rsa));
    corpus.add("pkcs1-rsa-pem", forgePem("RSA PRIVATE KEY", traditional(rsa)));
    corpus.add("sec1-p256", traditional(p256));
    corpus.add("encrypted-pem", p256.pem("secret"));
    corpus.add("certificate-first", forgePem("CERTIFICATE", Bytes{0x30, 0x00}) + p256.pem());
    corpus.add("old-encryption", std::string{"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,"
                                             "00112233445566778899AABBCCDDEEFF\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"});
}

// What stands behind the headers: sequence header and body, then the padding and its size, for a signature of `signature`
// octets and blocks of `block`.
Bytes padded(std::size_t payload, std::size_t signature, std::size_t block, bool extra) {
    const std::size_t fields = extra ? 2 : 1;
    const std::size_t padding = (block - (payload + fields + signature) % block) % block;
    Bytes content(payload, 0x42);
    content.insert(content.end(), padding + 1, static_cast<std::uint8_t>(padding & 0xFFU));
    if (extra) content.push_back(static_cast<std::uint8_t>(padding >> 8U));
    return content;
}

void makeChunks(const Corpus& corpus) {
    const auto headers = octets("OPNF") + Bytes(12, 0x01);
    const auto chunk = [&](std::uint8_t mode, const Bytes& content) { return Bytes{mode, 16} + headers + content; };
    const Bytes body(40, 0x42);
    corpus.add("ecc", chunk(0x00, body));
    corpus.add("ecc-raw", chunk(0x40, body + Bytes(64, 0x00)));
    corpus.add("ecc-round", chunk(0x20, body));
    corpus.add("rsa2048-oaep-sha1", chunk(0x01, padded(100, 256, 214, false)));
    corpus.add("rsa2048-oaep-sha256", chunk(0x03, padded(60, 256, 190, false)));
    corpus.add("rsa3072-oaep-sha1", chunk(0x82, padded(200, 384, 342, true)));
    corpus.add("rsa3072-long-padding", chunk(0x82, padded(15, 384, 342, true)));
    corpus.add("rsa3072-round", chunk(0xA2, body));
    corpus.add("rsa2048-raw", chunk(0x41, Bytes(256, 0x42)));
    corpus.add("no-padding", chunk(0x01, Bytes(171, 0x00) + Bytes{0xFF}));
    corpus.add("empty", chunk(0x01, {}));
}

/// Scene puts a validator's input together.
class Scene {
public:
    explicit Scene(std::uint8_t options = 0, std::size_t policy = securityPolicies().size())
        : judging_{options, static_cast<std::uint8_t>(policy), {}} {}
    Scene& add(PieceKind kind, ByteView content, unsigned signer = 0) {
        judging_.pieces.push_back({kind, signer, Bytes(content.begin(), content.end())});
        return *this;
    }
    Scene& add(PieceKind kind, std::string_view text) { return add(kind, asBytes(text)); }
    [[nodiscard]] Bytes bytes() const { return fuzz::writeJudging(judging_); }

private:
    Judging judging_;
};

Scene plantScene(const KnownPlant& known, std::uint8_t options, std::size_t policy = securityPolicies().size()) {
    Scene scene{options, policy};
    scene.add(PieceKind::Trusted, known.root.der, 1).add(PieceKind::Issuer, known.line.der, 1);
    scene.add(PieceKind::TrustedCrl, forgeCrl({.issuer = &known.root}), 1).add(PieceKind::IssuerCrl, forgeCrl({.issuer = &known.line}), 2);
    return scene;
}

void makeScenes(const Corpus& corpus) {
    constexpr std::uint8_t client = 1;
    constexpr std::uint8_t user = 2;
    constexpr std::uint8_t suppress = 4;
    constexpr std::uint8_t acceptAll = 8;
    constexpr std::uint8_t file = 16;
    const KnownPlant known;
    const auto curve = static_cast<std::size_t>(SecurityPolicyId::ECC_curve25519);
    const auto leaf = [&](CertSpec spec) {
        spec.keyPair = shared(3);
        return forgeLeaf(known.line, spec).der;
    };

    corpus.add("lone-trusted", Scene{}.add(PieceKind::Trusted, known.lone.der, 3).add(PieceKind::Sent, known.lone.der, 3).bytes());
    corpus.add("lone-unknown", Scene{file}.add(PieceKind::Sent, known.lone.der, 3).bytes());
    corpus.add("lone-accepted", Scene{acceptAll}.add(PieceKind::Sent, known.lone.der, 3).bytes());
    corpus.add("plant", plantScene(known, 0, curve).add(PieceKind::Sent, known.plc.der, 2).bytes());
    corpus.add("plant-client", plantScene(known, client, curve)
                                   .add(PieceKind::Sent, known.plc.der, 2)
                                   .add(PieceKind::ApplicationUri, "urn:test:plc-7")
                                   .add(PieceKind::HostName, "localhost")
                                   .bytes());
    corpus.add("plant-suppress",
               plantScene(known, suppress | file, 3).add(PieceKind::Sent, leaf({.notAfter = forgeDate(2026, 2, 1)}), 2).bytes());
    corpus.add("plant-user", plantScene(known, user).add(PieceKind::Sent, leaf({.keyUsage = Ku::DigitalSignature}), 2).bytes());
    corpus.add("plant-v1", plantScene(known, file).add(PieceKind::Sent, leaf({.extensions = {extension("1.2.3.4", {}, true)}}), 2).bytes());
    corpus.add("sent-chain", Scene{}
                                 .add(PieceKind::Issuer, known.root.der, 1)
                                 .add(PieceKind::Trusted, known.plc.der, 2)
                                 .add(PieceKind::IssuerCrl, forgeCrl({.issuer = &known.root}), 1)
                                 .add(PieceKind::IssuerCrl, forgeCrl({.issuer = &known.line, .revoked = {revoked(known.plc)}}), 2)
                                 .add(PieceKind::Sent, known.plc.der, 2)
                                 .add(PieceKind::Sent, known.line.der, 1)
                                 .add(PieceKind::Sent, known.root.der, 1)
                                 .bytes());
    const auto bound =
        forgeRoot("Root", {.keyPair = shared(1), .pathLen = 1, .extensions = {extension("2.5.29.30", permittedNames, true)}});
    const auto below = [&](const char* host) {
        Scene scene{file};
        scene.add(PieceKind::Trusted, bound.der, 1).add(PieceKind::Issuer, known.line.der, 1);
        scene.add(PieceKind::TrustedCrl, forgeCrl({.issuer = &bound}), 1).add(PieceKind::IssuerCrl, forgeCrl({.issuer = &known.line}), 2);
        return scene.add(PieceKind::Sent, leaf({.dns = {host}}), 2).bytes();
    };
    corpus.add("constraints-kept", below("a.plant.example"));
    corpus.add("constraints-broken", below("a.example"));
    corpus.add("circle", Scene{suppress}
                             .add(PieceKind::Issuer, forgeIntermediate(known.line, "Root", {.keyPair = shared(1)}).der, 2)
                             .add(PieceKind::Issuer, known.line.der, 1)
                             .add(PieceKind::Rejected, known.plc.der, 2)
                             .add(PieceKind::Sent, known.plc.der, 2)
                             .bytes());
    corpus.add("wrong-signature", plantScene(known, file).add(PieceKind::Sent, tamperSignature(known.plc.der)).bytes());
    corpus.add("junk", plantScene(known, file).add(PieceKind::Sent, known.plc.der, 2).add(PieceKind::Sent, "junk").bytes());
}

void makeDiscovery(const Corpus& corpus) {
    const KnownPlant known;
    const UaEndpoint secure{.certificate = known.lone.der};
    const UaEndpoint open{.mode = 1, .policy = "http://opcfoundation.org/UA/SecurityPolicy#None"};
    const auto body = uaEndpointsBody({secure, open});
    const auto half = ByteView{body}.first(body.size() / 2);
    const auto rest = ByteView{body}.subspan(body.size() / 2);
    corpus.add("whole", Bytes{0} + uaAcknowledge() + uaOpenChunk(uaOpenBody()) + uaMessageChunk(body));
    corpus.add("refused", Bytes{0} + uaError(0x80830000U, "no such endpoint"));
    corpus.add("chunks", Bytes{1} + uaMessageChunk(half, 'C') + uaMessageChunk(rest));
    corpus.add("aborted",
               Bytes{1} + uaMessageChunk(half, 'C') + uaMessageChunk(UaWriter{}.u32(0x80080000U).string("too large").done(), 'A'));
    corpus.add("endpoints", Bytes{2} + body);
    corpus.add("fault", Bytes{2} + uaResponse(397, 0x80550000U, {}));
    corpus.add("opened", Bytes{3} + uaOpenBody());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: uatrust_fuzz_corpus FOLDER\n");
        return 2;
    }
    try {
        const fs::path root{argv[1]};
        makeCertificates({root, "certificate"});
        makeChains({root, "chain"});
        makeCrls({root, "crl"});
        makeRequests({root, "request"});
        makePem({root, "pem"});
        makePrivateKeys({root, "private_key"});
        makeChunks({root, "open_secure_channel"});
        makeDiscovery({root, "discovery"});
        makeScenes({root, "validator"});
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "%s\n", failure.what());
        return 1;
    }
    return 0;
}
