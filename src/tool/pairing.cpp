#include "tool/pairing.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include <fmt/format.h>

#include <uatrust/core/endpoint_url.hpp>
#include <uatrust/store/memory_store.hpp>
#include <uatrust/store/trust_changes.hpp>
#include <uatrust/validation/validator.hpp>

#include "tool/text.hpp"

namespace uatrust::tool {
namespace {

using Kind = PairingEvent::Kind;
using Timer = std::chrono::steady_clock;

constexpr std::size_t kLeastDigits = 8;
constexpr std::size_t kMaxTold = 256;
constexpr int kHoldTries = 25;
constexpr std::chrono::milliseconds kHoldPause{20};
// By how much a window may be late whose process is there: beyond, it is stopped, or hangs.
constexpr std::chrono::seconds kLate{10};

std::string historyName(const std::string& who) { return who + " (pairing)"; }

std::string nameInHistory(const std::string& name, const CertificateId& id) { return fmt::format("{} ({})", name, id.text()); }

// Not as changes that undo takes back: a last change of the operator's own stays that.
Result<void> reject(DirectoryStore& store, TrustListManager& manager, const PairingRecord::Entry& entry, std::string_view why,
                    const std::string& who) {
    const auto moved = store.moveCertificate(entry.certificate, StoreList::Trusted, StoreList::Rejected);
    if (moved.status() == StatusCode::BadNotFound) return {};  // somebody else has done so
    if (!moved) return moved;
    const auto what = fmt::format("{} from trusted to rejected, {}", nameInHistory(entry.name, entry.certificate), why);
    (void)manager.note(TrustAction::Distrust, what, historyName(who));
    return {};
}

Error openAlready(const PairingRecord& record) {
    return {StatusCode::BadInvalidState,
            fmt::format("A pairing window of {} (process {}) is open for these lists until {}.", record.who, record.process,
                        formatInstant(record.until)),
            "Wait for it to close, or close it there."};
}

Error busy() {
    return {StatusCode::BadResourceUnavailable, "Another process opens or closes a pairing window for these lists at this moment.",
            "Try again."};
}

bool isUnconfirmed(const PairingRecord::Entry& entry) { return entry.state == PairingState::Provisional; }

// The names of those that were rejected again.
Result<std::vector<std::string>> closeLeft(DirectoryStore& store, TrustListManager& manager, const PairingRecord& record,
                                           const PairingFile& file, const std::string& who) {
    std::vector<std::string> names;
    for (const auto& each : record.entries) {
        if (!isUnconfirmed(each)) continue;
        const auto why = fmt::format("not confirmed: the pairing window of {} was not closed", record.who);
        if (const auto rejected = reject(store, manager, each, why, who); !rejected) {
            return Error{rejected.error().status,
                         fmt::format("{} is still trusted, let in by a pairing window that nobody has closed: {}", each.name,
                                     rejected.error().message),
                         rejected.error().remedy};
        }
        names.push_back(each.name);
    }
    const auto removed = file.remove();
    return removed ? Result<std::vector<std::string>>{std::move(names)} : removed.error();
}

// A role is not known of a folder: with trust it has to be good for one of them.
std::optional<std::string> refusedAllTheSame(const Certificate& certificate, const Refusal& refusal, Instant now) {
    MemoryStore store;
    if (const auto added = store.addCertificate(StoreList::Trusted, certificate); !added) return added.error().message;
    const StrictPolicy policy;
    const CertificateValidator validator{store, policy};
    std::string why;
    for (const auto role : {Role::Server, Role::Client}) {
        ValidationRequest request{.certificate = certificate.der(), .role = role, .at = now, .fileRejected = false};
        if (!refusal.applicationUri.empty()) request.applicationUri = refusal.applicationUri;
        const auto verdict = validator.validate(request);
        if (verdict.accepted()) return {};
        const auto* finding = verdict.report().decisive();
        if (why.empty()) why = fmt::format("{}: {}", statusName(verdict.status()), finding == nullptr ? "" : finding->message);
    }
    return why;
}

}  // namespace

struct Pairing::State {
    // Why somebody was passed over, as the operator has heard it.
    struct PassedOver {
        std::string why;
        std::uint64_t attempts = 0;
        bool judged = false;  // by its content: without another attempt it need not be looked at again
    };

    State(DirectoryStore& borrowed, TrustListManager& changes, PairingOptions given, Instant now, HeldFile lock)
        : store{borrowed},
          manager{changes},
          options{std::move(given)},
          file{borrowed},
          held{std::move(lock)},
          feed{borrowed},
          opened{now},
          until{now + options.duration} {
        for (const auto& record : feed.journal().records) attemptsBefore[record.certificate] = record.count;
    }

