#pragma once

// What the readers of this room share: pieces of ASN.1 that are walked in place, and OpenSSL's decoders for the rest.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <uatrust/core/clock.hpp>
#include <uatrust/core/result.hpp>

#include "crypto/der_reader.hpp"
#include "detail/openssl.hpp"

namespace uatrust::detail {

constexpr std::uint8_t derBoolean = 0x01;
constexpr std::uint8_t derOctetString = 0x04;
constexpr std::uint8_t derSet = 0x31;
constexpr std::uint8_t derUtcTime = 0x17;
constexpr std::uint8_t derGeneralizedTime = 0x18;
/// derExplicit() is the tag of "[number] EXPLICIT", derImplicit() that of "[number] IMPLICIT" over a primitive type.
constexpr std::uint8_t derExplicit(std::uint8_t number) noexcept { return static_cast<std::uint8_t>(0xA0U | number); }
constexpr std::uint8_t derImplicit(std::uint8_t number) noexcept { return static_cast<std::uint8_t>(0x80U | number); }

/// The Error of everything that is no well-formed certificate, CRL or request: "The <what> is not well-formed: <why>".
[[nodiscard]] Error malformed(std::string_view what, std::string_view why);

/// integerIsMinimal() says whether the content of an INTEGER is in its only DER form (X.690, 8.3.2).
[[nodiscard]] bool integerIsMinimal(ByteView content) noexcept;

/// integerText() writes the content of an INTEGER as upper-case hexadecimal octets with a '-' when negative: "00",
/// "7F", "-01". integerContent() is the way back, whatever the case and the number of leading zeros.
[[nodiscard]] std::string integerText(ByteView content);
[[nodiscard]] std::optional<Bytes> integerContent(std::string_view text);

/// readTime() reads a Time in the two forms that RFC 5280, 4.1.2.5 allows: UTC with seconds, no fraction, no offset.
[[nodiscard]] std::optional<Instant> readTime(const DerElement& element) noexcept;

/// oidIsWellFormed() says whether the content of an OBJECT IDENTIFIER is one (X.690, 8.19.2).
[[nodiscard]] bool oidIsWellFormed(ByteView content) noexcept;

/// oidText() is the dotted form of an OBJECT IDENTIFIER's content; nothing when it is none, or longer than any in use:
/// writing out an endless one would be endless work.
[[nodiscard]] std::optional<std::string> oidText(ByteView content);
[[nodiscard]] std::string oidText(const ASN1_OBJECT* object);

/// Item owns what OpenSSL decoded by one of its ASN.1 templates.
template <class T>
class Item {
public:
    Item(T* value, const ASN1_ITEM* type) noexcept : value_{value, Free{type}} {}
    explicit operator bool() const noexcept { return value_ != nullptr; }
    [[nodiscard]] T* get() const noexcept { return value_.get(); }
    T* operator->() const noexcept { return value_.get(); }

private:
    struct Free {
        const ASN1_ITEM* type;
        void operator()(T* value) const noexcept { ASN1_item_free(reinterpret_cast<ASN1_VALUE*>(value), type); }
    };
    std::unique_ptr<T, Free> value_;
};

/// decodeItem() decodes all of `der` by an OpenSSL template; empty when it does not decode or something is left over.
template <class T>
[[nodiscard]] Item<T> decodeItem(ByteView der, const ASN1_ITEM* type) {
    const std::uint8_t* at = der.data();
    Item<T> item{reinterpret_cast<T*>(ASN1_item_d2i(nullptr, &at, static_cast<long>(der.size()), type)), type};
    return at == der.data() + der.size() ? std::move(item) : Item<T>{nullptr, type};
}

/// octetsOf() views the content of an OpenSSL string.
[[nodiscard]] inline ByteView octetsOf(const ASN1_STRING* string) noexcept {
    return {ASN1_STRING_get0_data(string), static_cast<std::size_t>(ASN1_STRING_length(string))};
}

}  // namespace uatrust::detail
