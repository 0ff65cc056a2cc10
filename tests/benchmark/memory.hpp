#pragma once

#include <optional>

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

namespace uatrust::test {

/// What is allocated now, in octets. Asks the allocator: the resident size of the process counts what earlier measurements
/// left behind as well. Nothing where there is no allocator to ask.
[[nodiscard]] inline std::optional<double> allocatedOctets() {
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
    const auto now = mallinfo2();
    return static_cast<double>(now.uordblks) + static_cast<double>(now.hblkhd);
#else
    return std::nullopt;
#endif
}

}  // namespace uatrust::test
