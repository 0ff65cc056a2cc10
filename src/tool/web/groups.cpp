#include "tool/web/groups.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tool/platform.hpp"

namespace uatrust::tool::web {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kBetweenLooks{200};

fs::path plain(const fs::path& folder) {
    std::error_code error;
    auto absolute = fs::canonical(folder, error);
    return error ? folder : absolute;
}

std::string nameOf(const PkiFolder& folder) {
    const auto root = plain(folder.root);
    auto name = printable(textOf(root.filename()), 100);
    if (folder.layout == nullptr) return name;
    const bool shared = folder.layout->group == LayoutGroup::Users || folder.layout->group == LayoutGroup::Https;
    return shared ? fmt::format("{} ({})", name, layoutGroupName(folder.layout->group)) : name;
}

// For a path of the page: letters, digits and little else, and never twice the same.
std::string idOf(const std::string& name, const std::vector<std::unique_ptr<Group>>& others) {
    std::string base;
    for (const char c : name.substr(0, 60)) {
        const bool simple = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        base += simple ? c : '-';
    }
    if (base.empty()) base = "group";
    auto id = base;
    const auto taken = [&] { return std::any_of(others.begin(), others.end(), [&](const auto& each) { return each->id() == id; }); };
    for (int i = 2; taken(); ++i) id = fmt::format("{}-{}", base, i);
    return id;
}

}  // namespace

Result<std::vector<PkiFolder>> Groups::choose(const std::vector<std::string>& given, const std::string& layout) {
    std::vector<PkiFolder> folders;
    for (const auto& each : given) {
        auto folder = choosePki(each, layout);
        if (!folder) return folder.error();
        folders.push_back(std::move(*folder));
    }
    if (given.size() > kMaxGroups) {
        return Error{StatusCode::BadInvalidArgument, fmt::format("{} PKI folders are too many for one page.", given.size()),
                     fmt::format("Give {} of them at most.", kMaxGroups)};
    }
    if (given.size() > 1) return folders;
    if (given.empty()) {
        auto chosen = choosePki({}, layout);
        if (!chosen) return chosen.error();
        folders.push_back(std::move(*chosen));
    }
    auto others = otherPkis(folders.front(), {});
    if (!others) return others.error();
    for (auto& each : *others) folders.push_back(std::move(each));
    return folders;
}

Groups::Groups(std::vector<PkiFolder> folders, const PassphraseSource& keyPassphrase, const std::string& who, EventHub& events)
    : events_{&events} {
    for (auto& each : folders) {
        auto name = nameOf(each);
        // Two gateways have folders of the same name: the folder above tells them apart.
        const auto same = std::count_if(folders.begin(), folders.end(), [&](const PkiFolder& other) { return nameOf(other) == name; });
        if (same > 1) name = fmt::format("{}/{}", printable(textOf(plain(each.root).parent_path().filename()), 100), name);
        auto id = idOf(name, groups_);
        groups_.push_back(std::make_unique<Group>(std::move(id), std::move(name), each, keyPassphrase, who));
    }
    watcher_ = std::thread{[this] { watch(); }};
}

Groups::~Groups() {
    stop();
    watcher_.join();
}

void Groups::stop() {
    stopping_ = true;
    for (const auto& each : groups_) each->giveUp();
}

Group* Groups::find(std::string_view id) noexcept {
    const auto at = std::find_if(groups_.begin(), groups_.end(), [&](const auto& each) { return each->id() == id; });
    return at == groups_.end() ? nullptr : at->get();
}

Json Groups::json() const {
    Json groups = Json::array();
    for (const auto& each : groups_) groups.push_back(each->json());
    return groups;
}

void Groups::refresh(Group& group) {
    if (group.isThere() && group.pairing().step()) {
        events_->publish("pairing", {{"group", group.id()}, {"pairing", group.pairing().json()}});
    }
    const bool first = !group.hasLooked();
    auto changes = group.look();
    const auto view = group.view();
    // What was there before anybody looked is no news, but whoever has lost patience meanwhile is to ask again.
    if (first) changes.changes = Json::array();
    if (changes.lists || first) {
        events_->publish("changed", {{"group", group.id()}, {"generation", view->generation}, {"changes", std::move(changes.changes)}});
    }
    if (changes.problems) events_->publish("problems", {{"group", group.id()}, {"problems", group.json()["problems"]}});
}

void Groups::watch() {
    while (!stopping_) {
        for (const auto& each : groups_) {
            if (stopping_) return;
            try {
                refresh(*each);
            } catch (const std::exception&) {
                // Out of memory for a moment, say: the next look makes up for it.
            }
        }
        std::this_thread::sleep_for(kBetweenLooks);
    }
}

}  // namespace uatrust::tool::web
