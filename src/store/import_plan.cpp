#include <uatrust/store/import_plan.hpp>

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "store/crl_candidate.hpp"
#include "store/own_candidate.hpp"

namespace uatrust {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTargetNames{"trusted"sv, "issuers"sv, "trusted-crls"sv, "issuers-crls"sv, "own"sv, "nothing"sv, "refused"sv};

TrustStep added(const Certificate& certificate, StoreList to) {
    return {.kind = TrustStep::Kind::Added, .id = certificate.id(), .to = to, .der = {certificate.der().begin(), certificate.der().end()}};
}

bool isRefused(const std::vector<Departure>& departures) {
    return std::any_of(departures.begin(), departures.end(),
                       [](const Departure& each) { return each.severity == DepartureSeverity::Refused; });
}

/// Planner sorts one thing after the other; certificates come first, so that CRLs find CAs that come with them.
class Planner {
public:
    Planner(const Bundle& bundle, const ImportContext& context, const ImportOptions& options)
        : bundle_{bundle}, context_{context}, options_{options} {}

    ImportPlan plan() {
        for (const auto& each : bundle_.certificates) add(each.from, certificate(each.value));
        for (const auto& each : bundle_.crls) add(each.from, crl(each.value));
        for (const auto& each : bundle_.requests) {
            add(each.from, {.target = ImportTarget::Nothing,
                            .what = fmt::format("certificate request for \"{}\"", printable(each.value.subject().text())),
                            .why = "A request is for a CA: no list takes it."});
        }
        for (const auto& each : bundle_.keys) add(each.from, key(each.value));
        for (const auto& each : bundle_.problems) {
            add(each.from, {.what = "something that cannot be read", .why = fmt::format("{} {}", each.value.message, each.value.remedy)});
        }
        return std::move(plan_);
    }

private:
    void add(const std::string& from, ImportItem item) {
        item.from = from;
        plan_.items.push_back(std::move(item));
    }

    [[nodiscard]] const TrustSnapshot& lists() const { return context_.lists; }

    // Known from the application's keys, else from those that came along.
    [[nodiscard]] std::optional<PrivateKey> keyOf(const PublicKey& wanted) const {
        for (const auto& each : context_.own.keys) {
            if (each.key.publicKey() == wanted) return each.key;
        }
        for (const auto& each : bundle_.keys) {
            if (each.value.publicKey() == wanted) return each.value;
        }
        const auto* pending = context_.own.pending.find(wanted);
        return pending == nullptr ? std::optional<PrivateKey>{} : pending->key;
    }

    // The one that the user has named, else the one that waits for its certificate.
    [[nodiscard]] const CertificateRequest* requestFor(const PublicKey& key) const {
        if (context_.request != nullptr && context_.request->publicKey() == key) return context_.request;
        const auto* pending = context_.own.pending.find(key);
        return pending == nullptr ? nullptr : &pending->request;
    }

    // A CA that was handed over with its key does not become the application.
    [[nodiscard]] bool isForUs(const Certificate& certificate) const {
        const auto& wanted = certificate.publicKey();
        if (requestFor(wanted) != nullptr) return true;
        const auto& keys = context_.own.keys;
        if (std::any_of(keys.begin(), keys.end(), [&](const StoredKey& each) { return each.key.publicKey() == wanted; })) return true;
        return !(certificate.isCa() && certificate.uris().empty()) && keyOf(wanted).has_value();
    }

    ImportItem certificate(const Certificate& certificate) {
        const bool ca = certificate.isCa();
        const bool own = isForUs(certificate);
        ImportItem item{.what = fmt::format("{} certificate {}", own ? "own" : ca ? "CA" : "application", certificate.describe())};
        if (!seen_.insert(certificate.id()).second) {
            item.target = ImportTarget::Nothing;
            item.why = "It stands in the bundle more than once.";
        } else if (own) {
            sortOwn(certificate, item);
        } else if (const auto* blocked = lists().findBlocked(certificate)) {
            item.why = fmt::format("It is blocked here ({}): unblock it first.", printable(blocked->source, 4096));
        } else if (ca) {
            sortCa(certificate, item);
        } else {
            sortApplication(certificate, item);
        }
        return item;
    }

    void sortOwn(const Certificate& certificate, ImportItem& item) const {
        const auto& chains = context_.own.chains;
        if (std::any_of(chains.begin(), chains.end(), [&](const StoredChain& each) { return each.chain.front() == certificate; })) {
            item.target = ImportTarget::Nothing;
            item.why = "It is among the own certificates already.";
            return;
        }
        if (const auto fits = detail::checkOwnLeaf(certificate); !fits) {
            item.why = fmt::format("{}: {}.", fits.error().message, fits.error().remedy);
            return;
        }
        auto context = context_;
        if (context.request == nullptr) context.request = requestFor(certificate.publicKey());
        item.departures = detail::ownDepartures(certificate, context, options_.role);
        item.key = keyOf(certificate.publicKey());
        if (!item.key) {
            item.why = "It was issued for the request, whose private key is not here: an own certificate without its key is of no use.";
        } else if (isRefused(item.departures) && !options_.takeDepartures) {
            item.key.reset();
            item.why = "It is not what was asked for: have it issued again, or take it in spite of its departures.";
        } else {
            item.target = ImportTarget::Own;
            auto chain = detail::chainOf(certificate, bundle_, lists());
            item.chain = std::move(chain.certificates);
            item.why = isRefused(item.departures) ? "Its key is that of this application. It is taken in spite of its departures."
                                                  : "Its key is that of this application.";
            if (!chain.allTried) {
                item.why += fmt::format(
                    " So many CAs have the name of the issuer of {} that not all of them were tried: peers may get "
                    "an incomplete chain. Remove those that are not needed from issuers, or import a bundle with the chain.",
                    item.chain.back().describe());
            }
        }
    }

