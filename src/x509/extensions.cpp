#include "x509/extensions.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "x509/asn1.hpp"

namespace uatrust::detail {
namespace {

/// A reader says what is wrong with the extension's value, or nothing.
using Complaint = std::optional<std::string>;
constexpr std::nullopt_t fine = std::nullopt;

Complaint readKeyUsage(const RawExtension& extension, CertificateExtensions& out) {
    const auto value = decodeItem<ASN1_BIT_STRING>(extension.value, ASN1_ITEM_rptr(ASN1_BIT_STRING));
    if (!value) return "its keyUsage does not decode";
    KeyUsageSet usage{0, extension.critical};
    for (unsigned bit = 0; bit < 9; ++bit) {
        if (ASN1_BIT_STRING_get_bit(value.get(), static_cast<int>(bit)) == 1)
            usage.bits = static_cast<std::uint16_t>(unsigned{usage.bits} | 1U << bit);
    }
    out.keyUsage = usage;
    return fine;
}

Complaint readExtendedKeyUsage(const RawExtension& extension, CertificateExtensions& out) {
    DerReader outer{extension.value};
    const auto sequence = outer.next(derSequence);
    if (!sequence || !outer.atEnd()) return "its extKeyUsage does not decode";
    ExtendedKeyUsageSet usage{{}, extension.critical};
    for (DerReader reader{sequence->content}; !reader.atEnd();) {
        const auto oid = reader.next(derObjectIdentifier);
        const auto text = oid ? oidText(oid->content) : std::nullopt;
        if (!text) return "its extKeyUsage does not decode";
        usage.oids.push_back(*text);
    }
    out.extendedKeyUsage = std::move(usage);
    return fine;
}

Complaint readBasicConstraints(const RawExtension& extension, CertificateExtensions& out) {
    const auto value = decodeItem<BASIC_CONSTRAINTS>(extension.value, ASN1_ITEM_rptr(BASIC_CONSTRAINTS));
    if (!value) return "its basicConstraints do not decode";
    BasicConstraints constraints{value->ca != 0, std::nullopt, extension.critical};
    if (value->pathlen != nullptr) {
        std::uint64_t length = 0;
        if (ASN1_INTEGER_get_uint64(&length, value->pathlen) != 1 || length > UINT32_MAX) {
            return "the pathLenConstraint of its basicConstraints is no possible length";
        }
        constraints.pathLength = static_cast<unsigned>(length);
    }
    out.basicConstraints = constraints;
    return fine;
}

// An IA5String is ASCII; a NUL in a name is there to make two programs read two different names.
bool isCleanIa5(ByteView octets) noexcept {
    return std::all_of(octets.begin(), octets.end(), [](std::uint8_t octet) { return octet != 0 && octet < 0x80; });
}

Complaint readIa5Name(const ASN1_IA5STRING* name, std::vector<std::string>& out) {
    const auto octets = octetsOf(name);
    if (!isCleanIa5(octets)) return "a name in its subjectAltName has octets that are no characters of an IA5String";
    out.emplace_back(asText(octets));
    return fine;
}

// RFC 5280, 4.2.1.6: four octets for IPv4, sixteen for IPv6.
Complaint readAddress(const ASN1_OCTET_STRING* address, std::vector<std::vector<std::uint8_t>>& out) {
    const auto octets = octetsOf(address);
    if (octets.size() != 4 && octets.size() != 16) {
        return fmt::format("an iPAddress in its subjectAltName has {} octets instead of 4 or 16", octets.size());
    }
    out.emplace_back(octets.begin(), octets.end());
    return fine;
}

Complaint readGeneralName(const GENERAL_NAME* name, CertificateExtensions& out) {
    if (name->type == GEN_URI) return readIa5Name(name->d.uniformResourceIdentifier, out.uris);
    if (name->type == GEN_DNS) return readIa5Name(name->d.dNSName, out.dnsNames);
    if (name->type == GEN_IPADD) return readAddress(name->d.iPAddress, out.ipAddresses);
    return fine;
}

Complaint readSubjectAltName(const RawExtension& extension, CertificateExtensions& out) {
    const auto names = decodeItem<GENERAL_NAMES>(extension.value, ASN1_ITEM_rptr(GENERAL_NAMES));
    if (!names) return "its subjectAltName does not decode";
    if (sk_GENERAL_NAME_num(names.get()) == 0) return "its subjectAltName is empty";  // RFC 5280, 4.2.1.6: at least one
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        if (auto complaint = readGeneralName(sk_GENERAL_NAME_value(names.get(), i), out)) return complaint;
    }
    return fine;
}

Complaint readSubjectKeyIdentifier(const RawExtension& extension, CertificateExtensions& out) {
    DerReader reader{extension.value};
    const auto identifier = reader.next(derOctetString);
    if (!identifier || !reader.atEnd()) return "its subjectKeyIdentifier does not decode";
    out.subjectKeyIdentifier.assign(identifier->content.begin(), identifier->content.end());
    return fine;
}

Complaint readAuthorityKey(const RawExtension& extension, CertificateExtensions& out) {
    auto identifier = readAuthorityKeyIdentifier(extension.value);
    if (!identifier) return "its authorityKeyIdentifier does not decode";
    out.authorityKeyIdentifier = std::move(*identifier);
    return fine;
}

// RFC 5280, 4.2.1.10: an address and a mask in the style of RFC 4632, which is ones and then zeros.
bool isAddressWithMask(ByteView octets) noexcept {
    if (octets.size() != 8 && octets.size() != 32) return false;
    bool ended = false;
    for (const auto octet : octets.subspan(octets.size() / 2)) {
        for (unsigned bit = 0x80; bit != 0; bit >>= 1U) {
            if ((octet & bit) == 0) ended = true;
            if ((octet & bit) != 0 && ended) return false;
        }
    }
    return true;
}

bool isProperSubtrees(const STACK_OF(GENERAL_SUBTREE) * subtrees) {
    if (subtrees == nullptr) return true;
    for (int i = 0; i < sk_GENERAL_SUBTREE_num(subtrees); ++i) {
        const GENERAL_NAME* base = sk_GENERAL_SUBTREE_value(subtrees, i)->base;
        if (base->type == GEN_IPADD && !isAddressWithMask(octetsOf(base->d.iPAddress))) return false;
    }
    return sk_GENERAL_SUBTREE_num(subtrees) > 0;
}

// Whom it lets pass is for the check of the path; that it is one is for here.
Complaint readNameConstraints(const RawExtension& extension, CertificateExtensions& out) {
    const auto constraints = decodeItem<NAME_CONSTRAINTS>(extension.value, ASN1_ITEM_rptr(NAME_CONSTRAINTS));
    if (!constraints) return "its nameConstraints do not decode";
    const bool empty = constraints->permittedSubtrees == nullptr && constraints->excludedSubtrees == nullptr;
    if (empty || !isProperSubtrees(constraints->permittedSubtrees) || !isProperSubtrees(constraints->excludedSubtrees)) {
        return "its nameConstraints are empty, or an address in them has no proper mask";
    }
    out.hasNameConstraints = true;
    return fine;
}

// The other three mean something only where a policyConstraints demands an explicit policy: OPC UA itself demands none.
// Then OpenSSL evaluates them all (validation/certificate_policies.hpp).
Complaint readPolicyConstraints(const RawExtension& extension, CertificateExtensions& out) {
    const auto constraints = decodeItem<POLICY_CONSTRAINTS>(extension.value, ASN1_ITEM_rptr(POLICY_CONSTRAINTS));
    if (!constraints) return "its policyConstraints do not decode";
    // RFC 5280, 4.2.1.11: shall not be an empty sequence
    if (constraints->requireExplicitPolicy == nullptr && constraints->inhibitPolicyMapping == nullptr)
        return "its policyConstraints are empty";
    out.hasPolicyConstraints = true;
    if (constraints->requireExplicitPolicy == nullptr) return fine;
    std::uint64_t skip = 0;
    if (ASN1_INTEGER_get_uint64(&skip, constraints->requireExplicitPolicy) != 1) {
        return "the requireExplicitPolicy of its policyConstraints is no possible number of certificates";
    }
    out.requireExplicitPolicy = skip;
    return fine;
}

Complaint readCertificatePolicies(const RawExtension& extension, CertificateExtensions& out) {
    out.hasPolicies = true;
    const auto policies = decodeItem<CERTIFICATEPOLICIES>(extension.value, ASN1_ITEM_rptr(CERTIFICATEPOLICIES));
    return policies ? Complaint{} : "its certificatePolicies do not decode";
}

Complaint readPolicyMappings(const RawExtension& extension, CertificateExtensions&) {
    const auto mappings = decodeItem<POLICY_MAPPINGS>(extension.value, ASN1_ITEM_rptr(POLICY_MAPPINGS));
    if (!mappings) return "its policyMappings do not decode";
    for (int i = 0; i < sk_POLICY_MAPPING_num(mappings.get()); ++i) {
        const POLICY_MAPPING* mapping = sk_POLICY_MAPPING_value(mappings.get(), i);
        // RFC 5280, 6.1.4 (a)
        if (OBJ_obj2nid(mapping->issuerDomainPolicy) == NID_any_policy || OBJ_obj2nid(mapping->subjectDomainPolicy) == NID_any_policy) {
            return "its policyMappings map anyPolicy";
        }
    }
    return fine;
}

Complaint readInhibitAnyPolicy(const RawExtension& extension, CertificateExtensions&) {
    DerReader reader{extension.value};
    const auto skipCerts = reader.next(derInteger);
    return skipCerts && reader.atEnd() ? Complaint{} : "its inhibitAnyPolicy does not decode";
}

struct Reader {
    std::array<std::uint8_t, 3> oid;  ///< content octets; all of them begin with 2.5.29
    Complaint (*read)(const RawExtension&, CertificateExtensions&);
};
constexpr std::array readers{Reader{{0x55, 0x1D, 14}, &readSubjectKeyIdentifier}, Reader{{0x55, 0x1D, 15}, &readKeyUsage},
                             Reader{{0x55, 0x1D, 17}, &readSubjectAltName},       Reader{{0x55, 0x1D, 19}, &readBasicConstraints},
                             Reader{{0x55, 0x1D, 30}, &readNameConstraints},      Reader{{0x55, 0x1D, 32}, &readCertificatePolicies},
                             Reader{{0x55, 0x1D, 33}, &readPolicyMappings},       Reader{{0x55, 0x1D, 35}, &readAuthorityKey},
                             Reader{{0x55, 0x1D, 36}, &readPolicyConstraints},    Reader{{0x55, 0x1D, 37}, &readExtendedKeyUsage},
                             Reader{{0x55, 0x1D, 54}, &readInhibitAnyPolicy}};

const Reader* readerOf(ByteView oid) noexcept {
    const auto* reader = std::find_if(readers.begin(), readers.end(), [=](const Reader& r) { return equalBytes(r.oid, oid); });
    return reader != readers.end() ? reader : nullptr;
}

Complaint readOne(const RawExtension& extension, CertificateExtensions& out) {
    if (const auto* reader = readerOf(extension.oid)) return reader->read(extension, out);
    if (!extension.critical) return fine;
    const auto oid = oidText(extension.oid);
    if (!oid) return "one of its critical extensions has a name of more octets than any in use";
    out.unknownCritical.push_back(*oid);
    return fine;
}

std::optional<RawExtension> readRawExtension(DerReader& list) {
    const auto whole = list.next(derSequence);
    if (!whole) return std::nullopt;
    DerReader reader{whole->content};
    const auto oid = reader.next(derObjectIdentifier);
    const auto critical = reader.next(derBoolean);
    const auto value = reader.next(derOctetString);
    if (!oid || !oidIsWellFormed(oid->content) || !value || !reader.atEnd()) return std::nullopt;
    if (!critical) return RawExtension{oid->content, false, value->content};
    // X.690, 11.1: DER knows one TRUE. FALSE is the default and should not be written, but is by some.
    if (critical->content.size() != 1 || (critical->content[0] != 0x00 && critical->content[0] != 0xFF)) return std::nullopt;
    return RawExtension{oid->content, critical->content[0] == 0xFF, value->content};
}

std::optional<std::string> duplicateIn(const std::vector<RawExtension>& list) {
    std::vector<std::string_view> oids;
    oids.reserve(list.size());
    for (const auto& extension : list) oids.push_back(asText(extension.oid));
    std::sort(oids.begin(), oids.end());
    const auto twice = std::adjacent_find(oids.begin(), oids.end());
    return twice != oids.end() ? oidText(asBytes(*twice)).value_or("without a proper name") : std::optional<std::string>{};
}

}  // namespace

