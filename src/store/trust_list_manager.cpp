#include <uatrust/store/trust_list_manager.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>

#include <fmt/format.h>

#include <uatrust/x509/pem.hpp>

#include "store/change_log.hpp"
#include "store/trust_offer.hpp"
#include "x509/certificate_data.hpp"

namespace uatrust {
namespace {

using detail::Change;
using Kind = TrustStep::Kind;

constexpr std::array kLists{StoreList::Trusted, StoreList::Issuers, StoreList::Rejected, StoreList::Blocked};

const Crl* findCrl(const TrustSnapshot& lists, StoreList list, const CertificateId& id) {
    const auto crls = lists.crls(list);
    const auto at = std::find_if(crls.begin(), crls.end(), [&](const StoredCrl& stored) { return stored.crl.id() == id; });
    return at == crls.end() ? nullptr : &at->crl;
}

bool isIn(const TrustSnapshot& lists, StoreList list, const TrustStep& step) {
    return step.crl ? findCrl(lists, list, step.id) != nullptr : lists.find(list, step.id) != nullptr;
}

// Whether the lists are as a step has left them.
bool stillDone(const TrustSnapshot& lists, const TrustStep& step) {
    switch (step.kind) {
        case Kind::Moved:
            return isIn(lists, step.to, step) && !isIn(lists, step.from, step);
        case Kind::Added:
            return isIn(lists, step.to, step);
        case Kind::Removed:
            return !isIn(lists, step.from, step);
        case Kind::Pinned:
        case Kind::Unpinned:
            return true;
    }
    return false;
}

TrustStep inverseOf(TrustStep step) {
    constexpr std::array inverse{Kind::Moved, Kind::Removed, Kind::Added, Kind::Unpinned, Kind::Pinned};
    step.kind = inverse.at(static_cast<std::size_t>(step.kind));
    std::swap(step.from, step.to);
    return step;
}

TrustStep moved(const CertificateId& id, StoreList from, StoreList to) { return {.kind = Kind::Moved, .id = id, .from = from, .to = to}; }

TrustStep added(const Certificate& certificate, StoreList to) {
    return {.kind = Kind::Added, .id = certificate.id(), .to = to, .der = {certificate.der().begin(), certificate.der().end()}};
}

TrustStep added(const Crl& crl, StoreList to) {
    return {.kind = Kind::Added, .crl = true, .id = crl.id(), .to = to, .der = {crl.der().begin(), crl.der().end()}};
}

TrustStep removed(const Certificate& certificate, StoreList from) {
    return {.kind = Kind::Removed, .id = certificate.id(), .from = from, .der = {certificate.der().begin(), certificate.der().end()}};
}

std::string nameOf(const Certificate& certificate) { return fmt::format("{} ({})", certificate.describe(), certificate.id().text()); }

Error notInAnyList(const CertificateId& id) {
    return {StatusCode::BadNotFound, fmt::format("There is no certificate {} in the lists.", id.text()),
            "Look at the lists again: somebody else may have removed it."};
}

Error incomplete(const Error& error, std::size_t done, std::size_t all) {
    if (done == 0) return error;
    return {error.status, fmt::format("{} of {} steps were done, then: {}", done, all, error.message),
            fmt::format("{} What was done can be undone.", error.remedy)};
}

}  // namespace

struct TrustListManager::State {
    State(CertificateStore& lists, const TrustListManagerOptions& options)
        : store{lists}, log{options.records, options.maxHistoryBytes}, clock{options.clock == nullptr ? systemClock() : *options.clock} {}

    // Reading, deciding and changing are one thing for others.
    template <class Work>
    Result<ChangeRecord> alone(Work work) {
        const std::lock_guard guard{mutex};
        const auto held = log.lock();
        if (!held) return held.error();
        return work(*store.snapshot());
    }

