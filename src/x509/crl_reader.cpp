#include "x509/crl_reader.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "x509/asn1.hpp"
#include "x509/extensions.hpp"

namespace uatrust::detail {
namespace {

constexpr std::string_view kind = "certificate revocation list";

/// A reader says what is wrong, or nothing.
using Complaint = std::optional<std::string>;

std::string reasonName(std::uint8_t reason) {
    const auto name = crlReasonName(reason);
    return name.empty() ? fmt::format("reason {}", reason) : std::string{name};
}

// What is not understood may take back what the list says (RFC 5280, 5.2 and 5.3), so the first cause is enough.
void becomesIncomplete(CrlContents& out, std::string why) {
    if (out.incompleteBecause.empty()) out.incompleteBecause = std::move(why);
}

std::string unknownCritical(ByteView oid) {
    return fmt::format("has the critical extension {}", oidText(oid).value_or("without a proper name"));
}

// ---- extensions of the list

Complaint readNumber(const RawExtension& extension, CrlContents& out) {
    DerReader reader{extension.value};
    const auto number = reader.next(derInteger);
    if (!number || !reader.atEnd() || !integerIsMinimal(number->content)) return "its cRLNumber does not decode";
    out.number = integerText(number->content);
    if (out.number.starts_with('-')) return "its cRLNumber is negative";
    if (out.number.size() > 1 && out.number.starts_with('0')) out.number.erase(0, 1);
    return std::nullopt;
}

Complaint readAuthorityKey(const RawExtension& extension, CrlContents& out) {
    auto identifier = readAuthorityKeyIdentifier(extension.value);
    if (!identifier) return "its authorityKeyIdentifier does not decode";
    out.authorityKeyIdentifier = std::move(*identifier);
    return std::nullopt;
}

Complaint readDeltaIndicator(const RawExtension&, CrlContents& out) {
    becomesIncomplete(out, "is a delta: it lists only what changed since another list");
    return std::nullopt;
}

Complaint readIssuingDistributionPoint(const RawExtension& extension, CrlContents& out) {
    const auto point = decodeItem<ISSUING_DIST_POINT>(extension.value, ASN1_ITEM_rptr(ISSUING_DIST_POINT));
    if (!point) return "its issuingDistributionPoint does not decode";
    if (point->indirectCRL > 0) becomesIncomplete(out, "is indirect: it lists certificates of other issuers too");
    if (point->onlyuser > 0) becomesIncomplete(out, "is for end entity certificates only");
    if (point->onlyCA > 0) becomesIncomplete(out, "is for CA certificates only");
    if (point->onlyattr > 0) becomesIncomplete(out, "is for attribute certificates only");
    if (point->onlysomereasons != nullptr) becomesIncomplete(out, "is for some reasons of revocation only");
    if (point->distpoint != nullptr) becomesIncomplete(out, "is for the certificates of one distribution point only");
    return std::nullopt;
}

// Where newer lists are and other names of the issuer: understood as far as there is something to do about them.
Complaint readHint(const RawExtension&, CrlContents&) { return std::nullopt; }

struct Reader {
    std::array<std::uint8_t, 3> oid;  ///< content octets; all of them begin with 2.5.29
    Complaint (*read)(const RawExtension&, CrlContents&);
};
constexpr std::array readers{Reader{{0x55, 0x1D, 18}, &readHint},           Reader{{0x55, 0x1D, 20}, &readNumber},
                             Reader{{0x55, 0x1D, 27}, &readDeltaIndicator}, Reader{{0x55, 0x1D, 28}, &readIssuingDistributionPoint},
                             Reader{{0x55, 0x1D, 35}, &readAuthorityKey},   Reader{{0x55, 0x1D, 46}, &readHint}};

Complaint readExtension(const RawExtension& extension, CrlContents& out) {
    const auto* reader = std::find_if(readers.begin(), readers.end(), [&](const Reader& r) { return equalBytes(r.oid, extension.oid); });
    if (reader != readers.end()) return reader->read(extension, out);
    if (extension.critical) becomesIncomplete(out, unknownCritical(extension.oid));
    return std::nullopt;
}

Complaint readExtensions(ByteView content, CrlContents& out) {
    DerReader outer{content};
    const auto sequence = outer.next(derSequence);
    if (!sequence || !outer.atEnd()) return "its extensions are no SEQUENCE";
    const auto list = readExtensionList(sequence->content, kind);
    if (!list) return "one of its extensions does not decode or stands there twice";
    for (const auto& extension : *list) {
        if (auto complaint = readExtension(extension, out)) return complaint;
    }
    return std::nullopt;
}

// ---- entries

constexpr std::array<std::uint8_t, 3> reasonCode{0x55, 0x1D, 21};
constexpr std::array<std::uint8_t, 3> holdInstruction{0x55, 0x1D, 23};
constexpr std::array<std::uint8_t, 3> invalidityDate{0x55, 0x1D, 24};
constexpr std::array<std::uint8_t, 3> certificateIssuer{0x55, 0x1D, 29};

/// EntryDetails is what stands behind the serial number.
struct EntryDetails {
    RevokedEntry entry{};
    bool hasExtensions = false;
    std::string incompleteBecause{};
};

bool readReason(ByteView value, RevokedEntry& out) {
    DerReader reader{value};
    const auto reason = reader.next(derEnumerated);
    if (!reason || !reader.atEnd() || reason->content.size() != 1) return false;
    out.reason = reasonName(reason->content[0]);
    return true;
}

bool readEntryExtension(const RawExtension& extension, EntryDetails& out) {
    if (equalBytes(extension.oid, reasonCode)) return readReason(extension.value, out.entry);
    if (equalBytes(extension.oid, certificateIssuer)) {
        out.incompleteBecause = "is indirect: it lists certificates of other issuers too";
        return true;
    }
    const bool changesNothing = equalBytes(extension.oid, invalidityDate) || equalBytes(extension.oid, holdInstruction);
    if (extension.critical && !changesNothing) out.incompleteBecause = unknownCritical(extension.oid) + " on one of its entries";
    return true;
}

std::optional<EntryDetails> readDetails(ByteView rest) {
    DerReader reader{rest};
    const auto date = reader.next();
    const auto revokedAt = date ? readTime(*date) : std::nullopt;
    if (!revokedAt) return std::nullopt;
    EntryDetails details{{*revokedAt, {}}, false, {}};
    if (reader.atEnd()) return details;
    const auto extensions = reader.next(derSequence);
    if (!extensions || !reader.atEnd()) return std::nullopt;
    const auto list = readExtensionList(extensions->content, kind);
    if (!list) return std::nullopt;
    details.hasExtensions = true;
    for (const auto& extension : *list) {
        if (!readEntryExtension(extension, details)) return std::nullopt;
    }
    return details;
}

// Any order will do that is the same everywhere and quick to tell.
bool lessSerial(ByteView a, ByteView b) noexcept { return a.size() != b.size() ? a.size() < b.size() : asText(a) < asText(b); }
bool lessEntry(const CrlEntry& a, const CrlEntry& b) noexcept { return lessSerial(a.serialNumber, b.serialNumber); }

// Most issuers write their lists in order, and half a million entries are not sorted for nothing.
void sort(std::vector<CrlEntry>& entries) {
    if (!std::is_sorted(entries.begin(), entries.end(), &lessEntry)) std::stable_sort(entries.begin(), entries.end(), &lessEntry);
}

/// ContentsReader reads one field after the other. Each step says what is wrong, or nothing.
class ContentsReader {
public:
    explicit ContentsReader(ByteView content) noexcept : reader_{content} {}

