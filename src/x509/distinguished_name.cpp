#include <uatrust/x509/distinguished_name.hpp>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "x509/asn1.hpp"
#include "x509/distinguished_name_data.hpp"

namespace uatrust {
namespace {

using namespace detail;

// A text for people, not a copy of the name: nobody reads on after this many characters.
constexpr std::size_t maxTextLength = 1024;
constexpr std::size_t maxParsedLength = 16384;

// RFC 2253, but in UTF-8 and with a space behind each comma: "CN=plc-7, O=Acme". Control characters are left to
// printable(), which also knows those above ASCII.
constexpr unsigned long stringFlags = ASN1_STRFLGS_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB | ASN1_STRFLGS_ESC_CTRL);
constexpr unsigned long specificLastFlags = stringFlags | XN_FLAG_SEP_CPLUS_SPC | XN_FLAG_FN_SN | XN_FLAG_DUMP_UNKNOWN_FIELDS;

int typeAt(const X509_NAME* name, int index) { return OBJ_obj2nid(X509_NAME_ENTRY_get_object(X509_NAME_get_entry(name, index))); }

// Most names stand with the most specific attribute last, some the other way round; what people look for is the CN.
unsigned long printFlags(const X509_NAME* name) {
    const int count = X509_NAME_entry_count(name);
    const bool specificFirst = count > 1 && typeAt(name, 0) == NID_commonName && typeAt(name, count - 1) != NID_commonName;
    return specificFirst ? specificLastFlags : specificLastFlags | XN_FLAG_DN_REV;
}

std::string printed(const X509_NAME* name) {
    const BioPtr out{BIO_new(BIO_s_mem())};
    if (!out || X509_NAME_print_ex(out.get(), name, 0, printFlags(name)) < 0) return "(a name that cannot be shown)";
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return printable({text, static_cast<std::size_t>(size)}, maxTextLength);
}

std::string firstOf(const X509_NAME* name, int type) {
    const int index = X509_NAME_get_index_by_NID(const_cast<X509_NAME*>(name), type, -1);
    if (index < 0) return {};
    std::uint8_t* raw = nullptr;
    const int size = ASN1_STRING_to_UTF8(&raw, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
    const OpenSslBuffer owned{raw};
    return size > 0 ? printable(asText({raw, static_cast<std::size_t>(size)}), maxTextLength) : std::string{};
}

/// The attribute types that can be written by a short name, with the spellings that other products use.
struct TypeRow {
    std::string_view name;
    const char* openSslName;
};
constexpr std::array typeRows{TypeRow{"CN", "CN"},
                              TypeRow{"O", "O"},
                              TypeRow{"OU", "OU"},
                              TypeRow{"DC", "DC"},
                              TypeRow{"L", "L"},
                              TypeRow{"ST", "ST"},
                              TypeRow{"S", "ST"},
                              TypeRow{"C", "C"},
                              TypeRow{"STREET", "street"},
                              TypeRow{"UID", "UID"},
                              TypeRow{"E", "emailAddress"},
                              TypeRow{"EMAILADDRESS", "emailAddress"},
                              TypeRow{"T", "title"},
                              TypeRow{"TITLE", "title"},
                              TypeRow{"SERIALNUMBER", "serialNumber"}};

bool sameLetters(std::string_view a, std::string_view upperCase) noexcept {
    return std::equal(a.begin(), a.end(), upperCase.begin(), upperCase.end(),
                      [](char x, char y) { return (x >= 'a' && x <= 'z' ? static_cast<char>(x - 'a' + 'A') : x) == y; });
}

bool looksLikeOid(std::string_view text) noexcept {
    const bool hasArcs = text.find('.') != std::string_view::npos && text.find("..") == std::string_view::npos;
    return hasArcs && text.front() != '.' && text.back() != '.' && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::optional<std::string> openSslTypeOf(std::string_view type) {
    if (looksLikeOid(type)) return std::string{type};
    const auto* row = std::find_if(typeRows.begin(), typeRows.end(), [=](const TypeRow& r) { return sameLetters(type, r.name); });
    return row != typeRows.end() ? std::optional<std::string>{row->openSslName} : std::nullopt;
}

Error unknownType(std::string_view type) {
    return {StatusCode::BadInvalidArgument, fmt::format("'{}' is no type of attribute for the name of a certificate", printable(type, 64)),
            "use CN, O, OU, DC, L, ST, C or a dotted object identifier"};
}

Result<void> append(X509_NAME* name, const NameAttribute& attribute) {
    const auto type = openSslTypeOf(attribute.type);
    if (!type) return unknownType(attribute.type);
    const auto value = asBytes(attribute.value);
    // Bounds first: the length is an int for OpenSSL, and types without a bound of their own exist.
    const bool fits = !value.empty() && value.size() <= 4096;
    if (!fits || X509_NAME_add_entry_by_txt(name, type->c_str(), MBSTRING_UTF8, value.data(), static_cast<int>(value.size()), -1, 0) != 1) {
        return Error{
            StatusCode::BadInvalidArgument,
            fmt::format("'{}' cannot be the value of {} in the name of a certificate", printable(attribute.value, 80), attribute.type),
            "use UTF-8 that is not empty and not longer than RFC 5280, Annex A allows: 64 characters for most types, 2 for C"};
    }
    return {};
}

// ---- reading text

bool isBlank(char c) noexcept { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && isBlank(text.front())) text.remove_prefix(1);
    while (!text.empty() && isBlank(text.back())) text.remove_suffix(1);
    return text;
}

// What stands before the first '=', when that can be a type.
std::optional<std::string_view> leadingType(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const auto type = trimmed(text.substr(0, equals));
    return openSslTypeOf(type) ? std::optional{type} : std::nullopt;
}

// "O=Acme, Inc." and "O=Acme A/S" are one attribute: a separator is one only when a type and '=' follow.
bool endsHere(std::string_view rest) { return (rest.front() == '/' || rest.front() == ',') && leadingType(rest.substr(1)).has_value(); }

// RFC 2253, 3: a backslash before a special character or before two hexadecimal digits.
char unescaped(std::string_view& rest) {
    rest.remove_prefix(1);
    if (const auto octet = rest.size() >= 2 ? fromHex(rest.substr(0, 2)) : std::nullopt) {
        rest.remove_prefix(2);
        return static_cast<char>(octet->front());
    }
    const char c = rest.front();
    rest.remove_prefix(1);
    return c;
}

std::string takeQuoted(std::string_view& rest) {
    rest.remove_prefix(1);
    std::string value;
    while (!rest.empty() && rest.front() != '"') {
        if (rest.front() == '\\' && rest.size() > 1) {
            value += unescaped(rest);
        } else {
            value += rest.front();
            rest.remove_prefix(1);
        }
    }
    if (!rest.empty()) rest.remove_prefix(1);
    return value;
}

std::string takeValue(std::string_view& rest) {
    rest = trimmed(rest);
    if (rest.starts_with('"')) return takeQuoted(rest);
    std::string value;
    std::size_t kept = 0;  // blanks behind it belong to the value only when something follows or they were escaped
    while (!rest.empty() && !endsHere(rest)) {
        if (rest.front() == '\\' && rest.size() > 1) {
            value += unescaped(rest);
            kept = value.size();
        } else {
            value += rest.front();
            rest.remove_prefix(1);
            if (!isBlank(value.back())) kept = value.size();
        }
    }
    value.resize(kept);
    return value;
}

Error noName(std::string_view text) {
    return {StatusCode::BadInvalidArgument, fmt::format("'{}' is no name for a certificate", printable(text, 80)),
            "write attributes like CN=plc-7/O=Acme"};
}

}  // namespace

const DistinguishedName::Data::Texts& DistinguishedName::Data::texts() const {
    std::call_once(textsOnce_, [this] {
        const ErrorQueueGuard guard;
        texts_ = {printed(name.get()), firstOf(name.get(), NID_commonName), firstOf(name.get(), NID_organizationName)};
    });
    return texts_;
}

std::string DistinguishedName::Data::makeCommonName() const {
    const ErrorQueueGuard guard;
    return firstOf(name.get(), NID_commonName);
}

std::size_t DistinguishedName::Data::hash() const {
    auto hash = hash_.load(std::memory_order_relaxed);
    if (hash == 0) hash_.store(hash = X509_NAME_hash_ex(name.get(), nullptr, nullptr, nullptr), std::memory_order_relaxed);
    return hash;
}

Result<DistinguishedName> DistinguishedName::make(const std::vector<NameAttribute>& attributes) {
    const ErrorQueueGuard guard;
    const X509NamePtr name{X509_NAME_new()};
    for (const auto& attribute : attributes) {
        if (const auto done = append(name.get(), attribute); !done) return done.error();
    }
    return fromDer(toDer(&i2d_X509_NAME, name.get()));
}

Result<DistinguishedName> DistinguishedName::fromDer(ByteView der) {
    const ErrorQueueGuard guard;
    DerReader reader{der};
    if (!reader.next(derSequence) || !reader.atEnd()) return malformed("name of a certificate", "it is no DER SEQUENCE");
    const std::uint8_t* at = der.data();
    X509NamePtr name{d2i_X509_NAME(nullptr, &at, static_cast<long>(der.size()))};
    if (!name || at != der.data() + der.size()) {
        return malformed("name of a certificate", "it does not decode, or a text in it is not in the encoding it claims");
    }
    return DistinguishedName{std::make_shared<const Data>(std::move(name), der)};
}

Result<DistinguishedName> DistinguishedName::parse(std::string_view text) {
    if (text.size() > maxParsedLength) return noName(text);
    auto rest = trimmed(text);
    if (rest.starts_with('/')) rest.remove_prefix(1);
    std::vector<NameAttribute> attributes;
    do {
        const auto equals = rest.find('=');
        if (equals == std::string_view::npos) return noName(text);
        const auto type = trimmed(rest.substr(0, equals));
        rest.remove_prefix(equals + 1);
        attributes.push_back({std::string{type}, takeValue(rest)});
        rest = trimmed(rest);
        if (!rest.empty() && !endsHere(rest)) return noName(text);
        if (!rest.empty()) rest.remove_prefix(1);
    } while (!rest.empty());
    return make(attributes);
}

const std::string& DistinguishedName::text() const noexcept { return data_->texts().whole; }
const std::string& DistinguishedName::commonName() const noexcept { return data_->texts().commonName; }
const std::string& DistinguishedName::organization() const noexcept { return data_->texts().organization; }
ByteView DistinguishedName::der() const noexcept { return data_->der; }
bool DistinguishedName::empty() const noexcept { return X509_NAME_entry_count(data_->name.get()) == 0; }
std::size_t DistinguishedName::hash() const noexcept { return data_->hash(); }

bool operator==(const DistinguishedName& a, const DistinguishedName& b) noexcept {
    return &a.data() == &b.data() || X509_NAME_cmp(a.data().name.get(), b.data().name.get()) == 0;
}

}  // namespace uatrust
