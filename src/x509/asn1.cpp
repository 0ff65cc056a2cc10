#include "x509/asn1.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

namespace uatrust::detail {
namespace {

// Changes the sign of a two's complement number of fixed width.
void negate(Bytes& number) noexcept {
    for (auto& octet : number) octet = static_cast<std::uint8_t>(~octet);
    for (auto at = number.rbegin(); at != number.rend() && ++*at == 0; ++at) {}
}

// Reads digits front to back; a character that is none makes the whole reading fail.
class Digits {
public:
    explicit Digits(std::string_view text) noexcept : rest_{text} {}

    unsigned next(std::size_t count) noexcept {
        unsigned value = 0;
        for (const char c : rest_.substr(0, count)) {
            ok_ = ok_ && c >= '0' && c <= '9';
            value = value * 10 + static_cast<unsigned>(c - '0');
        }
        rest_.remove_prefix(count);
        return value;
    }
    [[nodiscard]] bool ok() const noexcept { return ok_; }

private:
    std::string_view rest_;
    bool ok_ = true;
};

// RFC 5280, 4.1.2.5.1: two digits from 50 on belong to the twentieth century.
unsigned fullYear(unsigned twoDigits) noexcept { return twoDigits < 50 ? 2000 + twoDigits : 1900 + twoDigits; }

// The dotted form of an identifier all of whose numbers fit a machine word, which in practice are all: every certificate has
// some, and OpenSSL takes a multiple of the time. Precondition: it is well-formed.
std::optional<std::string> shortOidText(ByteView content) {
    std::string text;
    std::uint64_t number = 0;
    for (const std::uint8_t octet : content) {
        if (number >> 56U != 0) return std::nullopt;
        number = number << 7U | (octet & 0x7FU);
        if ((octet & 0x80U) != 0) continue;
        if (text.empty()) {
            const auto root = std::min<std::uint64_t>(number / 40, 2);  // X.690, 8.19.4
            text = std::to_string(root);
            number -= root * 40;
        }
        text += '.';
        text += std::to_string(number);
        number = 0;
    }
    return text;
}

}  // namespace

Error malformed(std::string_view what, std::string_view why) {
    return {StatusCode::BadCertificateInvalid, fmt::format("The {} is not well-formed: {}", what, why),
            fmt::format("have the {} made again by an application or CA that follows RFC 5280", what)};
}

bool integerIsMinimal(ByteView content) noexcept {
    if (content.size() < 2) return !content.empty();
    const bool nextIsNegative = (content[1] & 0x80U) != 0;
    return !(content[0] == 0x00 && !nextIsNegative) && !(content[0] == 0xFF && nextIsNegative);
}

std::string integerText(ByteView content) {
    const bool negative = !content.empty() && (content[0] & 0x80U) != 0;
    Bytes magnitude(content.begin(), content.end());
    if (negative) negate(magnitude);
    const auto first = std::find_if(magnitude.begin(), magnitude.end(), [](std::uint8_t octet) { return octet != 0; });
    magnitude.erase(magnitude.begin(), first == magnitude.end() && first != magnitude.begin() ? first - 1 : first);
    std::string text = toHex(magnitude, HexCase::Upper);
    if (negative) text.insert(text.begin(), '-');
    return text;
}

std::optional<Bytes> integerContent(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    std::string digits{text};
    if (digits.size() % 2 != 0) digits.insert(digits.begin(), '0');
    const auto octets = fromHex(digits);
    if (text.empty() || !octets) return std::nullopt;
    // Room for the sign in front, then as much off again as DER's shortest form has it.
    Bytes content{0};
    content.insert(content.end(), octets->begin(), octets->end());
    if (negative) negate(content);
    std::size_t superfluous = 0;
    while (!integerIsMinimal(ByteView{content}.subspan(superfluous))) ++superfluous;
    content.erase(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(superfluous));
    return content;
}

std::optional<Instant> readTime(const DerElement& element) noexcept {
    const bool generalized = element.tag == derGeneralizedTime;
    const std::size_t size = generalized ? 15 : 13;
    if ((!generalized && element.tag != derUtcTime) || element.content.size() != size || element.content.back() != 'Z') return std::nullopt;

    using namespace std::chrono;
    Digits digits{asText(element.content)};
    const unsigned yearNumber = generalized ? digits.next(4) : fullYear(digits.next(2));
    const unsigned monthNumber = digits.next(2);
    const unsigned dayNumber = digits.next(2);
    const year_month_day date{year{static_cast<int>(yearNumber)}, month{monthNumber}, day{dayNumber}};
    const unsigned hour = digits.next(2);
    const unsigned minute = digits.next(2);
    const unsigned second = digits.next(2);
    if (!digits.ok() || !date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
    return sys_days{date} + hours{hour} + minutes{minute} + seconds{second};
}

bool oidIsWellFormed(ByteView content) noexcept {
    bool startsArc = true;
    for (const std::uint8_t octet : content) {
        if (startsArc && octet == 0x80) return false;
        startsArc = (octet & 0x80U) == 0;
    }
    return !content.empty() && startsArc;
}

std::optional<std::string> oidText(ByteView content) {
    if (content.size() > 127 || !oidIsWellFormed(content)) return std::nullopt;
    if (auto text = shortOidText(content)) return text;
    const ErrorQueueGuard guard;
    std::array<std::uint8_t, 129> element{derObjectIdentifier, static_cast<std::uint8_t>(content.size())};
    std::copy(content.begin(), content.end(), element.begin() + 2);
    const auto object = decodeItem<ASN1_OBJECT>(ByteView{element}.first(content.size() + 2), ASN1_ITEM_rptr(ASN1_OBJECT));
    if (!object) return std::nullopt;
    return oidText(object.get());
}

std::string oidText(const ASN1_OBJECT* object) {
    const int size = OBJ_obj2txt(nullptr, 0, object, 1);
    if (size <= 0) return {};
    std::string text(static_cast<std::size_t>(size) + 1, '\0');
    OBJ_obj2txt(text.data(), size + 1, object, 1);
    text.pop_back();
    return text;
}

}  // namespace uatrust::detail
