#include "tool/doctor/examination.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <uatrust/x509/departures.hpp>

#include "tool/doctor/departure_text.hpp"
#include "tool/own_work.hpp"

namespace uatrust::tool {
namespace {

struct NoticeRow {
    IdentityNoticeKind kind;
    Check check;
};

// Which notices are findings. The profile is looked at below, with clauses; that an application was configured otherwise than the
// doctor was told is nobody's fault.
constexpr NoticeRow kNotices[] = {
    {IdentityNoticeKind::Expired, Check::OwnExpired},        {IdentityNoticeKind::NotYetValid, Check::OwnNotYetValid},
    {IdentityNoticeKind::ExpiresSoon, Check::OwnExpires},    {IdentityNoticeKind::UriMismatch, Check::OwnUri},
    {IdentityNoticeKind::HostNameMismatch, Check::OwnHosts}, {IdentityNoticeKind::SeveralCertificates, Check::OwnSeveral},
    {IdentityNoticeKind::Unpaired, Check::OwnUnpaired},
};

class Own {
public:
    Own(Patient& patient, const Circumstances& circumstances, Chart& chart)
        : patient_{&patient}, circumstances_{&circumstances}, chart_{&chart} {}

    void examine() {
        const auto material = patient_->store->loadOwn();
        if (!material) return add(Check::OwnFiles, material.error().message, patient_->store->ownLocation(), material.error().remedy);
        for (const auto& each : material->problems) addProblem(each);
        if (material->chains.empty() && material->keys.empty()) return none(*material);
        load();
        if (!patient_->identity) return;
        examineProfile();
        examineRevocation();
        examineChain();
    }

private:
    void add(Check check, std::string what, std::string evidence, std::string cure) {
        chart_->add({check, patient_->name(), std::move(what), std::move(evidence), std::move(cure)});
    }
    [[nodiscard]] const Certificate& own() const { return patient_->identity->certificate(); }
    [[nodiscard]] std::string ownNamed() const { return "The own certificate " + own().describe(); }
    [[nodiscard]] std::string source() const { return placeText(patient_->identity->certificateSource()); }

    // A key that cannot be opened without its passphrase is no defect: what cannot be known is told once.
    void addProblem(const StoreProblem& problem) {
        if (problem.message.find(kNoPassphrase) == std::string::npos)
            return add(Check::OwnFiles, problem.message, placeText(problem.source), problem.remedy);
        add(Check::OwnEncrypted, "Whether the own certificate and key belong together is not known: the key is encrypted",
            placeText(problem.source), "Give its passphrase with --passphrase-file or --passphrase-env");
    }

    // Groups of users have none, and share that of the application.
    void none(const OwnMaterial& material) {
        const bool needsNone = patient_->group == LayoutGroup::Users || patient_->group == LayoutGroup::Https;
        if (!needsNone && material.problems.empty()) patient_->ownMissing = patient_->store->ownLocation();
    }

    // Of the side whose peers are in the folder.
    [[nodiscard]] std::optional<ApplicationRole> expectedRole() const {
        if (patient_->group == LayoutGroup::Clients) return ApplicationRole::Server;
        if (patient_->group == LayoutGroup::Servers) return ApplicationRole::Client;
        return {};
    }

    void load() {
        const FixedClock clock{circumstances_->now};
        auto loaded = loadOwn(*patient_->store, {.applicationUri = circumstances_->applicationUri,
                                                 .role = expectedRole(),
                                                 .machine = circumstances_->hosts,
                                                 .warnBeforeExpiry = std::chrono::ceil<std::chrono::days>(circumstances_->within),
                                                 .clock = &clock});
        if (!loaded) {
            if (!*patient_->keyIsEncrypted) add(Check::OwnPair, loaded.error().message, {}, loaded.error().remedy);
            return;
        }
        role_ = loaded->role;
        patient_->identity = std::move(loaded->identity);
        for (const auto& notice : loaded->notices) addNotice(notice);
    }

    void addNotice(const IdentityNotice& notice) {
        for (const auto& row : kNotices) {
            if (row.kind == notice.kind) add(row.check, notice.message, {}, notice.remedy);
        }
    }

    void examineProfile() {
        const auto departures = applicationDepartures(own(), role_);
        addDepartures(departures, ownNamed(), source(), "Have a certificate issued that is as it should be", Check::OwnProfile,
                      patient_->name(), *chart_);
    }

    void examineRevocation() {
        auto policy = policyOf(*circumstances_);
        const CertificateValidator validator{*patient_->store, policy};
        const auto verdict = validator.validate(
            {.certificate = patient_->identity->chainBlob(), .profile = Profile::Path, .at = circumstances_->now, .fileRejected = false});
        for (const auto& finding : verdict.report().findings()) {
            if (finding.step == Step::RevocationCheck && finding.outcome == Outcome::Failed) {
                add(Check::OwnRevoked, fmt::format("{} is of no use any more: {}", ownNamed(), finding.message), source(), finding.remedy);
            }
        }
    }

    void examineChain() {
        if (own().isSelfIssued() || patient_->identity->chain().size() > 1) return;
        add(Check::OwnChain,
            fmt::format("{} is sent without the certificate of its CA, {}: each peer has to have that itself", ownNamed(),
                        printable(own().issuer().text(), 1000)),
            source(), "Put the CA's certificate behind it in the same file, or see to it that each peer has it among its issuers");
    }

    Patient* patient_;
    const Circumstances* circumstances_;
    Chart* chart_;
    ApplicationRole role_ = ApplicationRole::ClientAndServer;
};

}  // namespace

void examineOwn(Patient& patient, const Circumstances& circumstances, Chart& chart) { Own{patient, circumstances, chart}.examine(); }

}  // namespace uatrust::tool
