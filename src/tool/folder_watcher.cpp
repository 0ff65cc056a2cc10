#include "tool/folder_watcher.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace uatrust::tool {
namespace {

using namespace std::string_view_literals;
using Kind = WatchEvent::Kind;
using Timer = std::chrono::steady_clock;

constexpr std::array kNames{"rejected"sv,     "refused"sv,     "refused-again"sv, "trusted"sv,      "distrusted"sv,
                            "blocked"sv,      "unblocked"sv,   "added"sv,         "removed"sv,      "crl-added"sv,
                            "crl-replaced"sv, "crl-removed"sv, "own-added"sv,     "own-replaced"sv, "own-removed"sv,
                            "expiring"sv,     "expired"sv,     "problem"sv,       "solved"sv};

// The file of a rejected certificate comes a moment before the record that says why.
constexpr std::chrono::milliseconds kReasonTime{400};
constexpr std::chrono::seconds kExpiryRound{60};

// A certificate that is in another list than before.
struct Move {
    std::optional<Certificate> certificate{};
    std::set<StoreList> left{};
    std::set<StoreList> come{};
};

std::map<CertificateId, Move> movesIn(const std::vector<TrustChange>& changes) {
    std::map<CertificateId, Move> moves;
    for (const auto& each : changes) {
        const auto* stored = each.certificate();
        if (stored == nullptr) continue;
        auto& move = moves[stored->certificate.id()];
        move.certificate = stored->certificate;
        (each.kind == TrustChange::Kind::Added ? move.come : move.left).insert(each.list);
    }
    return moves;
}

WatchEvent moved(Kind kind, const Move& move, std::optional<StoreList> to) {
    WatchEvent event{.kind = kind, .to = to, .certificate = move.certificate};
    if (!move.left.empty()) event.from = *move.left.begin();
    return event;
}

// What a move means; the list that decides most first. New in rejected is told with the reason, elsewhere.
std::optional<WatchEvent> eventOf(const Move& move) {
    if (move.come.contains(StoreList::Blocked)) return moved(Kind::Blocked, move, StoreList::Blocked);
    if (move.come.contains(StoreList::Trusted)) return moved(Kind::Trusted, move, StoreList::Trusted);
    const auto to = move.come.empty() ? std::nullopt : std::optional{*move.come.begin()};
    if (move.left.contains(StoreList::Trusted)) return moved(Kind::Distrusted, move, to);
    if (move.left.contains(StoreList::Blocked)) return moved(Kind::Unblocked, move, to);
    if (move.come.contains(StoreList::Issuers)) return moved(Kind::Added, move, to);
    if (move.come.contains(StoreList::Rejected)) return {};
    return moved(Kind::Removed, move, {});
}

std::vector<WatchEvent> crlEvents(const std::vector<TrustChange>& changes) {
    std::vector<const TrustChange*> gone;
    std::vector<WatchEvent> events;
    for (const auto& each : changes) {
        if (each.crl() != nullptr && each.kind == TrustChange::Kind::Removed) gone.push_back(&each);
    }
    for (const auto& each : changes) {
        if (each.crl() == nullptr || each.kind != TrustChange::Kind::Added) continue;
        const auto former = std::find_if(gone.begin(), gone.end(), [&](const TrustChange* other) {
            return other->list == each.list && other->crl()->crl.issuer() == each.crl()->crl.issuer();
        });
        events.push_back({.kind = former == gone.end() ? Kind::CrlAdded : Kind::CrlReplaced, .to = each.list, .crl = each.crl()->crl});
        if (former != gone.end()) gone.erase(former);
    }
    for (const auto* each : gone) events.push_back({.kind = Kind::CrlRemoved, .from = each->list, .crl = each->crl()->crl});
    return events;
}

// Own certificates as a list: no private key is read to see that one has come.
DirectoryStoreOptions ownView(DirectoryStoreOptions options) {
    DirectoryLayout view{.ownCertificates = {},
                         .ownPrivateKeys = {},
                         .ownReplaced = {},
                         .trustedCertificates = options.layout.ownCertificates,
                         .trustedCrls = {},
                         .issuerCertificates = {},
                         .issuerCrls = {},
                         .rejected = {},
                         .blocked = {}};
    options.layout = std::move(view);
    options.rejectedDenies = false;
    return options;
}

/// A store with its feed.
struct Source {
    Source(const std::filesystem::path& root, DirectoryStoreOptions options) : store{root, std::move(options)}, feed{store} {}
    DirectoryStore store;
    TrustChangeFeed feed;
};

// Both feeds look at the same journal.
std::vector<StoreProblem> united(std::vector<StoreProblem> all, const std::vector<StoreProblem>& more) {
    for (const auto& each : more) {
        if (std::find(all.begin(), all.end(), each) == all.end()) all.push_back(each);
    }
    return all;
}

std::string problemText(const StoreProblem& problem) { return fmt::format("{} {}", problem.message, problem.remedy); }

}  // namespace