Result<std::vector<RawExtension>> readExtensionList(ByteView content, std::string_view what) {
    std::vector<RawExtension> list;
    for (DerReader reader{content}; !reader.atEnd();) {
        const auto extension = readRawExtension(reader);
        if (!extension) return malformed(what, "one of its extensions does not decode");
        list.push_back(*extension);
    }
    if (const auto oid = duplicateIn(list)) return malformed(what, fmt::format("it has the extension {} twice", *oid));
    return list;
}

Result<CertificateExtensions> readCertificateExtensions(ByteView content, std::string_view what) {
    const ErrorQueueGuard guard;
    const auto list = readExtensionList(content, what);
    if (!list) return list.error();
    CertificateExtensions extensions;
    for (const auto& extension : *list) {
        if (const auto complaint = readOne(extension, extensions)) return malformed(what, *complaint);
    }
    return extensions;
}

std::optional<Bytes> readAuthorityKeyIdentifier(ByteView value) {
    const ErrorQueueGuard guard;
    const auto decoded = decodeItem<AUTHORITY_KEYID>(value, ASN1_ITEM_rptr(AUTHORITY_KEYID));
    if (!decoded) return std::nullopt;
    if (decoded->keyid == nullptr) return Bytes{};
    const auto octets = octetsOf(decoded->keyid);
    return Bytes(octets.begin(), octets.end());
}

}  // namespace uatrust::detail
