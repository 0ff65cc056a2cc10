#include "tool/doctor/examination.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <uatrust/x509/departures.hpp>

#include "tool/doctor/departure_text.hpp"

namespace uatrust::tool {
namespace {

constexpr int kRemainingShare = 4;  // a CRL that lives for a day is not about to expire all its life

struct OfCa {
    std::vector<const StoredCrl*> complete{};
    std::vector<const StoredCrl*> incomplete{};
    std::vector<const StoredCrl*> foreign{};  ///< of its name, and signed with another key
};

class Revocation {
public:
    Revocation(Patient& patient, const Circumstances& circumstances, Chart& chart)
        : patient_{&patient}, circumstances_{&circumstances}, chart_{&chart} {}

    void examine() {
        if (circumstances_->revocation == RevocationMode::Off) return;
        for (const auto list : {StoreList::Trusted, StoreList::Issuers}) {
            for (const auto& each : patient_->lists->certificates(list)) {
                if (patient_->actsAsCa(each.certificate)) examineCa(each, list);
            }
        }
        for (const auto list : {StoreList::Trusted, StoreList::Issuers}) {
            for (const auto& each : patient_->lists->crls(list)) examineCrl(each);
        }
    }

private:
    void add(Check check, std::string what, const std::string& source, std::string cure) {
        chart_->add({check, patient_->name(), std::move(what), placeText(source), std::move(cure)});
    }

    [[nodiscard]] OfCa crlsOf(const Certificate& ca) const {
        OfCa found;
        for (const auto* each : patient_->lists->findCrls(ca.subject())) {
            auto& kind = !each->crl.isSignedBy(ca.publicKey())   ? found.foreign
                         : each->crl.incompleteBecause().empty() ? found.complete
                                                                 : found.incomplete;
            kind.push_back(each);
        }
        return found;
    }

    void examineCa(const StoredCertificate& ca, StoreList list) {
        const auto found = crlsOf(ca.certificate);
        if (found.complete.empty()) return missing(ca, found, list);
        const auto newest = *std::max_element(found.complete.begin(), found.complete.end(), [](const StoredCrl* a, const StoredCrl* b) {
            return a->crl.thisUpdate() < b->crl.thisUpdate();
        });
        examineDates(ca, *newest);
        examinePlace(ca, found, list);
    }

    // "There is none" may be said only when all could be looked at.
    void missing(const StoredCertificate& ca, const OfCa& found, StoreList list) {
        const bool any = !found.incomplete.empty() || !found.foreign.empty();
        if (circumstances_->revocation == RevocationMode::IfPresent && !any && patient_->lists->allCrlsRead()) return;
        patient_->withoutCrl.insert(ca.certificate.id());
        auto what = fmt::format("there is no {}revocation list of the CA {}: all that it has issued is refused", any ? "usable " : "",
                                ca.certificate.describe());
        if (!found.incomplete.empty()) {
            const auto& first = *found.incomplete.front();
            what += fmt::format("; {} does not count by itself: {}", placeText(first.source), first.crl.incompleteBecause());
        }
        if (!patient_->lists->allCrlsRead()) what += "; some files there could not be read, it may be one of them";
        add(Check::CrlMissing, what, ca.source,
            fmt::format("Fetch the CA's present CRL and put it into {} (uatrust import), and again before each expires",
                        list == StoreList::Trusted ? "trusted/crl" : "issuers/crl"));
    }

    void examineDates(const StoredCertificate& ca, const StoredCrl& stored) {
        const auto& crl = stored.crl;
        const auto now = circumstances_->now;
        const auto who = fmt::format("the revocation list of the CA {}", ca.certificate.describe());
        if (now < crl.thisUpdate()) {
            patient_->withoutCrl.insert(ca.certificate.id());
            add(Check::CrlNotYetValid,
                fmt::format("{} counts only in {}, from {}: until then all that the CA has issued is refused", who,
                            formatDuration(crl.thisUpdate() - now), formatInstant(crl.thisUpdate())),
                stored.source, "Check the clocks and time zones of this machine and of the CA");
            return;
        }
        const auto next = crl.nextUpdate();
        if (!next) return;
        constexpr auto cure =
            "Fetch the CA's present CRL and put it beside the old one (uatrust import); better, have that done by a timer";
        if (now > *next) {
            patient_->withoutCrl.insert(ca.certificate.id());
            add(Check::CrlExpired,
                fmt::format("{} expired {} ago, on {}: all that the CA has issued is refused", who, formatDuration(now - *next),
                            formatInstant(*next)),
                stored.source, cure);
        } else if (circumstances_->isSoon(*next) && *next - now <= (*next - crl.thisUpdate()) / kRemainingShare) {
            add(Check::CrlExpires, fmt::format("{} expires in {}, on {}", who, formatDuration(*next - now), formatInstant(*next)),
                stored.source, cure);
        }
    }

    // It counts here; other products look beside the list of the CA only.
    void examinePlace(const StoredCertificate& ca, const OfCa& found, StoreList list) {
        const auto beside = patient_->lists->crls(list);
        const bool there = std::any_of(beside.begin(), beside.end(), [&](const StoredCrl& each) {
            return std::any_of(found.complete.begin(), found.complete.end(),
                               [&](const StoredCrl* of) { return of->crl.id() == each.crl.id(); });
        });
        if (there) return;
        add(Check::CrlElsewhere,
            fmt::format("the CA {} is in {}, and its revocation list lies beside the other list: other products may not find it",
                        ca.certificate.describe(), storeListName(list)),
            found.complete.front()->source, "Put a copy of it beside the list that the CA is in");
    }

    void examineCrl(const StoredCrl& stored) {
        std::vector<const StoredCertificate*> namesakes;
        for (const auto list : {StoreList::Trusted, StoreList::Issuers}) {
            const auto found = patient_->lists->findBySubject(list, stored.crl.issuer());
            namesakes.insert(namesakes.end(), found.begin(), found.end());
        }
        const auto who = fmt::format("the revocation list of {}", printable(stored.crl.issuer().text(), 1000));
        const bool isOurs = std::any_of(namesakes.begin(), namesakes.end(), [&](const StoredCertificate* each) {
            return stored.crl.isSignedBy(each->certificate.publicKey());
        });
        if (namesakes.empty()) {
            add(Check::CrlOrphan, fmt::format("{} is of no CA that is trusted or an issuer here", who), stored.source,
                "Delete it, or put the CA's certificate beside it");
        } else if (!isOurs) {
            add(Check::CrlForeign,
                fmt::format("{} is not signed with the key of {}, which is the only CA of that name here", who,
                            namesakes.front()->certificate.describe()),
                stored.source, "Get the CRL anew from the CA; if the CA was set up anew, get its new certificate too");
        } else {
            addDepartures(crlDepartures(stored.crl), who, placeText(stored.source), "Have the CA write a CRL as the profile demands",
                          Check::Advice, patient_->name(), *chart_);
        }
    }

    Patient* patient_;
    const Circumstances* circumstances_;
    Chart* chart_;
};

}  // namespace

void examineRevocation(Patient& patient, const Circumstances& circumstances, Chart& chart) {
    Revocation{patient, circumstances, chart}.examine();
}

}  // namespace uatrust::tool
