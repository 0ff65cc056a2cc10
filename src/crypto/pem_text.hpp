#pragma once

#include <uatrust/core/secret.hpp>

namespace uatrust::detail {

/// looksLikePem() says whether there is a PEM boundary anywhere in `content`.
[[nodiscard]] bool looksLikePem(ByteView content) noexcept;

/// withLineFeeds() copies PEM text the way OpenSSL's reader wants it: no byte order mark, and CR LF or a lone CR
/// turned into LF, whichever system wrote the file.
[[nodiscard]] SecretBytes withLineFeeds(ByteView pem);

}  // namespace uatrust::detail
