#pragma once

#include <uatrust/crypto/key.hpp>

#include <string>

namespace CLI {
class App;
}

namespace uatrust::tool {

/// PassphraseOptions says where the passphrase of what is encrypted comes from. It is never an argument: every user of the
/// machine sees those.
struct PassphraseOptions {
    std::string file{};
    std::string variable{};
};

/// addPassphrase() adds --passphrase-file and --passphrase-env. `target` has to live as long as `app`.
void addPassphrase(CLI::App& app, PassphraseOptions& target);
/// addKeyPassphrase() adds --key-passphrase-file and --key-passphrase-env, for the application's own key: it is read and written with it.
void addKeyPassphrase(CLI::App& app, PassphraseOptions& target);

/// passphraseSource() reads the first line of the file or the variable when it is asked, the file once: it may be
/// standard input. Null when neither is given.
[[nodiscard]] PassphraseSource passphraseSource(const PassphraseOptions& options);

}  // namespace uatrust::tool
