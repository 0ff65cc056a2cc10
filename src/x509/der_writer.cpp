#include "x509/der_writer.hpp"

#include <algorithm>
#include <bit>
#include <chrono>

#include <fmt/format.h>

namespace uatrust::detail {
namespace {

using Asn1ObjectOwner = std::unique_ptr<ASN1_OBJECT, Release<&ASN1_OBJECT_free>>;

void appendLength(Bytes& out, std::size_t length) {
    if (length < 0x80) {
        out.push_back(static_cast<std::uint8_t>(length));
        return;
    }
    const auto octets = static_cast<unsigned>(std::bit_width(length) + 7) / 8U;
    out.push_back(static_cast<std::uint8_t>(0x80U | octets));
    for (unsigned i = octets; i > 0; --i) out.push_back(static_cast<std::uint8_t>(length >> (8U * (i - 1U))));
}

template <class Parts>
Bytes element(std::uint8_t tag, const Parts& parts) {
    std::size_t length = 0;
    for (const ByteView part : parts) length += part.size();
    Bytes out{tag};
    appendLength(out, length);
    for (const ByteView part : parts) out.insert(out.end(), part.begin(), part.end());
    return out;
}

}  // namespace

Bytes derElement(std::uint8_t tag, std::initializer_list<ByteView> parts) { return element(tag, parts); }
Bytes derElement(std::uint8_t tag, std::span<const Bytes> parts) { return element(tag, parts); }

Bytes derPositive(ByteView magnitude) {
    while (magnitude.size() > 1 && magnitude.front() == 0) magnitude = magnitude.subspan(1);
    Bytes sign;
    if (magnitude.empty() || (magnitude.front() & 0x80U) != 0) sign.push_back(0);
    return derElement(derInteger, {sign, magnitude});
}

Bytes derBitStringOf(ByteView octets) {
    const Bytes unused{0};
    return derElement(derBitString, {unused, octets});
}

Bytes derNamedBits(std::uint16_t bits) {
    // The lowest bit here is the first one there, which is the highest of the first octet.
    unsigned mirrored = 0;
    for (unsigned bit = 0; bit < 16; ++bit) {
        if ((unsigned{bits} >> bit & 1U) != 0) mirrored |= 0x8000U >> bit;
    }
    if (mirrored == 0) return derBitStringOf({});
    const auto unused = static_cast<unsigned>(std::countr_zero(mirrored));
    Bytes content{static_cast<std::uint8_t>(unused % 8), static_cast<std::uint8_t>(mirrored >> 8U)};
    if (unused < 8) content.push_back(static_cast<std::uint8_t>(mirrored));
    return derElement(derBitString, {content});
}

Bytes derTime(Instant at) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{at - day};
    const int year = static_cast<int>(date.year());
    const auto rest = fmt::format("{:02}{:02}{:02}{:02}{:02}Z", static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                  time.hours().count(), time.minutes().count(), time.seconds().count());
    const bool generalized = year >= 2050;
    const auto text = generalized ? fmt::format("{:04}{}", year, rest) : fmt::format("{:02}{}", year % 100, rest);
    return derElement(generalized ? derGeneralizedTime : derUtcTime, {asBytes(text)});
}

Bytes derOid(std::string_view dotted) {
    const ErrorQueueGuard guard;
    const Asn1ObjectOwner object{OBJ_txt2obj(std::string{dotted}.c_str(), 1)};
    return toDer(&i2d_ASN1_OBJECT, object.get());
}

}  // namespace uatrust::detail
