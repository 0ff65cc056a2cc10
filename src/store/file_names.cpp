#include "store/file_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include <fmt/format.h>

#include <uatrust/crypto/digest.hpp>
#include <uatrust/x509/pem.hpp>

#include "detail/platform.hpp"
#include "x509/signed_object.hpp"

namespace uatrust {
namespace detail {
namespace {

constexpr std::string_view kUnnamed = "unnamed";
constexpr std::string_view kCertificateEnding = ".der";
constexpr std::string_view kPemEnding = ".pem";
constexpr std::string_view kCrlEnding = ".crl";
constexpr std::size_t kThumbprintDigits = 40;

// eCryptfs takes 143 octets, the least of the common file systems; room is left for " (99)".
constexpr std::size_t kMaxFileName = 136;

// Beside letters, digits and everything outside of ASCII but for the ranges below.
constexpr std::string_view kHarmless = " -_.,+=@()";

// What invisible characters DistinguishedName has not escaped yet: spaces of other kinds and characters without a meaning.
struct Range {
    char32_t first;
    char32_t last;
};
constexpr Range kMisleading[] = {{0x00, 0xA0},     {0x1680, 0x1680}, {0x2000, 0x200F}, {0x2028, 0x202F},
                                 {0x205F, 0x206F}, {0x3000, 0x3000}, {0xD800, 0xF8FF}, {0xE0000, 0x10FFFF}};

constexpr std::array<std::string_view, 6> kDevices{"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"};
constexpr std::array<std::string_view, 2> kNumberedDevices{"COM", "LPT"};

bool isAlphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool isHexDigit(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }

// Octets of the UTF-8 character that `text` starts with, 0 when it is none.
std::size_t characterSize(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    if (lead < 0x80) return 1;
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return 0;
    const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
    return std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(size), continues) ? size : 0;
}

char32_t codePoint(std::string_view character) {
    if (character.size() == 1) return static_cast<unsigned char>(character.front());
    char32_t value = static_cast<unsigned char>(character.front()) & (0x7FU >> character.size());
    for (const char c : character.substr(1)) value = (value << 6U) | (static_cast<unsigned char>(c) & 0x3FU);
    return value;
}

std::string harmless(std::string_view character) {
    if (character.size() == 1) {
        const char c = character.front();
        if (c == '[') return "(";
        if (c == ']') return ")";
        return isAlphanumeric(c) || kHarmless.find(c) != std::string_view::npos ? std::string{c} : "_";
    }
    const auto value = codePoint(character);
    const auto misleads = [&](const Range& range) { return value >= range.first && value <= range.last; };
    return std::any_of(std::begin(kMisleading), std::end(kMisleading), misleads) ? "_" : std::string{character};
}

// Octets of an escape of printable(), "\x0A" or "\u{202E}", 0 when `text` does not start with one.
std::size_t escapeSize(std::string_view text) {
    if (text.size() >= 4 && text.starts_with("\\x") && isHexDigit(text[2]) && isHexDigit(text[3])) return 4;
    if (!text.starts_with("\\u{")) return 0;
    const auto end = std::find_if_not(text.begin() + 3, text.end(), isHexDigit);
    return end != text.end() && *end == '}' ? static_cast<std::size_t>(end - text.begin()) + 1 : 0;
}

// At most `size` octets, in whole characters.
std::string harmlessStart(std::string_view text, std::size_t size) {
    std::string result;
    while (!text.empty()) {
        const auto escape = escapeSize(text);
        const auto octets = escape != 0 ? escape : characterSize(text);
        const auto next = escape != 0 || octets == 0 ? std::string{"_"} : harmless(text.substr(0, octets));
        if (result.size() + next.size() > size) break;
        result += next;
        text.remove_prefix(std::max<std::size_t>(octets, 1));
    }
    return result;
}

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" .-");
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(" .") - first + 1);
}

