#pragma once

#include <uatrust/crypto/key.hpp>

#include <filesystem>
#include <string>

namespace uatrust {

/// passphraseFromFile() reads the first line of a file, without its end, whenever it is asked: a file that a service manager or a
/// container platform puts into place, also by a link. At most 64 KiB. The error names the file, never what is in it.
[[nodiscard]] UATRUST_API PassphraseSource passphraseFromFile(std::filesystem::path file);

/// passphraseFromEnvironment() takes the value of the environment variable of this name whenever it is asked. BadNotFound when there is
/// none. Prefer a file: every process of the same account can read the environment.
[[nodiscard]] UATRUST_API PassphraseSource passphraseFromEnvironment(std::string name);

}  // namespace uatrust