    Result<ChangeRecord> perform(TrustAction action, std::vector<TrustStep> steps, std::string_view what, std::string_view who,
                                 std::string note = {});
    Result<ChangeRecord> giveUp(Change change, std::size_t done, const std::optional<Change>& before, const Error& error);
    Result<void> apply(const TrustStep& step);
    [[nodiscard]] std::map<CertificateId, RefusalRecord> refusals() const;

    CertificateStore& store;
    std::mutex mutex{};
    detail::ChangeLog log;
    const Clock& clock;
};

Result<void> TrustListManager::State::apply(const TrustStep& step) {
    switch (step.kind) {
        case Kind::Moved:
            return store.moveCertificate(step.id, step.from, step.to);
        case Kind::Removed:
            return step.crl ? store.removeCrl(step.from, step.id) : store.removeCertificate(step.from, step.id);
        case Kind::Pinned:
        case Kind::Unpinned:
            return store.pin(step.id, step.kind == Kind::Pinned);
        case Kind::Added:
            break;
    }
    if (step.crl) {
        const auto crl = Crl::fromDer(step.der);
        return crl ? store.addCrl(step.to, *crl) : Result<void>{crl.error()};
    }
    const auto certificate = Certificate::fromDer(step.der);
    return certificate ? store.addCertificate(step.to, *certificate) : Result<void>{certificate.error()};
}

Result<ChangeRecord> TrustListManager::State::perform(TrustAction action, std::vector<TrustStep> steps, std::string_view what,
                                                      std::string_view who, std::string note) {
    const auto before = log.last();
    Change change{.at = clock.now(), .who = std::string{who}, .action = action, .what = std::string{what}, .steps = std::move(steps)};
    if (const auto written = log.setLast(change); !written) return written.error();
    for (std::size_t i = 0; i < change.steps.size(); ++i) {
        if (const auto applied = apply(change.steps[i]); !applied) {
            return giveUp(std::move(change), i, before ? *before : std::nullopt, applied.error());
        }
    }
    ChangeRecord record{.at = change.at, .who = change.who, .action = action, .what = change.what, .note = std::move(note)};
    if (const auto written = log.append(record); !written) {
        record.note +=
            fmt::format("{}It is done, but missing from the history: {}", record.note.empty() ? "" : " ", written.error().text());
    }
    return record;
}

// What was done until then can be undone; when nothing was, the change before is the last one still.
Result<ChangeRecord> TrustListManager::State::giveUp(Change change, std::size_t done, const std::optional<Change>& before,
                                                     const Error& error) {
    const auto all = change.steps.size();
    change.steps.resize(done);
    if (done != 0) {
        change.what += fmt::format(" (incomplete: {} of {} steps)", done, all);
        (void)log.setLast(change);
        (void)log.append({.at = change.at, .who = change.who, .action = change.action, .what = change.what});
    } else if (before) {
        (void)log.setLast(*before);
    } else {
        (void)log.setLast(change);
    }
    return incomplete(error, done, all);
}

std::map<CertificateId, RefusalRecord> TrustListManager::State::refusals() const {
    std::map<CertificateId, RefusalRecord> all;
    for (auto& each : store.refusals().records) all.emplace(each.certificate, std::move(each));
    return all;
}

TrustListManager::TrustListManager(CertificateStore& store, TrustListManagerOptions options)
    : state_{std::make_unique<State>(store, options)} {}

TrustListManager::TrustListManager(DirectoryStore& store)
    : TrustListManager{static_cast<CertificateStore&>(store), {.records = store.changesFolder()}} {}

TrustListManager::~TrustListManager() = default;

std::vector<TrustListEntry> TrustListManager::list(StoreList list) const {
    const auto lists = state_->store.snapshot();
    auto refusals = state_->refusals();
    std::vector<TrustListEntry> entries;
    for (const auto& stored : lists->certificates(list)) {
        TrustListEntry entry{.stored = stored, .list = list};
        if (const auto at = refusals.find(stored.certificate.id()); at != refusals.end()) {
            entry.pinned = at->second.pinned;
            if (at->second.count != 0) entry.refusals = std::move(at->second);
        }
        entries.push_back(std::move(entry));
    }
    const auto lastSeen = [](const TrustListEntry& entry) { return entry.refusals ? entry.refusals->last : Instant::min(); };
    std::stable_sort(entries.begin(), entries.end(),
                     [&](const TrustListEntry& a, const TrustListEntry& b) { return lastSeen(a) > lastSeen(b); });
    return entries;
}

Result<TrustOffer> TrustListManager::offerFor(const CertificateId& id,
                                              std::span<const std::shared_ptr<const TrustSnapshot>> elsewhere) const {
    const auto lists = state_->store.snapshot();
    for (const auto list : kLists) {
        if (const auto* stored = lists->find(list, id)) return detail::offerFor(stored->certificate, *lists, elsewhere);
    }
    return notInAnyList(id);
}

Result<ChangeRecord> TrustListManager::trust(const CertificateId& id, std::string_view who, const TrustOffer& with) {
    return state_->alone([&](const TrustSnapshot& lists) -> Result<ChangeRecord> {
        if (const auto* blocked = lists.find(StoreList::Blocked, id)) {
            return Error{StatusCode::BadInvalidState,
                         fmt::format("{} is blocked: trust would let nobody in.", blocked->certificate.describe()), "Unblock it first."};
        }
        if (const auto* trusted = lists.find(StoreList::Trusted, id)) {
            return Error{StatusCode::BadNothingToDo, fmt::format("{} is trusted already.", trusted->certificate.describe()),
                         "There is nothing to do."};
        }
        const auto from = lists.find(StoreList::Rejected, id) != nullptr ? StoreList::Rejected : StoreList::Issuers;
        const auto* stored = lists.find(from, id);
        if (stored == nullptr) return notInAnyList(id);
        std::vector steps{moved(id, from, StoreList::Trusted)};
        for (const auto& each : with.issuers) {
            const auto& issuer = each.certificate;
            if (lists.find(StoreList::Trusted, issuer.id()) != nullptr || lists.find(StoreList::Issuers, issuer.id()) != nullptr) continue;
            const bool here = lists.find(StoreList::Rejected, issuer.id()) != nullptr;
            steps.push_back(here ? moved(issuer.id(), StoreList::Rejected, StoreList::Issuers) : added(issuer, StoreList::Issuers));
        }
        for (const auto& each : with.crls) {
            const auto list = lists.findBySubject(StoreList::Trusted, each.crl.issuer()).empty() ? StoreList::Issuers : StoreList::Trusted;
            if (findCrl(lists, list, each.crl.id()) == nullptr) steps.push_back(added(each.crl, list));
        }
        auto what = fmt::format("{} from {} to trusted", nameOf(stored->certificate), storeListName(from));
        if (steps.size() > 1) what += fmt::format(", with {} issuers and CRLs", steps.size() - 1);
        return state_->perform(TrustAction::Trust, std::move(steps), what, who);
    });
}

Result<ChangeRecord> TrustListManager::distrust(const CertificateId& id, std::string_view who) {
    return state_->alone([&](const TrustSnapshot& lists) -> Result<ChangeRecord> {
        const auto* stored = lists.find(StoreList::Trusted, id);
        if (stored == nullptr) return notInAnyList(id);
        std::string note;
        const auto above = detail::trustedAbove(stored->certificate, lists);
        if (above.ca != nullptr) {
            note = fmt::format("It is let in all the same, as its CA {} is trusted: block it to keep it out.",
                               above.ca->certificate.describe());
        } else if (above.unknown) {
            note =
                "Whether a trusted CA lets it in all the same cannot be said: too many CAs have the names of its chain. Block it to "
                "keep it out.";
        }
        return state_->perform(TrustAction::Distrust, {moved(id, StoreList::Trusted, StoreList::Rejected)},
                               fmt::format("{} from trusted to rejected", nameOf(stored->certificate)), who, std::move(note));
    });
}

Result<ChangeRecord> TrustListManager::remove(const CertificateId& id, StoreList list, std::string_view who) {
    return state_->alone([&](const TrustSnapshot& lists) -> Result<ChangeRecord> {
        const auto* stored = lists.find(list, id);
        if (stored == nullptr) return notInAnyList(id);
        auto note =
            list == StoreList::Rejected ? std::string{"It comes back with its next attempt: block it to keep it out."} : std::string{};
        return state_->perform(TrustAction::Delete, {removed(stored->certificate, list)},
                               fmt::format("{} out of {}", nameOf(stored->certificate), storeListName(list)), who, std::move(note));
    });
}

Result<ChangeRecord> TrustListManager::block(const CertificateId& id, std::string_view who) {
    return state_->alone([&](const TrustSnapshot& lists) -> Result<ChangeRecord> {
        if (const auto* blocked = lists.find(StoreList::Blocked, id)) {
            return Error{StatusCode::BadNothingToDo, fmt::format("{} is blocked already.", blocked->certificate.describe()),
                         "There is nothing to do."};
        }
        for (const auto list : kLists) {
            const auto* stored = lists.find(list, id);
            if (stored == nullptr) continue;
            return state_->perform(TrustAction::Block, {moved(id, list, StoreList::Blocked)},
                                   fmt::format("{} from {} to blocked", nameOf(stored->certificate), storeListName(list)), who);
        }
        return notInAnyList(id);
    });
}

Result<ChangeRecord> TrustListManager::block(const Certificate& certificate, std::string_view who) {
    const auto lists = state_->store.snapshot();
    const bool known =
        std::any_of(kLists.begin(), kLists.end(), [&](StoreList list) { return lists->find(list, certificate.id()) != nullptr; });
    if (known) return block(certificate.id(), who);
    return state_->alone([&](const TrustSnapshot&) {
        return state_->perform(TrustAction::Block, {added(certificate, StoreList::Blocked)},
                               fmt::format("{} to blocked", nameOf(certificate)), who);
    });
}

Result<ChangeRecord> TrustListManager::unblock(const CertificateId& id, std::string_view who) {
    return state_->alone([&](const TrustSnapshot& lists) -> Result<ChangeRecord> {
        const auto* stored = lists.find(StoreList::Blocked, id);
        if (stored == nullptr) return notInAnyList(id);
        return state_->perform(TrustAction::Unblock, {moved(id, StoreList::Blocked, StoreList::Rejected)},
                               fmt::format("{} from blocked to rejected", nameOf(stored->certificate)), who);
    });
}

Result<ChangeRecord> TrustListManager::pin(const CertificateId& id, bool pinned, std::string_view who) {
    return state_->alone([&](const TrustSnapshot& lists) -> Result<ChangeRecord> {
        const auto* stored = lists.find(StoreList::Rejected, id);
        if (stored == nullptr) return notInAnyList(id);
        const auto records = state_->refusals();
        const auto record = records.find(id);
        const bool isPinned = record != records.end() && record->second.pinned;
        if (isPinned == pinned) {
            return Error{StatusCode::BadNothingToDo,
                         fmt::format("{} is {} already.", stored->certificate.describe(), pinned ? "pinned" : "not pinned"),
                         "There is nothing to do."};
        }
        return state_->perform(pinned ? TrustAction::Pin : TrustAction::Unpin, {{.kind = pinned ? Kind::Pinned : Kind::Unpinned, .id = id}},
                               nameOf(stored->certificate), who);
    });
}

Result<ChangeRecord> TrustListManager::change(TrustAction action, std::vector<TrustStep> steps, std::string_view what,
                                              std::string_view who) {
    return state_->alone([&](const TrustSnapshot& lists) -> Result<ChangeRecord> {
        // To undo the adding of what was there before would be to lose it, and the removing of what was not, to bring it.
        std::erase_if(steps, [&](const TrustStep& step) {
            return (step.kind == Kind::Added && isIn(lists, step.to, step)) ||
                   (step.kind == Kind::Removed && !isIn(lists, step.from, step));
        });
        if (steps.empty()) {
            return Error{StatusCode::BadNothingToDo, "Everything is in its place already: nothing was changed.", "There is nothing to do."};
        }
        return state_->perform(action, std::move(steps), what, who);
    });
}

Result<ChangeRecord> TrustListManager::record(TrustAction action, std::vector<TrustStep> steps, std::string_view what,
                                              std::string_view who) {
    return state_->alone([&](const TrustSnapshot& lists) -> Result<ChangeRecord> {
        if (!std::all_of(steps.begin(), steps.end(), [&](const TrustStep& step) { return stillDone(lists, step); })) {
            return Error{StatusCode::BadInvalidState,
                         fmt::format("The lists are not what is to be recorded as done: {}.", printable(what, 1024)),
                         "Look at the lists again: somebody else may have changed them."};
        }
        Change change{.at = state_->clock.now(), .who = std::string{who}, .action = action, .what = std::string{what}};
        change.steps = std::move(steps);
        if (const auto written = state_->log.setLast(change); !written) return written.error();
        ChangeRecord line{.at = change.at, .who = change.who, .action = action, .what = change.what};
        if (const auto written = state_->log.append(line); !written) {
            line.note = fmt::format("It can be undone, but is missing from the history: {}", written.error().text());
        }
        return line;
    });
}

Result<ChangeRecord> TrustListManager::note(TrustAction action, std::string_view what, std::string_view who) {
    return state_->alone([&](const TrustSnapshot&) -> Result<ChangeRecord> {
        ChangeRecord record{.at = state_->clock.now(), .who = std::string{who}, .action = action, .what = std::string{what}};
        if (const auto written = state_->log.append(record); !written) return written.error();
        return record;
    });
}

Result<ChangeRecord> TrustListManager::undo(std::string_view who) {
    return state_->alone([&](const TrustSnapshot& lists) -> Result<ChangeRecord> {
        const auto last = state_->log.last();
        if (!last) return last.error();
        if (!*last || (*last)->steps.empty()) {
            return Error{StatusCode::BadNothingToDo, "There is no change that could be undone.", "There is nothing to do."};
        }
        std::vector<TrustStep> steps;
        for (const auto& step : (*last)->steps) {
            if (!stillDone(lists, step)) {
                return Error{StatusCode::BadInvalidState,
                             fmt::format("The lists are not what the last change ({} by {}: {}) has left: nothing was undone.",
                                         trustActionName((*last)->action), printable((*last)->who), printable((*last)->what, 1024)),
                             "Look at the lists, and change by hand what is to be changed."};
            }
            steps.insert(steps.begin(), inverseOf(step));
        }
        return state_->perform(TrustAction::Undo, std::move(steps),
                               fmt::format("{} of {}: {}", trustActionName((*last)->action), formatInstant((*last)->at), (*last)->what),
                               who);
    });
}

ChangeHistory TrustListManager::history() const {
    const std::lock_guard guard{state_->mutex};
    return state_->log.history();
}

std::string exportPem(const TrustSnapshot& snapshot, StoreList list) {
    std::string text;
    for (const auto& each : snapshot.certificates(list)) {
        // A copy: what it is decoded to for its name would else stay with the list.
        const auto certificate = detail::compacted(each.certificate);
        text += fmt::format("{}, {}\n{}", certificate.describe(), storeListName(list), encodePem("CERTIFICATE", certificate.der()));
    }
    for (const auto& each : snapshot.crls(list)) {
        text += fmt::format("CRL of {} of {}, beside {}\n{}", printable(each.crl.issuer().text()), formatInstant(each.crl.thisUpdate()),
                            storeListName(list), encodePem("X509 CRL", each.crl.der()));
    }
    return text;
}

}  // namespace uatrust