// Windows takes "con", "CON .txt" and "COM\u00B9.der" for a device, whatever follows the first dot.
bool isDevice(std::string_view name) {
    std::string stem{name.substr(0, name.find('.'))};
    stem.erase(stem.find_last_not_of(' ') + 1);
    std::transform(stem.begin(), stem.end(), stem.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (std::find(kDevices.begin(), kDevices.end(), stem) != kDevices.end()) return true;
    const auto numbered = [&](std::string_view device) {
        if (!stem.starts_with(device)) return false;
        const auto number = std::string_view{stem}.substr(device.size());
        return (number.size() == 1 && number.front() >= '0' && number.front() <= '9') || number == "\xC2\xB9" || number == "\xC2\xB2" ||
               number == "\xC2\xB3";
    };
    return std::any_of(kNumberedDevices.begin(), kNumberedDevices.end(), numbered);
}

// `tail` is what follows the name: " [<thumbprint>].der".
std::string fileName(const DistinguishedName& name, std::string_view tail) {
    const auto room = kMaxFileName - tail.size();
    auto base = trimmed(harmlessStart(name.commonName(), room));
    if (base.empty()) base = trimmed(harmlessStart(name.organization(), room));
    if (base.empty()) base = kUnnamed;
    return fmt::format("{}{}{}", isDevice(base) ? "_" : "", base, tail);
}

std::string annexTail(const Thumbprint& thumbprint, std::string_view ending) { return fmt::format(" [{}]{}", thumbprint.text(), ending); }

std::string lowerCase(const Thumbprint& thumbprint) { return toHex(thumbprint.sha1); }

// SHA-1 of the signature's octets; a certificate that has been read has them.
std::string signatureHash(const Certificate& certificate) {
    const auto parts = readSignedObject(certificate.der(), "certificate", certificate.der().size());
    return parts ? toHex(sha1(parts->signature)) : lowerCase(certificate.thumbprint());
}

// The product that looks for exactly this name takes out nothing but '/'. What could harm gets a harmless name, which the product
// does not look for: it stays refused there.
std::string exactName(const Certificate& certificate) {
    std::string base{certificate.subject().commonName()};
    std::erase(base, '/');
    if (base.empty()) return certificate.thumbprint().text() + std::string{kCertificateEnding};
    const auto tail = annexTail(certificate.thumbprint(), kCertificateEnding);
    const bool harms =
        base.find_first_of("\\:*?\"<>|") != std::string::npos || base.front() == '.' || base.front() == '-' || isDevice(base);
    if (harms || base.size() + tail.size() > kMaxFileName) return fileName(certificate.subject(), tail);
    return base + tail;
}

// The text before " (2)" at the end of a name without its ending, or the text itself.
std::string_view withoutNumber(std::string_view stem) {
    if (!stem.ends_with(')')) return stem;
    const auto open = stem.rfind(" (");
    if (open == std::string_view::npos) return stem;
    const auto digits = stem.substr(open + 2, stem.size() - open - 3);
    const bool number = !digits.empty() && std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
    return number ? stem.substr(0, open) : stem;
}

}  // namespace

std::string certificateFileName(FileNaming naming, StoreList list, const Certificate& certificate) {
    switch (naming) {
        case FileNaming::WithoutEnding:
            return fileName(certificate.subject(), fmt::format("[{}]", certificate.thumbprint().text()));
        case FileNaming::LowerCasePem:
            return fileName(certificate.subject(), fmt::format("[{}]{}", lowerCase(certificate.thumbprint()), kPemEnding));
        case FileNaming::LowerCaseThumbprint:
            return (list == StoreList::Rejected ? signatureHash(certificate) : lowerCase(certificate.thumbprint())) +
                   std::string{kCertificateEnding};
        case FileNaming::ExactCommonName:
            return exactName(certificate);
        default:
            return uatrust::certificateFileName(certificate);
    }
}

