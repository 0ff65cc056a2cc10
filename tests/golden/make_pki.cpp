// Makes the certificates and CRLs of the golden cases, one PEM file each: uatrust_golden_pki FOLDER. The keys are those of
// support/forge_keys.hpp, and RSA signatures come out the same every time: made again, a file that is not changed here is
// the same to the last octet. They expire when they like, as every case says what time it is.

#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include <openssl/evp.h>

#include "support/forge.hpp"
#include "support/temp_folder.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using Texts = std::vector<std::string>;

/// Sixteen digits that depend on nothing but the name of the file.
std::string serialFor(const std::string& name) {
    Bytes digest(32);
    if (EVP_Digest(name.data(), name.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) throw std::runtime_error{"no SHA-256"};
    digest.resize(7);
    return "5E" + toHex(digest, HexCase::Upper);
}

class Pki {
public:
    explicit Pki(std::filesystem::path folder) : folder_{std::move(folder)} {}

    [[nodiscard]] const ForgedCert& operator[](const std::string& name) const { return made_.at(name); }

    const ForgedCert& root(const std::string& name, const std::string& cn, CertSpec spec) {
        return keep(name, forgeRoot(cn, with(name, std::move(spec))));
    }
    const ForgedCert& ca(const std::string& name, const std::string& cn, const std::string& issuer, CertSpec spec) {
        return keep(name, forgeIntermediate(made_.at(issuer), cn, with(name, std::move(spec))));
    }
    /// An application, signed by itself.
    const ForgedCert& alone(const std::string& name, CertSpec spec = {}) {
        return keep(name, forgeCertificate(plc(name, std::move(spec))));
    }
    /// An application below a CA.
    const ForgedCert& below(const std::string& name, const std::string& issuer, CertSpec spec = {}) {
        return keep(name, forgeLeaf(made_.at(issuer), plc(name, std::move(spec))));
    }
    void crl(const std::string& name, const std::string& issuer, CrlSpec spec = {.issuer = nullptr}) {
        spec.issuer = &made_.at(issuer);
        writeFile(folder_ / (name + ".pem"), forgePem("X509 CRL", forgeCrl(spec)));
    }

private:
    static CertSpec with(const std::string& name, CertSpec spec) {
        if (spec.org == CertSpec{}.org) spec.org = "Example";
        if (spec.serial.empty()) spec.serial = serialFor(name);
        return spec;
    }
    // What a specification does not change stays as the PLC of the examples has it.
    static CertSpec plc(const std::string& name, CertSpec spec) {
        const CertSpec defaults;
        if (spec.uris == defaults.uris) spec.uris = {"urn:plant.example:plc-7"};
        if (spec.dns == defaults.dns) spec.dns = {"plc-7.plant.example"};
        return with(name, std::move(spec));
    }
    const ForgedCert& keep(const std::string& name, ForgedCert certificate) {
        writeFile(folder_ / (name + ".pem"), certificate.pem());
        return made_[name] = std::move(certificate);
    }

    std::filesystem::path folder_;
    std::map<std::string, ForgedCert> made_{};
};

// permittedSubtrees with one DNS name (RFC 5280, 4.2.1.10).
RawExtension onlyBelow(const std::string& domain) {
    const auto tlv = [](std::uint8_t tag, const Bytes& content) {
        Bytes out{tag, static_cast<std::uint8_t>(content.size())};
        out.insert(out.end(), content.begin(), content.end());
        return out;
    };
    return {"nameConstraints", true, tlv(0x30, tlv(0xA0, tlv(0x30, tlv(0x82, Bytes(domain.begin(), domain.end())))))};
}

constexpr auto expired = [] { return forgeDate(2026, 3, 1); };

// A root, a CA for line 4 below it and a PLC: what most cases are about.
void makePlant(Pki& pki) {
    pki.root("plant-root", "Plant Root CA", {});
    pki.ca("line-ca", "Line 4 CA", "plant-root", {});
    pki.ca("line-ca-expired", "Line 4 CA", "plant-root", {.notAfter = expired()});
    pki.ca("line-ca-other-key", "Line 4 CA", "plant-root", {.keyIndex = 3});
    pki.root("plant-root-other-key", "Plant Root CA", {.keyIndex = 3});

    pki.below("plc-7", "line-ca", {.ips = {"10.0.0.7"}});
    pki.below("plc-7-expired", "line-ca", {.notAfter = expired()});
    pki.below("plc-7-wrong-signature", "line-ca", {.signWith = forgeKey("rsa2048", 4)});
    pki.below("plc-7-without-name", "line-ca", {.cn = "", .org = ""});
    pki.below("plc-7-for-clients", "line-ca", {.eku = Texts{"clientAuth"}});
    pki.below("plc-8", "line-ca", {.cn = "plc-8", .keyIndex = 5, .uris = {"urn:plant.example:plc-8"}, .dns = {"plc-8.plant.example"}});
    pki.below("jane", "line-ca",
              {.cn = "Jane Operator",
               .keyIndex = 5,
               .uris = {},
               .dns = {},
               .ca = std::nullopt,
               .keyUsage = Ku::DigitalSignature,
               .eku = Texts{}});
    pki.below(
        "jane-for-encryption", "line-ca",
        {.cn = "Jane Operator", .keyIndex = 5, .uris = {}, .dns = {}, .ca = std::nullopt, .keyUsage = Ku::KeyEncipherment, .eku = Texts{}});
}

void makeSelfSigned(Pki& pki) {
    pki.alone("alone");
    pki.alone("alone-renewed", {.notBefore = forgeDate(2026, 5, 1), .notAfter = forgeDate(2031, 5, 1)});
    pki.alone("alone-reissued", {.keyIndex = 3});
    pki.alone("alone-since-an-hour", {.notAfter = kForgeNow - std::chrono::hours{1}});
    pki.alone("alone-in-three-hours", {.notBefore = kForgeNow + std::chrono::hours{3}});
    pki.alone("alone-version-1",
              {.uris = {}, .dns = {}, .ca = std::nullopt, .keyUsage = kOmit, .eku = Texts{}, .ski = false, .aki = false, .version = 1});
    pki.alone("alone-unknown-critical", {.extensions = {{"1.2.3.4.5", true, {0x05, 0x00}}}});
    pki.alone("alone-wrong-signature", {.signWith = forgeKey("rsa2048", 4)});
    pki.alone("alone-sha1", {.keyName = "rsa1024", .hash = "sha1"});
    pki.alone("alone-with-ca-flag",
              {.ca = true,
               .keyUsage = Ku::DigitalSignature | Ku::NonRepudiation | Ku::KeyEncipherment | Ku::DataEncipherment | Ku::KeyCertSign,
               .eku = Texts{"serverAuth", "clientAuth"}});
    pki.alone("alone-without-usage", {.keyUsage = kOmit, .eku = Texts{}});
    pki.alone("alone-usage-insists", {.eku = Texts{"serverAuth"}, .ekuCritical = true});
    pki.alone("alone-several-names", {.uris = {"urn:plant.example:PLC-7", "urn:plant.example:spare"},
                                      .dns = {"localhost", "plc-7.plant.example"},
                                      .ips = {"10.0.0.7", "fd00::7"}});
    pki.alone("alone-hostile-name", {.cn = "plc\x1B[2J\n7", .uris = {"urn:plant.example:\x07plc"}});
}

void makeOtherCas(Pki& pki) {
    pki.root("old-root", "Old Root CA", {.keyName = "rsa1024", .keyIndex = 0});
    pki.below("below-old-root", "old-root");
    pki.root("short-root", "Short Root CA", {.keyIndex = 3, .pathLen = 0});
    pki.ca("deep-ca", "Deep CA", "short-root", {.keyIndex = 4});
    pki.below("below-deep-ca", "deep-ca");
    pki.ca("no-ca", "Not A CA", "plant-root", {.keyIndex = 4, .ca = std::nullopt, .keyUsage = kOmit});
    pki.below("below-no-ca", "no-ca");
    pki.ca("cert-sign-lacking", "Careless CA", "plant-root", {.keyIndex = 4, .keyUsage = Ku::CrlSign});
    pki.below("below-cert-sign-lacking", "cert-sign-lacking");
    pki.ca("crl-sign-lacking", "Silent CA", "plant-root", {.keyIndex = 4, .keyUsage = Ku::KeyCertSign});
    pki.below("below-crl-sign-lacking", "crl-sign-lacking");
    pki.ca("office-ca", "Office CA", "plant-root", {.keyIndex = 4, .extensions = {onlyBelow("office.example")}});
    pki.below("below-office-ca", "office-ca");
    pki.ca("critical-ca", "Critical CA", "plant-root", {.keyIndex = 4, .extensions = {{"1.2.3.4.5", true, {0x05, 0x00}}}});
    pki.below("below-critical-ca", "critical-ca");
    pki.ca("forged-ca", "Forged CA", "plant-root", {.keyIndex = 4, .signWith = forgeKey("rsa2048", 5)});
    pki.below("below-forged-ca", "forged-ca");

    // Two CAs that certify each other, and no root.
    pki.root("east-root", "East CA", {.keyIndex = 3});
    pki.ca("west-ca", "West CA", "east-root", {.keyIndex = 4});
    pki.ca("east-ca", "East CA", "west-ca", {.keyIndex = 3});
    pki.below("below-west-ca", "west-ca");

    // The plant's root once more, certified by another one.
    pki.root("group-root", "Group Root CA", {.keyIndex = 5, .notAfter = expired()});
    pki.ca("plant-root-by-group", "Plant Root CA", "group-root", {.keyIndex = 1});
}

void makeCrls(Pki& pki) {
    using std::chrono::hours;
    const auto plc = revoked(pki["plc-7"], 1);
    pki.crl("plant-root.crl", "plant-root");
    pki.crl("plant-root-revokes-line-ca.crl", "plant-root", {.issuer = nullptr, .revoked = {revoked(pki["line-ca"], 2)}, .number = 2});
    pki.crl("line-ca.crl", "line-ca");
    pki.crl("line-ca-revokes.crl", "line-ca", {.issuer = nullptr, .revoked = {plc}, .number = 2});
    pki.crl("line-ca-old-revokes.crl", "line-ca", {.issuer = nullptr, .revoked = {plc}, .nextUpdate = forgeDate(2026, 2, 1), .number = 2});
    pki.crl("line-ca-outdated.crl", "line-ca", {.issuer = nullptr, .nextUpdate = kForgeNow - hours{5}});
    pki.crl("line-ca-of-tomorrow.crl", "line-ca", {.issuer = nullptr, .thisUpdate = kForgeNow + hours{24}});
    pki.crl("line-ca-delta.crl", "line-ca", {.issuer = nullptr, .extensions = {{"2.5.29.27", true, {0x02, 0x01, 0x01}}}});
    pki.crl("line-ca-other-key.crl", "line-ca-other-key");
    pki.crl("crl-sign-lacking.crl", "crl-sign-lacking");
    for (const auto* each : {"short-root", "deep-ca", "no-ca", "cert-sign-lacking", "office-ca", "critical-ca", "old-root"})
        pki.crl(std::string{each} + ".crl", each);
}

}  // namespace

int main(int argc, char* argv[]) try {
    if (argc != 2) {
        std::fputs("uatrust_golden_pki FOLDER writes the PEM files of the golden cases into the folder.\n", stderr);
        return 2;
    }
    Pki pki{argv[1]};
    makePlant(pki);
    makeSelfSigned(pki);
    makeOtherCas(pki);
    makeCrls(pki);
    return 0;
} catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
}
