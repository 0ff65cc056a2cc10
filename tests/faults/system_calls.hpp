#pragma once

#include <functional>

namespace uatrust::test {

/// Script says what becomes of the calls to the file system that one thread makes. Calls are counted from 1.
struct Script {
    long failAt = 0;                 ///< of the calls that can fail with `code`, and are chosen to, this one does
    int code = 0;                    ///< an errno
    bool halfBefore = false;         ///< if it is a write, half of it is written first
    long killAt = 0;                 ///< before this one of the calls that change something the process is killed; a write is done by half
    std::function<void()> before{};  ///< run before every call; its own calls are neither counted nor hindered

    long calls = 0;
    long looks = 0;
    long changes = 0;
    const char* failed = nullptr;  ///< the name of the call that has failed
    bool failNextWrite = false;
};

/// Injection lets a script rule the calls of this thread until its end. Synchronising does nothing and sleeping takes no time
/// meanwhile.
class Injection {
public:
    explicit Injection(Script& script) noexcept;
    ~Injection();
    Injection(const Injection&) = delete;
    Injection& operator=(const Injection&) = delete;
};

}  // namespace uatrust::test