    void sortCa(const Certificate& certificate, ImportItem& item) {
        const auto wanted = options_.trustCas ? StoreList::Trusted : StoreList::Issuers;
        item.departures = caDepartures(certificate);
        for (const auto list : {StoreList::Trusted, StoreList::Issuers}) {
            if (lists().find(list, certificate.id()) == nullptr || (list == StoreList::Issuers && options_.trustCas)) continue;
            item.target = ImportTarget::Nothing;
            item.why = fmt::format("It is in {} already.", storeListName(list));
            return;
        }
        item.target = options_.trustCas ? ImportTarget::Trusted : ImportTarget::Issuers;
        item.why = options_.trustCas ? "A CA that is to be trusted, and with it all that it issues."
                                     : "A CA, for building chains; it gives no trust there.";
        item.steps.push_back(placed(certificate, wanted));
        cas_.push_back({certificate, wanted});
    }

    void sortApplication(const Certificate& certificate, ImportItem& item) const {
        if (lists().find(StoreList::Trusted, certificate.id()) != nullptr) {
            item.target = ImportTarget::Nothing;
            item.why = "It is in trusted already.";
        } else if (!options_.trustApplications) {
            item.why = "The certificate of an application goes into trusted, and only when that is asked for.";
        } else {
            item.target = ImportTarget::Trusted;
            item.why = "The certificate of an application that is to be trusted.";
            item.departures = applicationDepartures(certificate, applicationRoleOf(certificate.extendedKeyUsage()));
            item.steps.push_back(placed(certificate, StoreList::Trusted));
        }
    }

    // From where it lies, so that no second copy of it stays there.
    [[nodiscard]] TrustStep placed(const Certificate& certificate, StoreList to) const {
        for (const auto from : {StoreList::Issuers, StoreList::Rejected}) {
            if (from != to && lists().find(from, certificate.id()) != nullptr) {
                return {.kind = TrustStep::Kind::Moved, .id = certificate.id(), .from = from, .to = to};
            }
        }
        return added(certificate, to);
    }

    ImportItem crl(const Crl& crl) {
        ImportItem item{.what = fmt::format("CRL of \"{}\" of {}", printable(crl.issuer().text()), formatInstant(crl.thisUpdate())),
                        .departures = crlDepartures(crl)};
        if (!seen_.insert(crl.id()).second) {
            item.target = ImportTarget::Nothing;
            item.why = "It stands in the bundle more than once.";
            return item;
        }
        crlSorter_.sort(crl, item);
        return item;
    }

    ImportItem key(const PrivateKey& key) const {
        ImportItem item{.target = ImportTarget::Nothing, .what = fmt::format("private key {}", key.publicKey().describe())};
        const auto& keys = context_.own.keys;
        const auto& items = plan_.items;
        if (std::any_of(keys.begin(), keys.end(), [&](const StoredKey& each) { return each.key.publicKey() == key.publicKey(); })) {
            item.why = "It is among the own keys already.";
        } else if (std::any_of(items.begin(), items.end(), [&](const ImportItem& each) {
                       return each.target == ImportTarget::Own && each.key && each.key->publicKey() == key.publicKey();
                   })) {
            item.why = "It goes with the own certificate that it belongs to.";
        } else {
            item.target = ImportTarget::Refused;
            item.why = "No certificate that becomes the own one belongs to it.";
        }
        return item;
    }

    const Bundle& bundle_;
    const ImportContext& context_;
    const ImportOptions& options_;
    ImportPlan plan_{};
    std::set<CertificateId> seen_{};
    std::vector<detail::PlannedCa> cas_{};
    detail::CrlSorter crlSorter_{bundle_, context_, cas_};
};

}  // namespace

std::string_view importTargetName(ImportTarget target) noexcept { return kTargetNames.at(static_cast<std::size_t>(target)); }

bool ImportPlan::changesAnything() const noexcept {
    return std::any_of(items.begin(), items.end(),
                       [](const ImportItem& each) { return each.target == ImportTarget::Own || !each.steps.empty(); });
}

ImportPlan planImport(const Bundle& bundle, const ImportContext& context, const ImportOptions& options) {
    return Planner{bundle, context, options}.plan();
}

Result<ChangeRecord> carryOut(const ImportPlan& plan, TrustListManager& manager, IdentityStore& identity, std::string_view what,
                              std::string_view who) {
    std::vector<TrustStep> steps;
    std::string own;
    for (const auto& item : plan.items) {
        steps.insert(steps.end(), item.steps.begin(), item.steps.end());
        if (item.target != ImportTarget::Own || !item.key) continue;
        if (const auto saved = identity.saveOwn(item.chain, *item.key); !saved) return saved.error();
        // It is answered. Should it stay all the same, nothing is lost: the next import says that the certificate is there already.
        (void)identity.dropPending(item.key->publicKey());
        own = fmt::format(", own certificate {}", item.chain.front().describe());
    }
    const auto text = fmt::format("{}{}", printable(what), own);
    auto changed = manager.change(TrustAction::Import, std::move(steps), text, who);
    const bool ownAlone = changed.status() == StatusCode::BadNothingToDo && !own.empty();
    return ownAlone ? manager.note(TrustAction::Import, text, who) : changed;
}

}  // namespace uatrust
