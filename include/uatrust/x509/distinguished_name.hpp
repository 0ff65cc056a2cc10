#pragma once

#include <uatrust/core/bytes.hpp>
#include <uatrust/core/result.hpp>

#include <memory>

namespace uatrust {

/// NameAttribute is one attribute of a subject that uatrust writes, in the order given.
struct NameAttribute {
    std::string type;   ///< "CN", "O", "OU", "DC", "L", "ST", "C" or a dotted OID
    std::string value;  ///< UTF-8
};

/// DistinguishedName is the subject or issuer of a certificate, immutable and cheap to copy.
class UATRUST_API DistinguishedName {
public:
    /// Builds a name for a certificate of our own, in the order given. BadInvalidArgument for an unknown type, text
    /// that is empty or no UTF-8, or a value longer than RFC 5280, Annex A, allows.
    [[nodiscard]] static Result<DistinguishedName> make(const std::vector<NameAttribute>& attributes);

    /// Reads the DER Name. BadCertificateInvalid when it is none.
    [[nodiscard]] static Result<DistinguishedName> fromDer(ByteView der);

    /// parse() reads "CN=plc-7/O=Acme/DC=host" (OPC 10000-12, 7.9.3) and "CN=plc-7, O=Acme". '/' and ',' separate only
    /// where a type and '=' follow, so "O=Acme, Inc." is one attribute; quotes and backslashes work as in RFC 2253.
    /// Errors as make().
    [[nodiscard]] static Result<DistinguishedName> parse(std::string_view text);

    /// One line for people, "CN=plc-7, O=Acme": most specific attribute first as RFC 2253 has it, and a common name in
    /// front also where it is encoded in front. Separators within a value, control characters and characters that
    /// change the direction of text are escaped, so that a hostile name cannot fake a log line; at most 1024 characters.
    [[nodiscard]] const std::string& text() const noexcept;
    /// The first common name, made printable(); empty when there is none.
    [[nodiscard]] const std::string& commonName() const noexcept;
    /// The first organisation, made printable(); empty when there is none.
    [[nodiscard]] const std::string& organization() const noexcept;
    [[nodiscard]] ByteView der() const noexcept;
    [[nodiscard]] bool empty() const noexcept;

    /// Names are equal by the comparison of RFC 5280, 7.1: letter case and repeated spaces do not count.
    UATRUST_API friend bool operator==(const DistinguishedName& a, const DistinguishedName& b) noexcept;
    /// Equal names have equal hashes: a key for look-up tables, not an identity.
    [[nodiscard]] std::size_t hash() const noexcept;

    struct Data;
    explicit DistinguishedName(std::shared_ptr<const Data> data) noexcept : data_{std::move(data)} {}
    [[nodiscard]] const Data& data() const noexcept { return *data_; }

private:
    std::shared_ptr<const Data> data_;
};

/// printable() makes peer-supplied text safe for a terminal, a log line and a message: invalid UTF-8, control
/// characters, bidirectional overrides and characters that nobody sees become \xNN or \u{NNNN}. What is longer than
/// `maxLength` characters is cut there and marked "..."; an escape is never cut in two.
[[nodiscard]] UATRUST_API std::string printable(std::string_view text, std::size_t maxLength = 256);

}  // namespace uatrust
