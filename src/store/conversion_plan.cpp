#include "store/conversion_plan.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "detail/platform.hpp"
#include "store/file_names.hpp"
#include "store/folder_listing.hpp"
#include "store/own_names.hpp"

namespace uatrust::detail {
namespace {

constexpr unsigned kMaxNumber = 99;
constexpr std::size_t kMaxKeptName = 136;

// Which names of files a product looks at.
enum class TakesNames : std::uint8_t { Any, ByEnding, OwnOnly };

TakesNames takesNames(const LayoutPreset& preset) {
    switch (preset.id) {
        case LayoutId::Part12:
        case LayoutId::UaNetStandard:
        case LayoutId::UaNetStandardUsers:
        case LayoutId::UaNetStandardHttps:
        case LayoutId::Open62541Folders:
            return TakesNames::ByEnding;
        case LayoutId::Milo:        // it reads any, but removes by its own names alone
        case LayoutId::AsyncOpcua:  // it finds a certificate by the name
            return TakesNames::OwnOnly;
        default:
            return TakesNames::Any;
    }
}

DirectoryStoreOptions lookingOnly(DirectoryStoreOptions options) {
    options.readOnly = true;
    return options;
}

DirectoryStoreOptions optionsOf(const LayoutPreset* preset, const ConversionOptions& options) {
    auto made = storeOptions(*preset);
    made.keyPassphrase = options.keyPassphrase;
    return made;
}

std::string nameIn(const std::string& source) { return pathText(pathFromText(source).filename()); }

std::string folderFor(const DirectoryLayout& layout, StoreList list, bool crl) {
    if (list == StoreList::Rejected) return crl ? std::string{} : layout.rejected;
    if (list == StoreList::Blocked) return crl ? std::string{} : layout.blocked;
    if (list == StoreList::Trusted) return crl ? layout.trustedCrls : layout.trustedCertificates;
    return crl ? layout.issuerCrls : layout.issuerCertificates;
}

SecretBytes bytesOf(ByteView content) { return SecretBytes{Bytes{content.begin(), content.end()}}; }

std::string noFolder(const LayoutPreset& preset, std::string_view what, StoreList list) {
    return fmt::format("{} has no folder for {} of the {} list.", preset.name, what, storeListName(list));
}

bool hasCrl(const TrustSnapshot& snapshot, StoreList list, const Crl& crl) {
    const auto crls = snapshot.crls(list);
    return std::any_of(crls.begin(), crls.end(), [&](const StoredCrl& stored) { return stored.crl.id() == crl.id(); });
}

}  // namespace

ConversionPlanner::ConversionPlanner(const std::filesystem::path& from, const std::filesystem::path& to, const ConversionOptions& options)
    : to_{absolutePath(to)},
      fromPreset_{options.from},
      toPreset_{options.to},
      passphrase_{options.keyPassphrase},
      ownName_{options.ownName},
      targetOptions_{optionsOf(options.to, options)},
      from_{from, lookingOnly(optionsOf(options.from, options))},
      target_{to, lookingOnly(targetOptions_)} {}

Result<void> ConversionPlanner::run() {
    has_ = from_.snapshot();
    there_ = target_.snapshot();
    problems_.assign(has_->problems().begin(), has_->problems().end());
    for (const auto list : {StoreList::Trusted, StoreList::Issuers, StoreList::Rejected, StoreList::Blocked}) {
        for (const auto& stored : has_->certificates(list)) ++perFile_[stored.source];
        for (const auto& stored : has_->crls(list)) ++perFile_[stored.source];
    }
    for (const auto list : {StoreList::Trusted, StoreList::Issuers}) planCrls(list);
    for (const auto list : {StoreList::Blocked, StoreList::Issuers, StoreList::Trusted, StoreList::Rejected}) planCertificates(list);

    const auto own = from_.loadOwn();
    if (!own) return own.error();
    const auto ownThere = target_.loadOwn();
    if (!ownThere) return ownThere.error();
    problems_.insert(problems_.end(), own->problems.begin(), own->problems.end());
    planOwn(*own, *ownThere);
    return {};
}

void ConversionPlanner::leaveOut(ConversionItem item, std::string reason) {
    item.outcome = ConversionOutcome::LeftOut;
    item.reason = std::move(reason);
    steps_.push_back({std::move(item), {}});
}

void ConversionPlanner::alreadyThere(ConversionItem item) {
    item.outcome = ConversionOutcome::AlreadyThere;
    steps_.push_back({std::move(item), {}});
}

void ConversionPlanner::copy(ConversionItem item, std::string below, SecretBytes content) {
    names_.insert(below);
    item.target = std::move(below);
    steps_.push_back({std::move(item), std::move(content)});
}

bool ConversionPlanner::isTaken(const std::string& below) const {
    if (names_.contains(below)) return true;
    const auto file = to_ / pathFromText(below);
    return isLink(file) || readFile(file, 0).status() != StatusCode::BadNotFound;
}

// A name that the source's product or this library has made is made anew, as the target's product makes it.
std::string ConversionPlanner::keptName(const std::string& source, const std::string& generated, bool crl) const {
    const auto name = nameIn(source);
    const bool alone = perFile_.at(source) == 1;
    const bool plain = !name.empty() && name.front() != '.' && name.size() <= kMaxKeptName && name.find('\\') == std::string::npos;
    if (!alone || !plain || name == generated || isTemporary(pathFromText(name))) return {};
    switch (takesNames(*toPreset_)) {
        case TakesNames::OwnOnly:
            return {};
        case TakesNames::ByEnding:
            return (crl ? name.ends_with(".crl") : name.ends_with(".der") || name.ends_with(".pem")) ? name : std::string{};
        default:
            return name;
    }
}

void ConversionPlanner::place(ConversionItem item, const std::string& folder, const std::string& kept, const std::string& generated,
                              std::string_view pemLabel, ByteView der) {
    const auto name = pathFromText(kept.empty() ? generated : kept);
    const auto& naming = toPreset_->naming;
    const bool pem = kept.empty() ? naming == FileNaming::LowerCasePem : kept.ends_with(".pem");
    const auto content = fileContent(pem ? FileNaming::LowerCasePem : FileNaming::CommonNameThumbprint, pemLabel, der);
    const unsigned last = naming == FileNaming::ExactCommonName ? 1 : kMaxNumber;
    for (unsigned number = 1; number <= last; ++number) {
        auto below = fmt::format("{}/{}", folder, pathText(numberedName(name, number)));
        if (isTaken(below)) continue;
        return copy(std::move(item), std::move(below), bytesOf(content));
    }
    leaveOut(std::move(item), fmt::format("Something else has the name {}/{}.", folder, pathText(name)));
}

void ConversionPlanner::planCrls(StoreList list) {
    for (const auto& stored : has_->crls(list)) {
        ConversionItem item{.kind = ConversionKind::Crl, .list = list, .subject = stored.crl.issuer().text(), .source = stored.source};
        const auto folder = folderFor(toPreset_->layout, list, true);
        // Some products have one folder for those of both lists.
        const bool planned =
            list == StoreList::Issuers && folder == toPreset_->layout.trustedCrls && hasCrl(*has_, StoreList::Trusted, stored.crl);
        if (folder.empty()) {
            leaveOut(std::move(item), noFolder(*toPreset_, "revocation lists", list));
        } else if (planned || hasCrl(*there_, list, stored.crl)) {
            alreadyThere(std::move(item));
        } else {
            const auto kept = keptName(stored.source, crlFileName(fromPreset_->naming, stored.crl), true);
            place(std::move(item), folder, kept, crlFileName(toPreset_->naming, stored.crl), kCrlLabel, stored.crl.der());
        }
    }
}

std::string ConversionPlanner::denied(StoreList list, const Certificate& certificate) const {
    if (list == StoreList::Trusted && has_->findBlocked(certificate) != nullptr) {
        return fmt::format("It is blocked, which {} knows nothing of: it would trust it.", toPreset_->name);
    }
    if (list == StoreList::Trusted && !has_->allBlockedRead()) {
        return "Whether it is blocked cannot be said, because not all of the blocked list could be read; mend that first.";
    }
    if (!toPreset_->rejectedDenies) return {};
    if (list == StoreList::Trusted && there_->find(StoreList::Rejected, certificate.id()) != nullptr) {
        return fmt::format("It is in the rejected list of the target, and {} refuses what is there; remove it there first.",
                           toPreset_->name);
    }
    const bool trusted =
        has_->find(StoreList::Trusted, certificate.id()) != nullptr || there_->find(StoreList::Trusted, certificate.id()) != nullptr;
    if (list != StoreList::Rejected || !trusted) return {};
    return fmt::format("It is trusted, and {} would refuse it when it is in the rejected list as well.", toPreset_->name);
}

void ConversionPlanner::planCertificates(StoreList list) {
    for (const auto& [certificate, source] : has_->certificates(list)) {
        ConversionItem item{.kind = ConversionKind::Certificate, .list = list, .subject = certificate.describe(), .source = source};
        if (list == StoreList::Blocked) {
            item.reason =
                fmt::format("{} does not know this list: there, it is an application of this library that refuses.", toPreset_->name);
        }
        const auto folder = folderFor(toPreset_->layout, list, false);
        auto reason = denied(list, certificate);
        if (folder.empty()) {
            leaveOut(std::move(item), noFolder(*toPreset_, "certificates", list));
        } else if (there_->find(list, certificate.id()) != nullptr) {
            alreadyThere(std::move(item));
        } else if (!reason.empty()) {
            leaveOut(std::move(item), std::move(reason));
        } else {
            const auto kept = keptName(source, certificateFileName(fromPreset_->naming, list, certificate), false);
            place(std::move(item), folder, kept, certificateFileName(toPreset_->naming, list, certificate), kCertificateLabel,
                  certificate.der());
        }
    }
}

}  // namespace uatrust::detail
