#pragma once

#include "options.hpp"

#include <uatrust/core/result.hpp>

#include <open62541/client.h>

#include <string>

namespace uatrust::examples {

/// perform() does what the command line asks over an activated session: the text to print, or why it did not work.
[[nodiscard]] Result<std::string> perform(UA_Client& client, const ClientOptions& options);

}  // namespace uatrust::examples
