#include <uatrust/crypto/passphrase.hpp>

#include <algorithm>
#include <cstdlib>
#include <system_error>

#include <fmt/format.h>

#include "crypto/shown_text.hpp"
#include "detail/platform.hpp"

namespace uatrust {
namespace {

constexpr std::size_t kMaxFile = 65536;

// The platform's reader follows no link; here whoever configures the file has chosen where it leads.
Result<SecretBytes> firstLineOf(const std::filesystem::path& file) {
    std::error_code error;
    const auto target = std::filesystem::canonical(file, error);
    auto read = detail::readFile(error ? file : target, kMaxFile);
    if (!read) return Error{read.status(), "The file with the passphrase: " + read.error().message, read.error().remedy};
    const auto text = asText(read->bytes.view());
    read->bytes.truncate(std::min(text.find_first_of("\r\n"), text.size()));
    return std::move(read->bytes);
}

Result<SecretBytes> valueOf(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) {
        return Error{StatusCode::BadNotFound,
                     fmt::format("There is no environment variable {} with the passphrase.", detail::shownText(name)),
                     "set it for the account and the service that the application runs as"};
    }
    const auto octets = asBytes(value);
    SecretBytes copy{octets.size()};
    std::copy(octets.begin(), octets.end(), copy.data());
    return copy;
}

}  // namespace

PassphraseSource passphraseFromFile(std::filesystem::path file) {
    return [file = std::move(file)] { return firstLineOf(file); };
}

PassphraseSource passphraseFromEnvironment(std::string name) {
    return [name = std::move(name)] { return valueOf(name); };
}

}  // namespace uatrust
