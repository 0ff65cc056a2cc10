#include "tool/doctor/examination.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include <uatrust/x509/departures.hpp>

#include "tool/doctor/departure_text.hpp"

namespace uatrust::tool {
namespace {

class Lists {
public:
    Lists(const Patient& patient, const Circumstances& circumstances, Chart& chart)
        : patient_{&patient}, circumstances_{&circumstances}, chart_{&chart} {}

    void examine() {
        for (const auto& each : patient_->lists->certificates(StoreList::Trusted)) {
            if (!each.certificate.uris().empty() && isValid(each.certificate)) rememberSuccessor(each.certificate);
        }
        for (const auto list : {StoreList::Trusted, StoreList::Issuers}) {
            for (const auto& each : patient_->lists->certificates(list)) examine(each, list);
        }
    }

private:
    void add(Check check, std::string what, const StoredCertificate& stored, std::string cure) {
        chart_->add({check, patient_->name(), std::move(what), placeText(stored.source), std::move(cure)});
    }

    void examine(const StoredCertificate& stored, StoreList list) {
        const bool ca = patient_->actsAsCa(stored.certificate);
        examineDates(stored, list, ca);
        examineOtherLists(stored, list);
        if (ca) examineCa(stored, list);
        if (!ca && list == StoreList::Issuers) {
            add(Check::IssuerNoCa,
                fmt::format("{} is among the issuers and is no CA: it gives no trust there", stored.certificate.describe()), stored,
                "Move it to trusted if this application is to be let in, or delete it");
        }
        if (!ca && list == StoreList::Trusted && stored.certificate.isCa()) {
            add(Check::CaTrusted,
                fmt::format("{} is an application's and says that it is a CA as well: whatever its key has issued is let in",
                            stored.certificate.describe()),
                stored, "Have its owner make a certificate that is no CA, and trust that");
        }
        if (!ca && list == StoreList::Trusted && patient_->group != LayoutGroup::Https) examineWeakness(stored);
    }

    // ---- dates

    [[nodiscard]] bool isValid(const Certificate& certificate) const {
        return certificate.notBefore() <= circumstances_->now && circumstances_->now <= certificate.notAfter();
    }

    void rememberSuccessor(const Certificate& certificate) {
        auto& latest = validUntil_[certificate.uris().front()];
        latest = std::max(latest, certificate.notAfter());
    }

    // A CA is renewed with its key, an application with its ApplicationUri: what lies beside its successor fails nobody.
    [[nodiscard]] bool hasSuccessor(const Certificate& certificate, bool ca) const {
        if (!ca) {
            if (certificate.uris().empty()) return false;
            const auto found = validUntil_.find(certificate.uris().front());
            return found != validUntil_.end() && found->second > certificate.notAfter() && !circumstances_->isSoon(found->second);
        }
        for (const auto list : {StoreList::Trusted, StoreList::Issuers}) {
            for (const auto* each : patient_->lists->findBySubject(list, certificate.subject())) {
                const auto& other = each->certificate;
                if (other.publicKey() == certificate.publicKey() && isValid(other) && !circumstances_->isSoon(other.notAfter()))
                    return true;
            }
        }
        return false;
    }

    void examineDates(const StoredCertificate& stored, StoreList list, bool ca) {
        const auto& certificate = stored.certificate;
        const auto now = circumstances_->now;
        const auto who = fmt::format("{} {}",
                                     ca                           ? "The CA"
                                     : list == StoreList::Trusted ? "The trusted"
                                                                  : "The issuer",
                                     certificate.describe());
        const auto affected = ca ? ": all that it has issued is refused" : ": it is refused";
        if (now < certificate.notBefore()) {
            add(Check::NotYetValid,
                fmt::format("{} becomes valid only in {}, on {}{}", who, formatDuration(certificate.notBefore() - now),
                            formatInstant(certificate.notBefore()), affected),
                stored, "Check the clocks and time zones of this machine and of the one that has issued it; when they are right, wait");
            return;
        }
        const bool over = now > certificate.notAfter();
        if (!over && !circumstances_->isSoon(certificate.notAfter())) return;
        const auto when =
            fmt::format("{} {}, on {}", over ? "expired" : "expires in",
                        over ? formatDuration(now - certificate.notAfter()) + " ago" : formatDuration(certificate.notAfter() - now),
                        formatInstant(certificate.notAfter()));
        if (hasSuccessor(certificate, ca)) {
            if (over)
                add(Check::Superseded, fmt::format("{} {}, and its successor is here", who, when), stored, "Delete it when nobody uses it");
        } else if (over) {
            add(Check::Expired, fmt::format("{} {}{}", who, when, affected), stored,
                ca ? "Get the renewed certificate of this CA and put it beside the old one (uatrust import)"
                   : "Have its owner renew it, then trust the new one; delete it when it is not used any more");
        } else {
            add(Check::Expires, fmt::format("{} {}", who, when), stored,
                ca ? "Get the renewed certificate of this CA and put it beside this one before that day (uatrust import)"
                   : "Have its owner renew it before that day, and trust the new one");
        }
    }

    // ---- what lists say together

    void examineOtherLists(const StoredCertificate& stored, StoreList list) {
        if (const auto* blocked = patient_->lists->findBlocked(stored.certificate)) {
            add(Check::TrustedAndBlocked,
                fmt::format("{} is in {} and in blocked ({}): it is refused", stored.certificate.describe(), storeListName(list),
                            placeText(blocked->source)),
                stored, "Delete it from the one that is not meant (uatrust unblock, or uatrust delete)");
        }
        if (list == StoreList::Trusted && patient_->lists->find(StoreList::Rejected, stored.certificate.id()) != nullptr) {
            add(Check::TrustedAndRejected,
                fmt::format("{} is in trusted and in rejected: it counts as trusted, for other products it may not",
                            stored.certificate.describe()),
                stored, "Delete it from rejected");
        }
    }

    // ---- what it is

    void examineCa(const StoredCertificate& stored, StoreList list) {
        const auto& certificate = stored.certificate;
        addDepartures(caDepartures(certificate), "The CA " + certificate.describe(), placeText(stored.source),
                      "Have the CA's certificate issued anew as the profile demands, with the same key: what it has issued stays good",
                      Check::CaProfile, patient_->name(), *chart_);
        if (list != StoreList::Trusted) return;
        add(Check::CaTrusted, fmt::format("The CA {} is trusted: whoever has a certificate of it is let in", certificate.describe()),
            stored, "Nothing if that is meant; else move it to issuers and trust the applications one by one");
    }

    void examineWeakness(const StoredCertificate& stored) {
        const auto fitting = fittingPolicies(stored.certificate);
        if (std::any_of(fitting.begin(), fitting.end(), [](const SecurityPolicy* each) { return !each->deprecated; })) return;
        add(Check::TrustedWeak,
            fmt::format("{} is good for {}: {}, signed with {}", stored.certificate.describe(),
                        fitting.empty() ? "no SecurityPolicy" : "outdated SecurityPolicies only", stored.certificate.publicKey().describe(),
                        printable(stored.certificate.signatureAlgorithm().name)),
            stored, "Have its owner make a new key pair of today's length and signature, and trust that");
    }

    const Patient* patient_;
    const Circumstances* circumstances_;
    Chart* chart_;
    std::map<std::string, Instant> validUntil_{};  // by ApplicationUri
};

}  // namespace

void examineLists(const Patient& patient, const Circumstances& circumstances, Chart& chart) {
    Lists{patient, circumstances, chart}.examine();
}

}  // namespace uatrust::tool
