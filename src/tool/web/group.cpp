#include "tool/web/group.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>

#include <fmt/format.h>

#include "tool/platform.hpp"
#include "tool/problems.hpp"
#include "tool/web/answer.hpp"

namespace uatrust::tool::web {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxPath = 4096;
constexpr std::size_t kMaxStamped = 1000;

std::string shown(const fs::path& path) { return printable(textOf(path), kMaxPath); }

// The side that the application takes, whose peers are in the folder.
std::string roleOf(const PkiFolder& folder) {
    auto group = folder.layout == nullptr ? LayoutGroup::Unknown : folder.layout->group;
    std::error_code error;
    const auto root = fs::canonical(folder.root, error);
    const auto search = detectLayouts(error ? folder.root : root);
    for (std::size_t i = 0; search && group == LayoutGroup::Unknown && i < search->matches.size(); ++i) {
        const auto& match = search->matches[i];
        if (match.root == (error ? folder.root : root)) group = match.group;
    }
    switch (group) {
        case LayoutGroup::Clients:
            return "server";
        case LayoutGroup::Servers:
            return "client";
        case LayoutGroup::Users:
            return "user";
        default:
            return "other";
    }
}

void stamp(const fs::path& path, std::string& text) {
    std::error_code error;
    const auto time = fs::last_write_time(path, error);
    if (!error) text += fmt::format("{}:{};", textOf(path.filename()), time.time_since_epoch().count());
}

void stampFolder(const fs::path& folder, std::string& text) {
    stamp(folder, text);
    std::error_code error;
    std::size_t count = 0;
    for (auto it = fs::directory_iterator{folder, error}; !error && it != fs::directory_iterator{} && count < kMaxStamped;
         it.increment(error), ++count) {
        stamp(it->path(), text);
    }
}

Desk deskFor(PkiFolder folder, const PassphraseSource& keyPassphrase, bool forLooking) {
    auto options = folder.options();
    options.keyPassphrase = keyPassphrase;
    options.readOnly = forLooking;
    Desk desk{.folder = std::move(folder)};
    desk.store = std::make_unique<DirectoryStore>(desk.folder.root, std::move(options));
    desk.manager = std::make_unique<TrustListManager>(*desk.store);
    return desk;
}

StoreProblem vanished(const fs::path& root) {
    return {shown(root), "The folder is not there.", "Bring it back, or mount it again: it is shown as soon as it is there."};
}

void note(Json& changes, std::string_view kind, const Row& row) {
    if (changes.size() >= GroupChanges::kMaxChanges) return;
    changes.push_back({{"kind", kind}, {"list", row.list}, {"id", row.id.text()}, {"name", row.name}});
}

GroupChanges compare(const GroupView& before, const GroupView& now) {
    GroupChanges result{.problems = before.problems != now.problems || before.readOnly != now.readOnly};
    const auto order = [](const Row& a, const Row& b) { return std::tie(a.list, a.id) < std::tie(b.list, b.id); };
    auto a = before.rows.begin();
    auto b = now.rows.begin();
    while (a != before.rows.end() || b != now.rows.end()) {
        if (b == now.rows.end() || (a != before.rows.end() && order(*a, *b))) {
            note(result.changes, "removed", *a++);
            result.lists = true;
        } else if (a == before.rows.end() || order(*b, *a)) {
            note(result.changes, "added", *b++);
            result.lists = true;
        } else {
            if (b->attempts > a->attempts) note(result.changes, "refused", *b);
            result.lists = result.lists || a->json != b->json;
            ++a;
            ++b;
        }
    }
    return result;
}

}  // namespace

Group::Group(std::string id, std::string name, PkiFolder folder, PassphraseSource keyPassphrase, std::string who)
    : id_{std::move(id)},
      name_{std::move(name)},
      role_{roleOf(folder)},
      keyPassphrase_{std::move(keyPassphrase)},
      looking_{deskFor(std::move(folder), keyPassphrase_, true)},
      pairing_{looking_, std::move(who)} {}

bool Group::isThere() const {
    std::error_code error;
    return fs::is_directory(folder().root, error);
}

// What the feed does not tell: the own certificates.
std::string Group::stampOfFiles() const {
    std::string text;
    const auto options = folder().options();
    for (const auto& each : {options.layout.ownCertificates, options.layout.ownPrivateKeys}) {
        if (!each.empty()) stampFolder(folder().root / each, text);
    }
    return text;
}

