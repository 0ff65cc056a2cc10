#pragma once

namespace uatrust::examples {

/// catchInterruption() makes SIGINT and SIGTERM end the program in its own good time instead of at once, and lets a peer
/// that closes its connection not end it at all.
void catchInterruption();

/// Whether one of them came.
[[nodiscard]] bool interrupted() noexcept;

}  // namespace uatrust::examples
