#pragma once

#include <uatrust/core/bytes.hpp>

#include <utility>

namespace uatrust {

/// SecretBytes owns octets that are overwritten before their memory is released: decrypted messages, private
/// keys in PEM, passphrases. It can be moved but not copied, so that a secret exists in one place only.
/// Not thread-safe: an object belongs to one thread at a time.
class UATRUST_API SecretBytes {
public:
    SecretBytes() noexcept = default;
    /// Takes the octets over; the caller's vector is left empty.
    explicit SecretBytes(Bytes&& bytes) noexcept : bytes_{std::move(bytes)} {}
    explicit SecretBytes(std::size_t size) : bytes_(size) {}
    SecretBytes(SecretBytes&& other) noexcept : bytes_{std::move(other.bytes_)} { other.bytes_.clear(); }
    SecretBytes& operator=(SecretBytes&& other) noexcept;
    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;
    ~SecretBytes();

    [[nodiscard]] std::uint8_t* data() noexcept { return bytes_.data(); }
    [[nodiscard]] const std::uint8_t* data() const noexcept { return bytes_.data(); }
    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
    [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }
    [[nodiscard]] ByteView view() const noexcept { return bytes_; }

    /// truncate() shortens to `size` octets and overwrites what falls off. Precondition: size <= this->size().
    void truncate(std::size_t size) noexcept;

private:
    void wipe() noexcept;

    Bytes bytes_;
};

/// wipe() overwrites memory in a way that the compiler may not remove.
UATRUST_API void wipe(std::span<std::uint8_t> memory) noexcept;

}  // namespace uatrust
