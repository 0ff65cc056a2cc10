#include "tool/doctor/examination.hpp"

#include <fmt/format.h>

#include "tool/platform.hpp"

namespace uatrust::tool {
namespace {

// Folders that no product's layout tells apart have the names of this library's own ones.
LayoutGroup groupByName(const std::filesystem::path& root) {
    std::error_code error;
    const auto whole = std::filesystem::weakly_canonical(root, error);
    const auto name = textOf((error ? root : whole).filename());
    if (name == "server") return LayoutGroup::Clients;
    if (name == "client") return LayoutGroup::Servers;
    if (name == "user") return LayoutGroup::Users;
    return LayoutGroup::Unknown;
}

LayoutGroup groupOf(const PkiFolder& folder) {
    if (folder.layout != nullptr && folder.layout->group != LayoutGroup::Unknown) return folder.layout->group;
    if (const auto search = detectLayouts(folder.root)) {
        for (const auto& match : search->matches) {
            if (match.root == folder.root && match.group != LayoutGroup::Unknown) return match.group;
        }
    }
    return groupByName(folder.root);
}

LayoutGroup groupOf(const PkiFolder& folder, const Circumstances& circumstances) {
    const auto group = groupOf(folder);
    if (!circumstances.role || (group != LayoutGroup::Unknown && group != LayoutGroup::Applications)) return group;
    return *circumstances.role == Role::Server ? LayoutGroup::Clients : LayoutGroup::Servers;
}

}  // namespace

Patient openPatient(PkiFolder folder, const Circumstances& circumstances) {
    Patient patient{.folder = std::move(folder), .keyIsEncrypted = std::make_shared<bool>(false)};
    patient.group = groupOf(patient.folder, circumstances);
    auto options = patient.folder.options();
    options.keyPassphrase = circumstances.passphrase;
    if (!options.keyPassphrase) {
        options.keyPassphrase = [asked = patient.keyIsEncrypted]() -> Result<SecretBytes> {
            *asked = true;
            return Error{StatusCode::BadNotReadable, fmt::format("It is encrypted, and {}.", kNoPassphrase), "Give --passphrase-file."};
        };
    }
    patient.store = std::make_unique<DirectoryStore>(patient.folder.root, options);
    patient.lists = patient.store->snapshot();
    patient.journal = patient.store->refusals();
    for (const auto list : {StoreList::Trusted, StoreList::Issuers}) {
        for (const auto& each : patient.lists->certificates(list)) {
            if (!each.certificate.isSelfIssued()) patient.issuing.insert(each.certificate.issuer());
        }
    }
    return patient;
}

std::string shownRoot(const Patient& patient) { return placeText(textOf(patient.folder.root)); }

SuppressingPolicy policyOf(const Circumstances& circumstances) {
    SuppressingPolicy policy;
    policy.revocation(circumstances.revocation, {}, "--revocation");
    return policy;
}

bool Patient::actsAsCa(const Certificate& certificate) const {
    if (issuing.contains(certificate.subject())) return true;
    // Some tools make self-signed certificates of applications that say they are CAs.
    if (certificate.isSelfIssued() && !certificate.uris().empty()) return false;
    const bool saysOfNoApplication = certificate.dnsNames().empty() && !certificate.extendedKeyUsage();
    return certificate.isCa() || (certificate.isSelfIssued() && saysOfNoApplication);
}

std::string placeText(std::string_view place) { return printable(place, 4096); }

std::string failureText(const Finding& finding) {
    std::string_view message = finding.message;
    if (message.ends_with('.')) message.remove_suffix(1);
    return fmt::format("{} ({})", message, statusName(finding.status));
}

std::string evidenceText(const Finding& finding, const std::string& source) {
    auto text = placeText(source);
    const auto also = [&](std::string_view label, const std::string& what) {
        if (!what.empty()) text += fmt::format("{}{} {}", text.empty() ? "" : "; ", label, placeText(what));
    };
    also("expected", finding.expected);
    also("found", finding.found);
    for (const auto& hint : finding.hints) also("noticed:", hint);
    return text;
}

}  // namespace uatrust::tool