    Complaint read(CrlContents& out) {
        using Step = Complaint (ContentsReader::*)(CrlContents&);
        constexpr std::array<Step, 6> steps{&ContentsReader::version, &ContentsReader::algorithmAndIssuer, &ContentsReader::dates,
                                            &ContentsReader::entries, &ContentsReader::extensions,         &ContentsReader::end};
        for (const Step step : steps) {
            if (auto complaint = (this->*step)(out)) return complaint;
        }
        sort(out.entries);
        return std::nullopt;
    }

private:
    // Version 1 is written by leaving it out.
    Complaint version(CrlContents&) {
        const auto number = reader_.next(derInteger);
        version2_ = number && number->content.size() == 1 && number->content[0] == 1;
        return version2_ || !number ? Complaint{} : "its version is neither 1 nor 2";
    }

    Complaint algorithmAndIssuer(CrlContents& out) {
        const auto signature = reader_.next(derSequence);
        const auto issuer = reader_.next(derSequence);
        if (!signature || !issuer) return "signature algorithm and issuer do not follow each other";
        out.signature = signature->whole;
        out.issuer = issuer->whole;
        return std::nullopt;
    }

    std::optional<DerElement> nextTime() {
        const auto utc = reader_.next(derUtcTime);
        return utc ? utc : reader_.next(derGeneralizedTime);
    }