    [[nodiscard]] Instant timeAt(Instant now) const {
        return std::max(now, opened + std::chrono::duration_cast<std::chrono::seconds>(Timer::now() - started));
    }
    [[nodiscard]] PairingEntry* find(const CertificateId& id);
    [[nodiscard]] std::size_t count(PairingState state) const;
    [[nodiscard]] PairingRecord record() const;
    [[nodiscard]] Result<void> write() const { return file.write(record()); }

    void noticeGone(std::vector<PairingEvent>& events);
    void lookForArrivals(std::vector<PairingEvent>& events, Instant now);
    [[nodiscard]] const Refusal* attempt(const RefusalRecord& record, std::string& whyNot) const;
    [[nodiscard]] std::string whyNot(const Certificate& certificate) const;
    void letIn(std::vector<PairingEvent>& events, const Certificate& certificate, const Refusal& refusal, Instant now);
    void passOver(std::vector<PairingEvent>& events, const Certificate& certificate, const Refusal& refusal, PassedOver why);
    void trouble(std::vector<PairingEvent>& events, const Error& error, std::optional<Certificate> certificate = {});
    void finish(std::vector<PairingEvent>& events);
    Result<PairingEntry*> undecided(const CertificateId& id, Instant now);

    DirectoryStore& store;
    TrustListManager& manager;
    const PairingOptions options;
    const PairingFile file;
    const HeldFile held;
    TrustChangeFeed feed;
    const Instant opened;
    const Instant until;
    const Timer::time_point started = Timer::now();
    std::map<CertificateId, std::uint64_t> attemptsBefore{};
    std::vector<PairingEntry> entries{};
    std::map<CertificateId, PassedOver> told{};
    std::set<std::string> troubles{};
    std::string closing{};  // why; empty as long as somebody may be let in
    bool look = true;
    bool finished = false;
};

PairingEntry* Pairing::State::find(const CertificateId& id) {
    const auto at = std::find_if(entries.begin(), entries.end(), [&](const PairingEntry& each) { return each.certificate.id() == id; });
    return at == entries.end() ? nullptr : &*at;
}

std::size_t Pairing::State::count(PairingState state) const {
    return static_cast<std::size_t>(
        std::count_if(entries.begin(), entries.end(), [&](const PairingEntry& each) { return each.state == state; }));
}

PairingRecord Pairing::State::record() const {
    PairingRecord all{.opened = opened,
                      .until = until,
                      .who = options.who,
                      .process = processId(),
                      .endpointUrl = options.endpointUrl,
                      .max = options.max};
    for (const auto& each : entries) all.entries.push_back({each.certificate.id(), each.certificate.describe(), each.state, each.at});
    return all;
}

// Only what is certainly elsewhere is given up: what cannot be found now, as when a disk was taken away, is there again, and trusted,
// when it can.
void Pairing::State::noticeGone(std::vector<PairingEvent>& events) {
    const auto& lists = *feed.snapshot();
    for (auto& each : entries) {
        const auto isIn = [&](StoreList list) { return lists.find(list, each.certificate.id()) != nullptr; };
        if (each.state != PairingState::Provisional || isIn(StoreList::Trusted)) continue;
        if (!lists.problems().empty() || !(isIn(StoreList::Rejected) || isIn(StoreList::Blocked))) continue;
        each.state = PairingState::Dropped;
        if (const auto written = write(); !written) trouble(events, written.error());
        events.push_back({Kind::Dropped, each.certificate, {}, "Somebody else has taken it out of the trusted list."});
        look = true;
    }
}

// Null without an attempt while the window was open; with one that does not count, `whyNot` says so.
const Refusal* Pairing::State::attempt(const RefusalRecord& record, std::string& whyNot) const {
    const auto before = attemptsBefore.find(record.certificate);
    if (before != attemptsBefore.end() && record.count <= before->second) return nullptr;
    for (const auto& each : record.refusals) {
        if (each.at < opened) continue;
        if (each.status != StatusCode::BadCertificateUntrusted) {
            whyNot = fmt::format("It is refused for another reason than trust: {}: {}", statusName(each.status), each.reason);
        } else if (!options.endpointUrl.empty() && endpointKey(each.endpointUrl) != endpointKey(options.endpointUrl)) {
            whyNot = each.endpointUrl.empty() ? std::string{"It is not known which endpoint it has tried."}
                                              : fmt::format("It has tried another endpoint: {}.", each.endpointUrl);
        } else {
            whyNot.clear();
            return &each;
        }
    }
    return nullptr;
}

// The content, and as much of the lists as concerns it.
std::string Pairing::State::whyNot(const Certificate& certificate) const {
    const auto& lists = *feed.snapshot();
    if (lists.findBlocked(certificate) != nullptr) return "It is blocked.";
    if (!lists.allBlockedRead()) return "Whether it is blocked cannot be said: something in the blocked list cannot be read.";
    if (certificate.isCa()) return "It is a CA: with it all would be let in that it issues.";
    if (!certificate.isSelfSigned()) return "It was issued by a CA: trust the CA, or the certificate, by hand.";
    if (count(PairingState::Provisional) + count(PairingState::Confirmed) < options.max) return {};
    return fmt::format("All {} places are taken: drop another one first.", options.max);
}

void Pairing::State::lookForArrivals(std::vector<PairingEvent>& events, Instant now) {
    const auto lists = feed.snapshot();
    for (const auto& record : feed.journal().records) {
        const auto* stored = lists->find(StoreList::Rejected, record.certificate);
        if (stored == nullptr || lists->find(StoreList::Trusted, record.certificate) != nullptr || find(record.certificate) != nullptr) {
            continue;
        }
        const auto known = told.find(record.certificate);
        if (known != told.end() && known->second.judged && known->second.attempts == record.count) continue;
        std::string why;
        const auto* refusal = attempt(record, why);
        if (refusal == nullptr && why.empty()) continue;
        const auto seen = refusal == nullptr ? Refusal{.at = record.last} : *refusal;
        if (why.empty()) why = whyNot(stored->certificate);
        const auto refused = why.empty() ? refusedAllTheSame(stored->certificate, seen, now) : std::nullopt;
        if (refused) why = fmt::format("It would be refused all the same: {}", *refused);
        if (why.empty()) {
            letIn(events, stored->certificate, seen, now);
        } else {
            passOver(events, stored->certificate, seen, {std::move(why), record.count, refused.has_value()});
        }
    }
}

// Written down first: whatever happens then, it is known whom to take back.
void Pairing::State::letIn(std::vector<PairingEvent>& events, const Certificate& certificate, const Refusal& refusal, Instant now) {
    entries.push_back({certificate, refusal, PairingState::Provisional, now});
    const auto written = write();
    const auto moved = written ? store.moveCertificate(certificate.id(), StoreList::Rejected, StoreList::Trusted) : written;
    if (moved) {
        const auto what = fmt::format("{} from rejected to trusted, provisionally until {}",
                                      nameInHistory(certificate.describe(), certificate.id()), formatInstant(until));
        events.push_back({Kind::LetIn, certificate, refusal, {}});
        const auto noted = manager.note(TrustAction::Trust, what, historyName(options.who));
        if (!noted) trouble(events, noted.error(), certificate);
        return;
    }
    // Half of the move may be done.
    const auto removed = written ? store.removeCertificate(StoreList::Trusted, certificate.id()) : Result<void>{};
    if (removed || removed.status() == StatusCode::BadNotFound) entries.pop_back();
    if (moved.status() == StatusCode::BadNotFound) return;
    look = true;
    trouble(events, moved.error(), certificate);
}

void Pairing::State::passOver(std::vector<PairingEvent>& events, const Certificate& certificate, const Refusal& refusal, PassedOver why) {
    const auto at = told.find(certificate.id());
    if (at == told.end() && told.size() >= kMaxTold) return;
    const bool news = at == told.end() || at->second.why != why.why;
    if (news) events.push_back({Kind::PassedOver, certificate, refusal, why.why});
    told.insert_or_assign(certificate.id(), std::move(why));
}

void Pairing::State::trouble(std::vector<PairingEvent>& events, const Error& error, std::optional<Certificate> certificate) {
    const auto text = fmt::format("{} {}", error.message, error.remedy);
    if (troubles.size() >= kMaxTold || !troubles.insert(text).second) return;
    events.push_back({Kind::Trouble, std::move(certificate), {}, text});
}

void Pairing::State::finish(std::vector<PairingEvent>& events) {
    bool complete = true;
    for (auto& each : entries) {
        if (each.state != PairingState::Provisional) continue;
        const PairingRecord::Entry entry{each.certificate.id(), each.certificate.describe(), each.state, each.at};
        if (const auto rejected = reject(store, manager, entry, "not confirmed", options.who); rejected) {
            each.state = PairingState::Dropped;
            events.push_back({Kind::TakenBack, each.certificate, {}, "Nobody has confirmed it."});
        } else {
            complete = false;
            trouble(events, rejected.error(), each.certificate);
        }
    }
    if (!complete) return;
    if (const auto removed = file.remove(); !removed) {
        trouble(events, removed.error());
        return;
    }
    finished = true;
    events.push_back({Kind::Closed, {}, {}, closing});
}

Result<PairingEntry*> Pairing::State::undecided(const CertificateId& id, Instant now) {
    if (!closing.empty() || finished || timeAt(now) >= until) {
        return Error{StatusCode::BadInvalidState, "The pairing window is closed.",
                     "Open another one, or trust the certificate from the rejected list."};
    }
    auto* entry = find(id);
    if (entry == nullptr) {
        return Error{StatusCode::BadNotFound, fmt::format("The pairing window has not let in {}.", id.text()),
                     "Look at the certificates that it has let in."};
    }
    if (entry->state == PairingState::Provisional) return entry;
    const bool confirmed = entry->state == PairingState::Confirmed;
    return Error{confirmed ? StatusCode::BadNothingToDo : StatusCode::BadInvalidState,
                 fmt::format("{} is {} already.", entry->certificate.describe(), pairingStateName(entry->state)),
                 confirmed ? "To trust it no longer, distrust it." : "To let it in all the same, trust it from the rejected list."};
}

Pairing::Pairing(std::unique_ptr<State> state) noexcept : state_{std::move(state)} {}

Pairing::~Pairing() {
    try {
        if (isOpen()) (void)close("Its program has ended.");
    } catch (...) {  // NOLINT(bugprone-empty-catch): what is left is written down, and closeStalePairing() finds it
    }
}

Result<void> Pairing::check(const PairingOptions& options) {
    if (options.duration < std::chrono::seconds{1} || options.duration > PairingOptions::kLongest || options.max < 1 ||
        options.max > PairingOptions::kMost) {
        return Error{StatusCode::BadInvalidArgument, "A pairing window lets in 1 to 100 certificates, for a second up to 24 hours.",
                     "Give another time or another number."};
    }
    if (!options.endpointUrl.empty() && endpointKey(options.endpointUrl).empty()) {
        return Error{StatusCode::BadInvalidArgument, fmt::format("\"{}\" is no endpoint URL.", printable(options.endpointUrl)),
                     "Write it as the server has it, like opc.tcp://plc-4:4840."};
    }
    return {};
}

Result<std::unique_ptr<Pairing>> Pairing::open(DirectoryStore& store, TrustListManager& manager, PairingOptions options, Instant now) {
    if (const auto checked = check(options); !checked) return checked.error();
    const PairingFile file{store};
    // Who only looks whether there is a window holds this for a moment, too.
    auto held = file.tryHold();
    for (int i = 0; i < kHoldTries && held && !*held; ++i) {
        std::this_thread::sleep_for(kHoldPause);
        held = file.tryHold();
    }
    if (!held) return held.error();
    const auto left = file.read();
    if (!left) return left.error();
    if (!*held) return *left ? openAlready(**left) : busy();
    if (*left) {
        if (const auto closed = closeLeft(store, manager, **left, file, options.who); !closed) return closed.error();
    }
    auto state = std::make_unique<State>(store, manager, std::move(options), now, std::move(**held));
    if (const auto written = state->write(); !written) return written.error();
    return std::unique_ptr<Pairing>{new Pairing{std::move(state)}};
}

std::vector<PairingEvent> Pairing::step(Instant now) {
    std::vector<PairingEvent> events;
    auto& state = *state_;
    if (state.finished) return events;
    now = state.timeAt(now);
    if (!state.feed.poll().empty()) state.look = true;
    state.noticeGone(events);
    if (state.closing.empty() && now >= state.until) state.closing = "Its time is over.";
    if (state.closing.empty() && state.count(PairingState::Confirmed) >= state.options.max) state.closing = "All places are confirmed.";
    if (!state.closing.empty()) {
        state.finish(events);
    } else if (std::exchange(state.look, false)) {
        state.lookForArrivals(events, now);
    }
    return events;
}

Result<PairingEvent> Pairing::confirm(const CertificateId& id, Instant now) {
    const auto entry = state_->undecided(id, now);
    if (!entry) return entry.error();
    const auto& certificate = (*entry)->certificate;
    if (state_->store.snapshot()->findBlocked(certificate) != nullptr) {
        return Error{StatusCode::BadInvalidState, fmt::format("{} is blocked: to confirm it would let nobody in.", certificate.describe()),
                     "Unblock it first."};
    }
    const auto recorded = state_->manager.record(
        TrustAction::Trust, {TrustStep{.id = id, .from = StoreList::Rejected, .to = StoreList::Trusted}},
        fmt::format("{} from rejected to trusted, confirmed", nameInHistory(certificate.describe(), id)), historyName(state_->options.who));
    if (!recorded) return recorded.error();
    (*entry)->state = PairingState::Confirmed;
    auto note = recorded->note;
    if (const auto written = state_->write(); !written) note = fmt::format("It may be rejected again: {}", written.error().text());
    return PairingEvent{Kind::Confirmed, certificate, {}, std::move(note)};
}

Result<PairingEvent> Pairing::drop(const CertificateId& id, Instant now) {
    const auto entry = state_->undecided(id, now);
    if (!entry) return entry.error();
    auto& dropped = **entry;
    const PairingRecord::Entry row{id, dropped.certificate.describe(), dropped.state, dropped.at};
    if (const auto rejected = reject(state_->store, state_->manager, row, "dropped", state_->options.who); !rejected)
        return rejected.error();
    dropped.state = PairingState::Dropped;
    state_->look = true;
    // Were it left as provisional in the file, it would be taken back once more.
    (void)state_->write();
    return PairingEvent{Kind::Dropped, dropped.certificate, {}, {}};
}

std::vector<PairingEvent> Pairing::close(std::string_view why) {
    std::vector<PairingEvent> events;
    if (state_->finished) return events;
    if (state_->closing.empty()) state_->closing = why;
    state_->finish(events);
    return events;
}

bool Pairing::isOpen() const noexcept { return !state_->finished; }

bool Pairing::isClosing() const noexcept { return isOpen() && !state_->closing.empty(); }

Instant Pairing::until() const noexcept { return state_->until; }

std::chrono::seconds Pairing::left(Instant now) const noexcept {
    if (!state_->closing.empty()) return std::chrono::seconds{0};
    return std::max(state_->until - state_->timeAt(now), std::chrono::seconds{0});
}

const PairingOptions& Pairing::options() const noexcept { return state_->options; }

const std::vector<PairingEntry>& Pairing::entries() const noexcept { return state_->entries; }

Result<CertificateId> Pairing::named(std::string_view digits) const {
    std::string plain{digits};
    std::erase(plain, ' ');
    plain = lowerCase(plain);
    std::vector<CertificateId> found;
    for (const auto& each : state_->entries) {
        const auto& certificate = each.certificate;
        if (certificate.id().text().starts_with(plain) || toHex(certificate.thumbprint().sha1).starts_with(plain)) {
            found.push_back(certificate.id());
        }
    }
    if (plain.size() < kLeastDigits || found.empty()) {
        return Error{StatusCode::BadNotFound, fmt::format("The pairing window has not let in \"{}\".", printable(digits)),
                     "Give eight or more digits of the thumbprint or SHA-256 of one that it has let in."};
    }
    if (found.size() == 1) return found.front();
    return Error{StatusCode::BadInvalidArgument, fmt::format("\"{}\" fits {} certificates.", printable(digits), found.size()),
                 "Give more digits of the one that is meant."};
}

std::string StalePairing::text() const {
    auto text = fmt::format("The pairing window that {} opened at {} was not closed by its process {}.", record.who,
                            formatInstant(record.opened), record.process);
    if (rejected.empty()) return text + " Nobody was left in it unconfirmed.";
    return text + fmt::format(" Rejected again, as nobody had confirmed it: {}.", fmt::join(rejected, "; "));
}

Result<std::optional<StalePairing>> closeStalePairing(const PkiFolder& folder, const std::string& who) {
    auto storeOptions = folder.options();
    const PairingFile file{DirectoryStore{folder.root, storeOptions}};
    const auto there = file.read();
    if (!there) return there.error();
    if (!*there) return std::optional<StalePairing>{};
    const auto held = file.tryHold();
    const bool late = systemClock().now() > (*there)->until + kLate;
    if ((!held || !*held) && !late) return std::optional<StalePairing>{};
    // Another process may have done so before the lock was had.
    auto left = file.read();
    if (!left) return left.error();
    if (!*left) return std::optional<StalePairing>{};

    storeOptions.readOnly = false;
    DirectoryStore store{folder.root, storeOptions};
    TrustListManager manager{store};
    auto rejected = closeLeft(store, manager, **left, file, who);
    if (!rejected) return rejected.error();
    return std::optional{StalePairing{.record = std::move(**left), .rejected = std::move(*rejected)}};
}

}  // namespace uatrust::tool