std::string_view watchEventName(WatchEvent::Kind kind) noexcept { return kNames.at(static_cast<std::size_t>(kind)); }

struct FolderWatcher::State {
    State(PkiFolder given, std::chrono::seconds span)
        : folder{std::move(given)}, within{span}, lists{std::make_unique<Source>(folder.root, folder.options())} {
        if (!folder.options().layout.ownCertificates.empty()) own = std::make_unique<Source>(folder.root, ownView(folder.options()));
        for (const auto& each : lists->feed.journal().records) attempts[each.certificate] = each.count;
    }

    [[nodiscard]] bool isThere(std::vector<WatchEvent>& events);
    void tellFirst(std::vector<WatchEvent>& events) const;
    void tellMoves(std::vector<WatchEvent>& events, const std::vector<TrustChange>& changes);
    void tellRefusals(std::vector<WatchEvent>& events, const std::vector<RefusalRecord>& records);
    void tellWithoutReason(std::vector<WatchEvent>& events);
    void tellOwn(std::vector<WatchEvent>& events, const std::vector<TrustChange>& changes) const;
    void tellExpiry(std::vector<WatchEvent>& events, Instant now);
    void tellExpiryOf(std::vector<WatchEvent>& events, Instant now, const CertificateId& id, Instant end, WatchEvent event);

    PkiFolder folder;
    std::chrono::seconds within;
    std::unique_ptr<Source> lists;
    std::unique_ptr<Source> own{};
    std::map<CertificateId, std::uint64_t> attempts{};
    struct Waiting {
        Move move;
        Timer::time_point until;
    };
    std::map<CertificateId, Waiting> waiting{};  // new in rejected, for the reason
    std::map<CertificateId, Kind> toldExpiry{};
    Timer::time_point nextExpiry{};
    bool first = true;
    bool away = false;
};

// While it is gone nothing in it has changed: what has, is told when it is back.
bool FolderWatcher::State::isThere(std::vector<WatchEvent>& events) {
    std::error_code error;
    const bool missing = !std::filesystem::is_directory(folder.root, error);
    if (missing != away) {
        const StoreProblem problem{folder.name(), "The folder is not there, or cannot be reached.",
                                   "Bring it back, or see to it that the folders above it may be entered."};
        events.push_back({.kind = missing ? Kind::Problem : Kind::Solved,
                          .name = problem.source,
                          .text = missing ? problemText(problem) : problem.message});
    }
    away = missing;
    return !away;
}

void FolderWatcher::State::tellFirst(std::vector<WatchEvent>& events) const {
    std::vector<StoreProblem> problems{lists->feed.snapshot()->problems().begin(), lists->feed.snapshot()->problems().end()};
    const auto& ofJournal = lists->feed.journal().problems;
    problems.insert(problems.end(), ofJournal.begin(), ofJournal.end());
    if (own) problems.insert(problems.end(), own->feed.snapshot()->problems().begin(), own->feed.snapshot()->problems().end());
    for (const auto& each : problems) events.push_back({.kind = Kind::Problem, .name = each.source, .text = problemText(each)});
}

void FolderWatcher::State::tellMoves(std::vector<WatchEvent>& events, const std::vector<TrustChange>& changes) {
    for (const auto& [id, move] : movesIn(changes)) {
        waiting.erase(id);
        if (auto event = eventOf(move)) {
            events.push_back(std::move(*event));
        } else {
            waiting[id] = {move, Timer::now() + kReasonTime};
        }
    }
    for (auto& each : crlEvents(changes)) events.push_back(std::move(each));
}

