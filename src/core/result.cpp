#include <uatrust/core/result.hpp>

#include <fmt/format.h>

namespace uatrust {

std::string Error::text() const {
    if (remedy.empty()) return fmt::format("{} [{}]", message, statusName(status));
    return fmt::format("{} ({}) [{}]", message, remedy, statusName(status));
}

BadResultAccess::BadResultAccess(const Error& error) : std::logic_error{"value of a failed Result taken: " + error.text()} {}

}  // namespace uatrust
