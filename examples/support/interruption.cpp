#include "interruption.hpp"

#include <csignal>

namespace uatrust::examples {

namespace {

volatile std::sig_atomic_t caught = 0;

}  // namespace

void catchInterruption() {
    const auto remember = [](int) { caught = 1; };
    std::signal(SIGINT, remember);
    std::signal(SIGTERM, remember);
#ifdef SIGPIPE
    std::signal(SIGPIPE, SIG_IGN);
#endif
}

bool interrupted() noexcept { return caught != 0; }

}  // namespace uatrust::examples