void FolderWatcher::State::tellRefusals(std::vector<WatchEvent>& events, const std::vector<RefusalRecord>& records) {
    for (const auto& record : records) {
        const auto known = attempts.find(record.certificate);
        const bool again = known != attempts.end() && known->second != 0;
        const bool more = record.count > (known == attempts.end() ? 0 : known->second);
        attempts[record.certificate] = record.count;
        if (!more) continue;  // pinned
        WatchEvent event{.kind = again ? Kind::RefusedAgain : Kind::Refused, .refusals = record, .name = record.name};
        if (const auto at = waiting.find(record.certificate); at != waiting.end()) {
            event.kind = Kind::Rejected;
            event.to = StoreList::Rejected;
            event.certificate = at->second.move.certificate;
            waiting.erase(at);
        } else if (const auto* stored = lists->feed.snapshot()->find(StoreList::Rejected, record.certificate)) {
            event.certificate = stored->certificate;
        }
        events.push_back(std::move(event));
    }
}

void FolderWatcher::State::tellWithoutReason(std::vector<WatchEvent>& events) {
    const auto now = Timer::now();
    for (auto at = waiting.begin(); at != waiting.end();) {
        if (now < at->second.until) {
            ++at;
            continue;
        }
        events.push_back(moved(Kind::Rejected, at->second.move, StoreList::Rejected));
        at = waiting.erase(at);
    }
}

// A file may have issuers behind the own certificate: they are none.
void FolderWatcher::State::tellOwn(std::vector<WatchEvent>& events, const std::vector<TrustChange>& changes) const {
    std::vector<Certificate> gone;
    std::vector<Certificate> come;
    for (const auto& each : changes) {
        const auto* stored = each.certificate();
        if (stored == nullptr || stored->certificate.isCa()) continue;
        (each.kind == TrustChange::Kind::Added ? come : gone).push_back(stored->certificate);
    }
    for (const auto& each : come) events.push_back({.kind = gone.empty() ? Kind::OwnAdded : Kind::OwnReplaced, .certificate = each});
    if (!come.empty()) return;
    for (const auto& each : gone) events.push_back({.kind = Kind::OwnRemoved, .certificate = each});
}

void FolderWatcher::State::tellExpiryOf(std::vector<WatchEvent>& events, Instant now, const CertificateId& id, Instant end,
                                        WatchEvent event) {
    if (end - now > within) return;
    event.kind = end < now ? Kind::Expired : Kind::Expiring;
    event.expires = end;
    if (const auto told = toldExpiry.find(id); told != toldExpiry.end() && told->second == event.kind) return;
    toldExpiry[id] = event.kind;
    events.push_back(std::move(event));
}

void FolderWatcher::State::tellExpiry(std::vector<WatchEvent>& events, Instant now) {
    for (const auto list : {StoreList::Trusted, StoreList::Issuers}) {
        for (const auto& each : lists->feed.snapshot()->certificates(list)) {
            const auto& certificate = each.certificate;
            tellExpiryOf(events, now, certificate.id(), certificate.notAfter(), {.to = list, .certificate = certificate});
        }
        for (const auto& each : lists->feed.snapshot()->crls(list)) {
            const auto& crl = each.crl;
            if (crl.nextUpdate()) tellExpiryOf(events, now, crl.id(), *crl.nextUpdate(), {.to = list, .crl = crl});
        }
    }
    if (!own) return;
    for (const auto& each : own->feed.snapshot()->certificates(StoreList::Trusted)) {
        const auto& certificate = each.certificate;
        tellExpiryOf(events, now, certificate.id(), certificate.notAfter(), {.certificate = certificate, .text = "It is the own one."});
    }
}

FolderWatcher::FolderWatcher(PkiFolder folder, std::chrono::seconds within) : state_{std::make_unique<State>(std::move(folder), within)} {}
FolderWatcher::~FolderWatcher() = default;
FolderWatcher::FolderWatcher(FolderWatcher&&) noexcept = default;
FolderWatcher& FolderWatcher::operator=(FolderWatcher&&) noexcept = default;