std::string crlFileName(FileNaming naming, const Crl& crl) {
    switch (naming) {
        case FileNaming::WithoutEnding:
            return fileName(crl.issuer(), fmt::format("[{}]", crl.thumbprint().text()));
        case FileNaming::LowerCasePem:
            return "crl_" + fileName(crl.issuer(), fmt::format("[{}]{}", lowerCase(crl.thumbprint()), kPemEnding));
        case FileNaming::LowerCaseThumbprint:
            return lowerCase(crl.thumbprint()) + std::string{kCrlEnding};
        default:
            return fileName(crl.issuer(), annexTail(crl.thumbprint(), kCrlEnding));
    }
}

Bytes fileContent(FileNaming naming, std::string_view pemLabel, ByteView der) {
    if (naming != FileNaming::LowerCasePem) return {der.begin(), der.end()};
    const auto pem = encodePem(pemLabel, der);
    return {pem.begin(), pem.end()};
}

std::filesystem::path numberedName(const std::filesystem::path& name, unsigned number) {
    if (number == 1) return name;
    // In "v1.2[<thumbprint>]" the dot starts no ending.
    const bool bare = pathText(name).ends_with(']');
    auto numbered = bare ? name : name.stem();
    numbered += fmt::format(" ({})", number);
    if (!bare) numbered += name.extension();
    return numbered;
}

bool hasGeneratedName(const std::filesystem::path& name, FileNaming naming) {
    const auto text = pathText(name);
    const auto ending = naming == FileNaming::WithoutEnding  ? std::string_view{}
                        : naming == FileNaming::LowerCasePem ? kPemEnding
                                                             : kCertificateEnding;
    if (!text.ends_with(ending)) return false;
    const auto stem = withoutNumber(std::string_view{text}.substr(0, text.size() - ending.size()));
    const bool digitsAlone = stem.size() == kThumbprintDigits && std::all_of(stem.begin(), stem.end(), isHexDigit);
    if (naming == FileNaming::LowerCaseThumbprint) return digitsAlone;
    if (naming == FileNaming::ExactCommonName && digitsAlone) return true;
    if (stem.size() < kThumbprintDigits + 2 || !stem.ends_with(']')) return false;
    const auto digits = stem.substr(stem.size() - kThumbprintDigits - 1, kThumbprintDigits);
    return stem[stem.size() - kThumbprintDigits - 2] == '[' && std::all_of(digits.begin(), digits.end(), isHexDigit);
}

std::optional<CertificateId> certificateIdFrom(std::string_view text) {
    const auto octets = fromHex(text);
    CertificateId id;
    if (!octets || octets->size() != id.sha256.size()) return {};
    std::copy(octets->begin(), octets->end(), id.sha256.begin());
    return id;
}

bool isTemporary(const std::filesystem::path& name) { return pathText(name).ends_with(".tmp"); }

bool isUnfinished(const std::filesystem::path& name) {
    constexpr std::size_t digits = 16;
    if (!isTemporary(name)) return false;
    const auto text = pathText(name.stem());
    const auto random = text.rfind('.');
    if (random == std::string::npos || random == 0 || text.size() - random - 1 != digits || text.front() != '.') return false;
    const auto process = text.rfind('.', random - 1);
    if (process == std::string::npos || process == 0 || process + 1 == random) return false;
    const auto isDecimal = [](char c) { return c >= '0' && c <= '9'; };
    const auto isHex = [&](char c) { return isDecimal(c) || (c >= 'a' && c <= 'f'); };
    const auto at = [&](std::size_t index) { return text.begin() + static_cast<std::ptrdiff_t>(index); };
    return std::all_of(at(process + 1), at(random), isDecimal) && std::all_of(at(random + 1), text.end(), isHex);
}

}  // namespace detail

std::string certificateFileName(const Certificate& certificate) {
    return detail::fileName(certificate.subject(), detail::annexTail(certificate.thumbprint(), detail::kCertificateEnding));
}

}  // namespace uatrust
