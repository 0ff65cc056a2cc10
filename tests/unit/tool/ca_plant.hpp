#pragma once

#include <uatrust/x509/certificate_authority.hpp>
#include <uatrust/x509/pem.hpp>

#include "support/catch.hpp"
#include "support/openssl_command.hpp"
#include "support/parsed.hpp"
#include "unit/tool/pki.hpp"

namespace uatrust::test {

/// CaPlant is a folder with a CA in "ca", a PKI folder "pki", and requests to it.
struct CaPlant {
    TempFolder folder{};

    [[nodiscard]] ToolOutput run(const std::string& arguments) const { return toolCommand(folder.path(), arguments); }
    /// "ca <action> --ca ca ...", for actions that need no more.
    [[nodiscard]] ToolOutput ca(const std::string& arguments) const { return run("ca --ca ca " + arguments); }
    [[nodiscard]] ToolOutput init(const std::string& more = {}) const {
        return ca("init --name \"Plant CA\" --organization Acme --key-type p256 " + more);
    }
    void pki() const { std::filesystem::create_directories(folder / "pki/trusted/certs"); }
    /// A request, made by openssl alone.
    void request(const std::string& file, const std::string& names = "URI:urn:plc-4:acme:gateway,DNS:plc-4,IP:10.0.0.4",
                 const std::string& subject = "CN=Line 4 gateway\nO=Acme", const std::string& keyName = "p256") const {
        writeFile(folder / "key.pem", forgeKey(keyName).pem());
        const auto extensions = names.empty() ? std::string{} : "req_extensions=ext\n[ext]\nsubjectAltName=" + names + '\n';
        writeFile(folder / "openssl.cnf", "[req]\ndistinguished_name=dn\nprompt=no\n" + extensions + "[dn]\n" + subject + '\n');
        REQUIRE(opensslCommand(folder, "req -new -key key.pem -config openssl.cnf -out " + file).exitCode == 0);
    }
    [[nodiscard]] Certificate certificate(const std::string& file) const {
        return valueOf(readCertificates(readBytes(folder / file))).front();
    }
    [[nodiscard]] Crl crl() const { return parsedCrl(readBytes(folder / "ca/ca.crl")); }
    [[nodiscard]] bool has(const std::string& file) const { return std::filesystem::exists(folder / file); }
    [[nodiscard]] std::filesystem::perms permissions(const std::string& file) const {
        return std::filesystem::status(folder / file).permissions();
    }
};

}  // namespace uatrust::test