std::vector<WatchEvent> FolderWatcher::poll(Instant now) {
    auto& state = *state_;
    std::vector<WatchEvent> events;
    if (!state.isThere(events)) return events;
    if (std::exchange(state.first, false)) state.tellFirst(events);
    const auto news = state.lists->feed.poll();
    state.tellMoves(events, news.changes);
    for (const auto& each : news.forgotten) state.attempts.erase(each);
    state.tellRefusals(events, news.refusals);
    state.tellWithoutReason(events);
    const auto ofOwn = state.own ? state.own->feed.poll() : StoreNews{};
    for (const auto& each : united(news.problems, ofOwn.problems)) {
        events.push_back({.kind = Kind::Problem, .name = each.source, .text = problemText(each)});
    }
    for (const auto& each : united(news.solved, ofOwn.solved)) {
        events.push_back({.kind = Kind::Solved, .name = each.source, .text = each.message});
    }
    state.tellOwn(events, ofOwn.changes);
    const bool changed = !news.changes.empty() || !ofOwn.changes.empty();
    if (changed || Timer::now() >= state.nextExpiry) {
        state.tellExpiry(events, now);
        state.nextExpiry = Timer::now() + kExpiryRound;
    }
    return events;
}

const PkiFolder& FolderWatcher::folder() const noexcept { return state_->folder; }

const TrustSnapshot& FolderWatcher::lists() const noexcept { return *state_->lists->feed.snapshot(); }

namespace {

const Refusal* lastRefusal(const WatchEvent& event) {
    return event.refusals && !event.refusals->refusals.empty() ? &event.refusals->refusals.front() : nullptr;
}

std::string nameIn(const WatchEvent& event) {
    if (event.certificate) return event.certificate->describe();
    if (event.crl) return fmt::format("CRL of {}", printable(event.crl->issuer().text()));
    return printable(event.name, 4096);
}

Json listJson(const std::optional<StoreList>& list) { return list ? Json(std::string{storeListName(*list)}) : Json(); }

}  // namespace

std::string watchText(const WatchEvent& event, Instant at, const std::string& folder) {
    auto text =
        fmt::format("{}  {}{}{:<13}  {}", formatInstant(at), folder, folder.empty() ? "" : "  ", watchEventName(event.kind), nameIn(event));
    if (event.from && event.to) text += fmt::format(", from {} to {}", storeListName(*event.from), storeListName(*event.to));
    if (event.from && !event.to) text += fmt::format(", out of {}", storeListName(*event.from));
    if (!event.from && event.to && event.kind != WatchEvent::Kind::Rejected) text += fmt::format(", in {}", storeListName(*event.to));
    if (event.expires) text += fmt::format(", until {}", formatInstant(*event.expires));
    if (const auto* refusal = lastRefusal(event)) {
        text += fmt::format(": {}: {} (from {}, at {}", statusName(refusal->status), refusal->reason,
                            refusal->peerAddress.empty() ? "an unknown address" : refusal->peerAddress,
                            refusal->endpointUrl.empty() ? "an unknown endpoint" : refusal->endpointUrl);
        text += event.refusals->count > 1 ? fmt::format("; {} attempts)", event.refusals->count) : ")";
    }
    if (!event.text.empty()) text += fmt::format(": {}", event.text);
    return text;
}

Json watchJson(const WatchEvent& event, Instant at, const PkiFolder& folder) {
    Json json{{"event", watchEventName(event.kind)}, {"at", formatInstant(at)}, {"folder", folder.name()}, {"name", nameIn(event)}};
    if (event.from || event.to) {
        json["from"] = listJson(event.from);
        json["to"] = listJson(event.to);
    }
    if (event.certificate) {
        json["id"] = event.certificate->id().text();
        json["thumbprint"] = event.certificate->thumbprint().text();
        json["subject"] = event.certificate->subject().text();
        json["applicationUri"] = printable(event.certificate->applicationUri());
    } else if (event.crl) {
        json["id"] = event.crl->id().text();
        json["issuer"] = event.crl->issuer().text();
        json["thisUpdate"] = formatInstant(event.crl->thisUpdate());
        json["nextUpdate"] = event.crl->nextUpdate() ? Json(formatInstant(*event.crl->nextUpdate())) : Json();
    } else if (event.refusals) {
        json["id"] = event.refusals->certificate.text();
    }
    if (event.expires) json["expires"] = formatInstant(*event.expires);
    if (event.refusals) json["attempts"] = event.refusals->count;
    if (const auto* refusal = lastRefusal(event)) {
        json["status"] = statusName(refusal->status);
        json["reason"] = refusal->reason;
        json["peerAddress"] = refusal->peerAddress;
        json["endpointUrl"] = refusal->endpointUrl;
    }
    if (!event.text.empty()) json["text"] = event.text;
    return json;
}

}  // namespace uatrust::tool
