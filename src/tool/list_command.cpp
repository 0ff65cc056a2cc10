#include "tool/commands.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "tool/desk.hpp"
#include "tool/list_rows.hpp"
#include "tool/problems.hpp"
#include "tool/table.hpp"
#include "tool/values.hpp"

namespace uatrust::tool {
namespace {

enum class Which : std::uint8_t { All, Trusted, Issuers, Rejected, Blocked, Own, Crl };

struct ListOptions {
    DeskOptions desk{};
    Which which = Which::All;
    ListOrder order = ListOrder::AsItIs;
    std::string filter{};
    bool details = false;
};

bool isWanted(Which which, StoreList list) {
    return which == Which::All || static_cast<std::size_t>(which) == static_cast<std::size_t>(list) + 1;
}

// One section for each list: its rows, in the order and with the filter that were asked for.
class Listing {
public:
    Listing(const ListOptions& options, const Desk& desk, const OwnMaterial& own)
        : options_{&options}, desk_{&desk}, own_{&own}, lists_{desk.store->snapshot()} {
        for (const auto list : kAllLists) {
            for (const auto& each : lists_->certificates(list)) thumbprints_.add(each.certificate);
        }
        for (const auto& each : own.chains) thumbprints_.add(each.chain.front());
    }

    void fill(std::size_t width) {
        for (const auto list : kAllLists) {
            if (isWanted(options_->which, list)) addList(list, width);
        }
        if (options_->which == Which::All || options_->which == Which::Crl) addCrls(width);
        if (options_->which == Which::All || options_->which == Which::Own) addOwn(width);
    }

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] Json& json() noexcept { return json_; }
    [[nodiscard]] std::vector<StoreProblem> problems() const {
        auto problems = desk_->store->refusals().problems;
        problems.insert(problems.begin(), lists_->problems().begin(), lists_->problems().end());
        return problems;
    }

private:
    template <class Entry>
    void choose(std::vector<Entry>& entries) const {
        std::erase_if(entries, [&](const Entry& each) { return !fits(each, options_->filter); });
        arrange(entries, options_->order);
    }

    void addList(StoreList list, std::size_t width) {
        auto entries = desk_->manager->list(list);
        choose(entries);
        heading(storeListName(list), entries.size());
        for (const auto& each : entries) json_["entries"].push_back(entryJson(each));
        text_ += options_->details ? detailsOf(entries) : certificateTable(entries, thumbprints_, now_, width);
    }

    void addCrls(std::size_t width) {
        std::vector<ListedCrl> entries;
        for (const auto list : {StoreList::Trusted, StoreList::Issuers}) {
            for (const auto& each : lists_->crls(list)) entries.push_back({each, list});
        }
        choose(entries);
        heading("crl", entries.size());
        json_["crls"] = Json::array();
        for (const auto& each : entries) json_["crls"].push_back(crlJson(each));
        text_ += options_->details ? detailsOf(entries) : crlTable(entries, now_, width);
    }

    void addOwn(std::size_t width) {
        std::vector<ListedOwn> entries;
        for (const auto& each : own_->chains) entries.push_back(listedOwn(each, *own_));
        choose(entries);
        heading("own", entries.size());
        json_["own"] = Json::array();
        for (const auto& each : entries) json_["own"].push_back(ownJson(each));
        text_ += options_->details ? detailsOf(entries) : ownTable(entries, thumbprints_, now_, width);
    }

    void heading(std::string_view name, std::size_t count) { text_ += fmt::format("{}: {}\n", name, count); }

    template <class Entry>
    static std::string detailsOf(const std::vector<Entry>& entries) {
        std::string text;
        for (const auto& each : entries) text += detailsText(each);
        return text;
    }

    const ListOptions* options_;
    const Desk* desk_;
    const OwnMaterial* own_;
    std::shared_ptr<const TrustSnapshot> lists_;
    ShortThumbprints thumbprints_{};
    Instant now_ = systemClock().now();
    std::string text_{};
    Json json_{{"entries", Json::array()}};
};

ExitCode list(const ListOptions& options, Console& console) {
    const auto desk = openDesk(options.desk, true, console);
    if (!desk) return console.fail(desk.error());
    // Own keys are nobody's business here: that one is encrypted is no problem of the lists.
    const auto own = desk->store->loadOwn();
    if (!own && options.which == Which::Own) return console.fail(own.error());
    const OwnMaterial nothing;
    Listing listing{options, *desk, own ? *own : nothing};
    listing.fill(console.widths().output);
    const auto problems = listing.problems();
    if (console.json()) {
        listing.json()["problems"] = problemsJson(problems);
        console.printJson(listing.json());
    } else {
        console.print(listing.text());
    }
    complainAbout(problems, console);
    return problems.empty() ? ExitCode::Done : ExitCode::Refused;
}

Action listOptions(CLI::App& app) {
    auto options = std::make_shared<ListOptions>();
    auto& o = *options;
    addChoice<Which>(app, "LIST", o.which,
                     {{"all", Which::All},
                      {"trusted", Which::Trusted},
                      {"issuers", Which::Issuers},
                      {"rejected", Which::Rejected},
                      {"blocked", Which::Blocked},
                      {"own", Which::Own},
                      {"crl", Which::Crl}},
                     "Which list (default: all)");
    addPki(app, o.desk);
    addChoice<ListOrder>(
        app, "--sort", o.order,
        {{"name", ListOrder::Name}, {"expires", ListOrder::Expires}, {"seen", ListOrder::Seen}, {"attempts", ListOrder::Attempts}},
        "What comes first: by name, what expires first, who was refused last, who was refused most (default: who was "
        "refused last, then as in the folder)");
    app.add_option("--filter", o.filter, "Only what has this text in its names, ApplicationUri, thumbprint, SHA-256 or file")
        ->type_name("TEXT");
    app.add_flag("--long", o.details, "Several lines for each: all of the thumbprint, the file, and each reason of a refusal");
    return [options](Console& console) { return list(*options, console); };
}

}  // namespace

const Command kList{
    .name = "list",
    .about = "Show the certificates of a PKI folder, and who was refused, why, how often and from where",
    .details =
        "A table that fits the terminal. Thumbprints are cut to what tells them apart in this folder, which is enough for every other "
        "command. Only looks: nothing in the folder is created or changed. Ends with 1 when something in the folder could not be read.",
    .examples =
        "uatrust list --pki pkiserver\n"
        "uatrust list --pki pkiserver rejected --sort attempts --long\n"
        "uatrust list --pki pkiserver crl --sort expires --json",
    .options = listOptions};

}  // namespace uatrust::tool
