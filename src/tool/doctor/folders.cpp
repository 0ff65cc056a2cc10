#include "tool/doctor/examination.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "tool/own_work.hpp"
#include "tool/platform.hpp"
#include "tool/platform_folders.hpp"
#include "tool/text.hpp"

namespace uatrust::tool {
namespace {

using namespace std::chrono;

constexpr std::size_t kMaxStamps = 10000;
constexpr hours kClocksMayDiffer{24};  // a folder of another machine, a restored backup, a time zone

std::string shown(const std::filesystem::path& path) { return placeText(textOf(path)); }

class Folder {
public:
    Folder(const Patient& patient, const Circumstances& circumstances, Chart& chart)
        : patient_{&patient}, circumstances_{&circumstances}, chart_{&chart} {}

    void examine() {
        for (const auto& each : patient_->lists->problems()) addProblem(each);
        for (const auto& each : patient_->journal.problems) addProblem(each);
        if (const auto notice = noticeAboutPki(patient_->folder); !notice.empty()) add(Check::Layout, notice, {}, {});
        examinePermissions();
        if (circumstances_->isNow) examineClock();
    }

private:
    void add(Check check, std::string what, std::string evidence, std::string cure) {
        chart_->add({check, patient_->name(), std::move(what), std::move(evidence), std::move(cure)});
    }
    void addProblem(const StoreProblem& problem) { add(Check::Files, problem.message, placeText(problem.source), problem.remedy); }

    [[nodiscard]] std::vector<std::filesystem::path> listFolders() const {
        const auto layout = patient_->folder.options().layout;
        std::vector<std::filesystem::path> folders{patient_->folder.root};
        for (const auto* name : {&layout.trustedCertificates, &layout.trustedCrls, &layout.issuerCertificates, &layout.issuerCrls,
                                 &layout.rejected, &layout.blocked, &layout.ownCertificates, &layout.ownPrivateKeys}) {
            if (!name->empty()) folders.push_back(patient_->folder.root / pathOf(*name));
        }
        return folders;
    }

    void examinePermissions() {
        for (const auto& folder : listFolders()) {
            if (!everybodyWrites(folder)) continue;
            add(Check::FolderWritable,
                fmt::format("everybody on this machine can put certificates into {}, and take them out", shown(folder)), shown(folder),
                "Take the permission away (chmod o-w on Linux); then look through the list for what nobody knows");
        }
    }

    void examineClock() {
        const auto latest = circumstances_->now + kClocksMayDiffer;
        constexpr auto cure = "Check the clock of this machine and of the one that has written it; a wrong clock refuses good certificates";
        for (const auto& folder : listFolders()) {
            const auto newest = newestFile(folder, kMaxStamps);
            if (!newest || newest->changed <= latest) continue;
            add(Check::ClockStamps,
                fmt::format("{} was changed at {}, and this machine's clock says {}", shown(newest->path), formatInstant(newest->changed),
                            formatInstant(circumstances_->now)),
                {}, cure);
        }
        for (const auto& each : patient_->journal.records) {
            if (each.last <= latest) continue;
            add(Check::ClockStamps,
                fmt::format("{} was refused at {}, and this machine's clock says {}", each.name, formatInstant(each.last),
                            formatInstant(circumstances_->now)),
                {}, cure);
        }
    }

    const Patient* patient_;
    const Circumstances* circumstances_;
    Chart* chart_;
};

// The one of the other folders that trusts a certificate.
const Patient* whereTrusted(const std::vector<Patient>& all, const Patient& not_here, const Certificate& certificate) {
    const auto trusts = [&](const Patient& each) {
        return &each != &not_here && each.lists->find(StoreList::Trusted, certificate.id()) != nullptr;
    };
    const auto found = std::find_if(all.begin(), all.end(), trusts);
    return found == all.end() ? nullptr : &*found;
}

void findInWrongFolder(const Patient& patient, const std::vector<Patient>& all, Chart& chart) {
    for (const auto& each : patient.lists->certificates(StoreList::Rejected)) {
        const auto& certificate = each.certificate;
        if (patient.lists->find(StoreList::Trusted, certificate.id()) != nullptr) continue;
        const auto* other = whereTrusted(all, patient, certificate);
        if (other == nullptr) continue;
        chart.add(
            {Check::RejectedElsewhere, patient.name(),
             fmt::format("{} was refused here and is trusted in {}, which gives no trust here", certificate.describe(), other->name()),
             placeText(each.source),
             fmt::format("If it is to be let in here as well: uatrust trust --pki {} {}", argument(shownRoot(patient)),
                         certificate.thumbprint().text().substr(0, 10))});
    }
}

void compareIdentities(const std::vector<Patient>& all, Chart& chart) {
    std::map<std::string, const Patient*> byUri;
    for (const auto& each : all) {
        if (!each.identity || each.identity->certificate().uris().empty()) continue;
        const auto [at, isNew] = byUri.try_emplace(each.identity->certificate().uris().front(), &each);
        if (isNew || at->second->identity->certificate() == each.identity->certificate()) continue;
        const auto& first = *at->second;
        chart.add({Check::OwnUriShared, each.name(),
                   fmt::format("the own certificate {} has the ApplicationUri \"{}\" of {} in {} as well",
                               each.identity->certificate().describe(), printable(at->first), first.identity->certificate().describe(),
                               first.name()),
                   placeText(each.identity->certificateSource()),
                   "Nothing when both are one application, whose peers have to trust both; else give each application a URI of its own"});
    }
}

// The folders of one application share its own certificate.
void findNoOwn(const std::vector<Patient>& all, Chart& chart) {
    if (std::any_of(all.begin(), all.end(), [](const Patient& each) { return each.identity.has_value(); })) return;
    for (const auto& each : all) {
        if (each.ownMissing.empty()) continue;
        chart.add({Check::OwnMissing, each.name(), "there is no own certificate here yet", placeText(each.ownMissing),
                   "Nothing, when the application makes one at its first start, or has it in another folder"});
    }
}

}  // namespace

void examineFolder(const Patient& patient, const Circumstances& circumstances, Chart& chart) {
    Folder{patient, circumstances, chart}.examine();
}

void compareFolders(Examination& examination) {
    auto& [circumstances, patients, cas, chart] = examination;
    if (circumstances.now < kEarliestClock) {
        chart.add({Check::Clock,
                   "this machine",
                   fmt::format("the clock says {}: it has not been set", formatInstant(circumstances.now)),
                   {},
                   "Set the clock, and see to it that it is set at each start (a battery, NTP): certificates are judged by it"});
    }
    findNoOwn(patients, chart);
    for (const auto& each : patients) findInWrongFolder(each, patients, chart);
    compareIdentities(patients, chart);
}

}  // namespace uatrust::tool