std::shared_ptr<const GroupView> Group::makeView() {
    auto view = std::make_shared<GroupView>();
    RowSource source{.lists = feed_->snapshot(), .refusals = feed_->journal(), .provisional = pairing_.provisional()};
    view->problems = {source.lists->problems().begin(), source.lists->problems().end()};
    view->problems.insert(view->problems.end(), source.refusals.problems.begin(), source.refusals.problems.end());
    if (auto own = looking_.store->loadOwn()) {
        source.own = std::move(*own);
        view->problems.insert(view->problems.end(), source.own.problems.begin(), source.own.problems.end());
    } else {
        view->problems.push_back({looking_.store->ownLocation(), own.error().message, own.error().remedy});
    }
    if (!isThere()) view->problems.insert(view->problems.begin(), vanished(folder().root));
    view->readOnly = !mayWriteTo(folder().root);
    view->rows = maker_.make(source);
    return view;
}

GroupChanges Group::look() {
    const std::lock_guard guard{lookMutex_};
    if (!feed_) feed_.emplace(*looking_.store);
    const bool news = !feed_->poll().empty();
    // The stamp is taken before what it stands for is read: what changes in between is seen the next time.
    auto stamp = fmt::format("{}/{}/{}/{}", feed_->snapshot()->generation(), isThere(), mayWriteTo(folder().root), stampOfFiles());
    for (const auto& each : pairing_.provisional()) stamp += each.text();
    if (!news && stamp == stamp_) return {};
    const auto made = makeView();
    const auto before = present();
    auto changes = compare(before == nullptr ? GroupView{} : *before, *made);
    stamp_ = std::move(stamp);
    if (!changes.lists && !changes.problems && before != nullptr) return {};
    auto next = std::make_shared<GroupView>(*made);
    next->generation = fmt::format("{}", ++looks_);
    {
        const std::lock_guard viewGuard{viewMutex_};
        view_ = std::move(next);
    }
    viewed_.notify_all();
    return changes;
}

std::shared_ptr<const GroupView> Group::present() const {
    const std::lock_guard guard{viewMutex_};
    return view_;
}

std::shared_ptr<const GroupView> Group::view() const {
    std::unique_lock lock{viewMutex_};
    viewed_.wait(lock, [&] { return view_ != nullptr || givenUp_; });
    if (view_ == nullptr) throw std::runtime_error{"the program ends before it has read the folder"};
    return view_;
}

void Group::giveUp() {
    {
        const std::lock_guard guard{viewMutex_};
        givenUp_ = true;
    }
    viewed_.notify_all();
}

Json Group::json() const {
    const auto seen = present();
    const auto now = seen != nullptr ? seen : std::make_shared<const GroupView>(GroupView{.readOnly = !mayWriteTo(folder().root)});
    Json counts{{"trusted", 0}, {"issuers", 0}, {"rejected", 0}, {"blocked", 0}, {"own", 0}, {"crls", 0}};
    for (const auto& row : now->rows) {
        const auto key = row.isCrl ? std::string{"crls"} : std::string{row.list};
        counts[key] = counts[key].get<std::size_t>() + 1;
    }
    return {{"id", id_},
            {"name", name_},
            {"role", role_},
            {"path", shown(folder().root)},
            {"layout", folder().layout == nullptr ? std::string_view{"uatrust"} : folder().layout->key},
            {"readOnly", now->readOnly},
            {"generation", now->generation},
            {"counts", std::move(counts)},
            {"problems", problemsJson(now->problems)},
            {"pairing", pairing_.json()}};
}

std::string Group::entriesText() const {
    const auto now = view();
    std::string text =
        fmt::format("{{\"generation\":\"{}\",\"problems\":{},\"entries\":[", now->generation, jsonText(problemsJson(now->problems)));
    std::size_t size = text.size() + 2;
    for (const auto& row : now->rows) size += row.json.size() + 1;
    text.reserve(size);
    for (const auto& row : now->rows) {
        text += row.json;
        text += ',';
    }
    if (!now->rows.empty()) text.pop_back();
    return text + "]}";
}

Result<const Desk*> Group::changing() {
    if (!isThere()) {
        return Error{StatusCode::BadNotFound, fmt::format("{} is not there.", shown(folder().root)),
                     "Bring the folder back, or mount it again."};
    }
    if (!mayWriteTo(folder().root)) {
        return Error{StatusCode::BadNotWritable, fmt::format("Nothing can be written to {}.", shown(folder().root)),
                     "Run uatrust serve as the user whom the folder belongs to, or give this user the right to write there."};
    }
    const std::lock_guard guard{changingMutex_};
    if (!changing_) changing_ = deskFor(folder(), keyPassphrase_, false);
    return &*changing_;
}

}  // namespace uatrust::tool::web
