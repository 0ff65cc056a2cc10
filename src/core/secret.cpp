#include <uatrust/core/secret.hpp>

#include <cstring>

namespace uatrust {
namespace {

// Called through a volatile pointer: the compiler cannot know that it is memset, so it cannot drop the call as a
// write to memory that is about to die. Needs neither OpenSSL nor a compiler extension.
void* (*const volatile overwrite)(void*, int, std::size_t) = &std::memset;

}  // namespace

void wipe(std::span<std::uint8_t> memory) noexcept {
    if (!memory.empty()) overwrite(memory.data(), 0, memory.size());
}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
        wipe();
        bytes_ = std::move(other.bytes_);
        other.bytes_.clear();
    }
    return *this;
}

SecretBytes::~SecretBytes() { wipe(); }

void SecretBytes::truncate(std::size_t size) noexcept {
    uatrust::wipe(std::span{bytes_}.subspan(size));
    bytes_.resize(size);
}

void SecretBytes::wipe() noexcept { uatrust::wipe(bytes_); }

}  // namespace uatrust
