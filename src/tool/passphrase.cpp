#include "tool/passphrase.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <uatrust/x509/distinguished_name.hpp>

#include "tool/platform.hpp"

namespace uatrust::tool {
namespace {

constexpr std::size_t kMaxFile = 65536;

Result<SecretBytes> firstLineOf(const std::string& file) {
    auto content = readInput(file, kMaxFile);
    if (!content) return content;
    const auto text = asText(content->view());
    content->truncate(std::min(text.find_first_of("\r\n"), text.size()));
    return content;
}

Result<SecretBytes> valueOf(const std::string& variable) {
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr) {
        return Error{StatusCode::BadNotFound, fmt::format("There is no environment variable {} with the passphrase.", printable(variable)),
                     "Set and export it, or give --passphrase-file FILE."};
    }
    const auto octets = asBytes(value);
    return SecretBytes{Bytes{octets.begin(), octets.end()}};
}

void add(CLI::App& app, const std::string& prefix, const std::string& what, PassphraseOptions& target) {
    auto* file = app.add_option(fmt::format("--{}passphrase-file", prefix), target.file,
                                fmt::format("The first line of this file is the passphrase of {}", what))
                     ->type_name("FILE");
    app.add_option(fmt::format("--{}passphrase-env", prefix), target.variable, "The environment variable of this name holds the passphrase")
        ->type_name("NAME")
        ->excludes(file);
}

}  // namespace

void addPassphrase(CLI::App& app, PassphraseOptions& target) { add(app, "", "what is encrypted", target); }

void addKeyPassphrase(CLI::App& app, PassphraseOptions& target) { add(app, "key-", "the own private key, read and written", target); }

PassphraseSource passphraseSource(const PassphraseOptions& options) {
    if (!options.file.empty()) {
        return
            [file = options.file, known = std::make_shared<SecretBytes>(), read = std::make_shared<bool>(false)]() -> Result<SecretBytes> {
                if (!*read) {
                    auto line = firstLineOf(file);
                    if (!line) return line;
                    *known = std::move(*line);
                    *read = true;
                }
                return SecretBytes{Bytes{known->view().begin(), known->view().end()}};
            };
    }
    if (!options.variable.empty()) return [variable = options.variable] { return valueOf(variable); };
    return {};
}

}  // namespace uatrust::tool
