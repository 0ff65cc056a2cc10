#pragma once

#include <uatrust/core/result.hpp>

#include <array>
#include <string>
#include <string_view>

namespace uatrust::tool::web {

/// randomSecret() is 256 bits of the operating system's generator as 64 hexadecimal digits.
[[nodiscard]] Result<std::string> randomSecret();

/// SecretDigest stands for a secret in a table: who measures how long a look-up takes learns nothing of it.
using SecretDigest = std::array<std::uint8_t, 32>;
[[nodiscard]] SecretDigest secretDigest(std::string_view secret);

/// sameSecret() takes as long for every text of the same length as `given`, whatever is in it.
[[nodiscard]] bool sameSecret(std::string_view given, std::string_view expected);

}  // namespace uatrust::tool::web
