#include "tool/doctor/examination.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "tool/text.hpp"

namespace uatrust::tool {
namespace {

// One defect of one certificate, and whom it concerns: a CA without a CRL shuts out all that it has issued.
struct Defect {
    Finding finding{};
    std::string source{};
    std::vector<std::string> concerned{};
};

Check checkOf(const Finding& finding) noexcept {
    switch (finding.step) {
        case Step::BuildChain:
            return Check::TrustedChain;
        case Step::RevocationCheck:
            return Check::TrustedRevoked;
        default:
            return finding.blocked ? Check::TrustedAndBlocked : Check::TrustedRefused;
    }
}

class Peers {
public:
    Peers(const Patient& patient, const Circumstances& circumstances, Chart& chart)
        : patient_{&patient}, circumstances_{&circumstances}, chart_{&chart} {}

    void examine() {
        const auto policy = policyOf(*circumstances_);
        const CertificateValidator validator{*patient_->store, policy};
        for (const auto& each : patient_->lists->certificates(StoreList::Trusted)) {
            if (!patient_->actsAsCa(each.certificate)) tryOut(each, validator);
        }
        for (const auto& each : defects_) addDefect(each);
        examineRejected();
    }

private:
    void add(Check check, std::string what, std::string evidence, std::string cure) {
        chart_->add({check, patient_->name(), std::move(what), std::move(evidence), std::move(cure)});
    }

    // ---- those who are trusted, judged as if they came now

    [[nodiscard]] Profile profile() const noexcept {
        if (patient_->group == LayoutGroup::Users) return Profile::User;
        return patient_->group == LayoutGroup::Https ? Profile::Path : Profile::Application;
    }

    // A folder that does not say whose certificates are in it has those of clients and of servers.
    [[nodiscard]] Role judgeOf(const Certificate& certificate) const {
        if (patient_->group == LayoutGroup::Servers) return Role::Client;
        if (patient_->group == LayoutGroup::Clients) return Role::Server;
        const auto& usage = certificate.extendedKeyUsage();
        return usage && !usage->has(kClientAuth) && usage->has(kServerAuth) ? Role::Client : Role::Server;
    }

    void tryOut(const StoredCertificate& stored, const CertificateValidator& validator) {
        const auto& certificate = stored.certificate;
        if (profile() == Profile::Application && certificate.uris().empty()) {
            add(Check::TrustedRefused,
                fmt::format("{} names no ApplicationUri: it is refused, whatever its application says", certificate.describe()),
                placeText(stored.source), "Have its owner make a certificate with its ApplicationUri, and trust that");
        }
        const auto verdict = validator.validate({.certificate = certificate.der(),
                                                 .role = judgeOf(certificate),
                                                 .profile = profile(),
                                                 .at = circumstances_->now,
                                                 .fileRejected = false});
        const auto& report = verdict.report();
        for (const auto& finding : report.findings()) {
            if (finding.outcome == Outcome::Failed && !isToldElsewhere(finding, report)) remember(finding, report, stored);
        }
    }

    // Dates and CRLs of what lies in the lists are looked at there, whoever needs them.
    [[nodiscard]] bool isToldElsewhere(const Finding& finding, const Report& report) const {
        if (finding.position >= report.chain().size()) return false;
        if (finding.step == Step::ValidityPeriod) return true;
        if (finding.step == Step::FindRevocationList) {
            const auto issuer = std::min(finding.position + 1, report.chain().size() - 1);
            return patient_->withoutCrl.contains(report.chain()[issuer].certificate.id());
        }
        return finding.blocked && isListed(report.chain()[finding.position].certificate);
    }

    [[nodiscard]] bool isListed(const Certificate& certificate) const {
        return patient_->lists->find(StoreList::Trusted, certificate.id()) != nullptr ||
               patient_->lists->find(StoreList::Issuers, certificate.id()) != nullptr;
    }

    void remember(const Finding& finding, const Report& report, const StoredCertificate& stored) {
        const auto& culprit = finding.position < report.chain().size() ? report.chain()[finding.position] : stored;
        const auto key = fmt::format("{}/{}/{}", static_cast<int>(finding.step), culprit.certificate.id().text(), finding.message);
        const auto [at, isNew] = index_.try_emplace(key, defects_.size());
        if (isNew) defects_.push_back({finding, culprit.source, {}});
        if (finding.position > 0) defects_[at->second].concerned.push_back(stored.certificate.describe());
    }

    void addDefect(const Defect& defect) {
        auto evidence = evidenceText(defect.finding, defect.source);
        if (!defect.concerned.empty()) evidence += "; concerns " + listed(defect.concerned);
        add(checkOf(defect.finding), failureText(defect.finding), evidence, defect.finding.remedy);
    }

    // ---- those who were refused

    void examineRejected() {
        std::map<std::string, const StoredCertificate*> trusted;
        for (const auto& each : patient_->lists->certificates(StoreList::Trusted)) {
            for (const auto& uri : each.certificate.uris()) trusted.try_emplace(uri, &each);
        }
        std::vector<std::string> waiting;
        for (const auto& each : patient_->lists->certificates(StoreList::Rejected)) {
            if (isListed(each.certificate)) continue;
            const auto* known = likeOneOf(trusted, each.certificate);
            if (known != nullptr && known->certificate.notBefore() <= each.certificate.notBefore()) {
                addRenewed(each, *known);
            } else {
                waiting.push_back(each.certificate.describe());
            }
        }
        if (waiting.empty()) return;
        add(Check::RejectedWaiting,
            fmt::format("{} refused {} for a decision: {}", waiting.size(), waiting.size() == 1 ? "waits" : "wait", listed(waiting)), {},
            "See why with uatrust list rejected; trust, block or delete each");
    }

    [[nodiscard]] static const StoredCertificate* likeOneOf(const std::map<std::string, const StoredCertificate*>& trusted,
                                                            const Certificate& certificate) {
        for (const auto& uri : certificate.uris()) {
            if (const auto found = trusted.find(uri); found != trusted.end()) return found->second;
        }
        return nullptr;
    }

    void addRenewed(const StoredCertificate& rejected, const StoredCertificate& known) {
        const auto& certificate = rejected.certificate;
        add(Check::RejectedRenewed,
            fmt::format(
                "{} was refused and has the ApplicationUri \"{}\" of the trusted {}: it may be that application with a new certificate",
                certificate.describe(), printable(certificate.applicationUri()), known.certificate.describe()),
            fmt::format("{}{}", placeText(rejected.source), refusalText(certificate)),
            fmt::format("Compare the thumbprint {} with its owner, by telephone, since anybody can write that URI; if it is the same, "
                        "uatrust trust --pki {} {}",
                        certificate.thumbprint().text(), argument(shownRoot(*patient_)), certificate.thumbprint().text().substr(0, 10)));
    }

    [[nodiscard]] std::string refusalText(const Certificate& certificate) const {
        for (const auto& each : patient_->journal.records) {
            if (!(each.certificate == certificate.id())) continue;
            return fmt::format("; refused {} times, the last time {}", each.count, formatInstant(each.last));
        }
        return {};
    }

    const Patient* patient_;
    const Circumstances* circumstances_;
    Chart* chart_;
    std::vector<Defect> defects_{};
    std::map<std::string, std::size_t> index_{};
};

}  // namespace

void examinePeers(const Patient& patient, const Circumstances& circumstances, Chart& chart) {
    Peers{patient, circumstances, chart}.examine();
}

}  // namespace uatrust::tool