    Complaint dates(CrlContents& out) {
        const auto first = nextTime();
        const auto thisUpdate = first ? readTime(*first) : std::nullopt;
        if (!thisUpdate) return "its thisUpdate is no date of RFC 5280, 5.1.2.4";
        out.thisUpdate = *thisUpdate;
        const auto second = nextTime();
        if (!second) return std::nullopt;
        out.nextUpdate = readTime(*second);
        return out.nextUpdate ? Complaint{} : "its nextUpdate is no date of RFC 5280, 5.1.2.5";
    }

    Complaint entries(CrlContents& out) {
        const auto list = reader_.next(derSequence);
        if (!list) return std::nullopt;
        for (DerReader entry{list->content}; !entry.atEnd();) {
            if (auto complaint = readEntry(entry, out)) return complaint;
        }
        return std::nullopt;
    }

    Complaint readEntry(DerReader& list, CrlContents& out) const {
        const auto whole = list.next(derSequence);
        DerReader reader{whole ? whole->content : ByteView{}};
        const auto serialNumber = reader.next(derInteger);
        if (!serialNumber || !integerIsMinimal(serialNumber->content)) return "one of its entries does not decode";
        const CrlEntry entry{serialNumber->content, whole->content.subspan(serialNumber->whole.size())};
        auto details = readDetails(entry.rest);
        if (!details) return fmt::format("its entry for the serial number {} does not decode", integerText(entry.serialNumber));
        if (details->hasExtensions && !version2_) return "it has extensions although its version is 1";
        if (!details->incompleteBecause.empty()) becomesIncomplete(out, std::move(details->incompleteBecause));
        out.entries.push_back(entry);
        return std::nullopt;
    }

    Complaint extensions(CrlContents& out) {
        const auto field = reader_.next(derExplicit(0));
        if (!field) return std::nullopt;
        if (!version2_) return "it has extensions although its version is 1";
        return readExtensions(field->content, out);
    }

    Complaint end(CrlContents&) { return reader_.atEnd() ? Complaint{} : "it has a field that no such list has"; }

    DerReader reader_;
    bool version2_ = false;
};

}  // namespace

// 7 is not used.
std::string_view crlReasonName(std::uint8_t reason) noexcept {
    constexpr std::array<std::string_view, 11> names{"unspecified",   "keyCompromise",        "cACompromise",    "affiliationChanged",
                                                     "superseded",    "cessationOfOperation", "certificateHold", "",
                                                     "removeFromCRL", "privilegeWithdrawn",   "aACompromise"};
    return reason < names.size() ? names[reason] : std::string_view{};
}

Result<CrlContents> readCrlContents(ByteView content) {
    const ErrorQueueGuard guard;
    CrlContents contents;
    if (const auto complaint = ContentsReader{content}.read(contents)) return malformed(kind, *complaint);
    return contents;
}

const CrlEntry* findCrlEntry(const std::vector<CrlEntry>& entries, ByteView serialNumber) noexcept {
    const auto at = std::lower_bound(entries.begin(), entries.end(), CrlEntry{serialNumber, {}}, &lessEntry);
    return at != entries.end() && equalBytes(at->serialNumber, serialNumber) ? &*at : nullptr;
}

// An entry that takes another one back (removeFromCRL) has its place in a delta only. In a list that claims to be
// complete it still names the serial number, and counts as revoked.
RevokedEntry readRevokedEntry(const CrlEntry& entry) {
    const auto details = readDetails(entry.rest);
    return details ? details->entry : RevokedEntry{};
}

}  // namespace uatrust::detail
