#pragma once

#include <map>

#include <uatrust/store/directory_store.hpp>

#include "support/forge.hpp"
#include "support/temp_folder.hpp"
#include "support/tool_command.hpp"

namespace uatrust::test {

/// contentOf() lists a folder and everything below it, with the content of every file.
[[nodiscard]] inline std::map<std::string, std::string> contentOf(const std::filesystem::path& folder) {
    std::map<std::string, std::string> content;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
        const auto name = std::filesystem::relative(entry.path(), folder).generic_string();
        content[name] = entry.is_regular_file() ? readFile(entry.path()) : "folder";
    }
    return content;
}

/// Pki is a folder "pki" beside files to look at, judged at kForgeNow.
struct Pki {
    TempFolder folder{};
    std::filesystem::path path = folder / "pki";

    void trust(const ForgedCert& certificate) const { writeFile(path / "trusted/certs/one.der", certificate.der); }
    void trustCa(const ForgedCert& ca, std::vector<RevokedSpec> revoked = {}) const {
        writeFile(path / "trusted/certs/ca.der", ca.der);
        writeFile(path / "trusted/crl/ca.crl", forgeCrl({.issuer = &ca, .revoked = std::move(revoked)}));
    }
    void file(const std::string& name, ByteView content) const { writeFile(folder / name, content); }
    void file(const std::string& name, const std::string& content) const { writeFile(folder / name, content); }

    /// verify() runs "uatrust verify" for the PKI folder at kForgeNow.
    [[nodiscard]] ToolOutput verify(const std::string& arguments) const {
        return toolCommand(folder.path(), "verify --pki pki --at 2026-06-15T12:00:00Z " + arguments);
    }
};

}  // namespace uatrust::test
