#include "tool/desk.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <uatrust/x509/pem.hpp>

#include "tool/list_rows.hpp"
#include "tool/pairing.hpp"
#include "tool/platform.hpp"
#include "tool/progress.hpp"
#include "tool/text.hpp"

namespace uatrust::tool {
namespace {

constexpr std::size_t kLeastDigits = 8;
constexpr std::size_t kMaxNamed = 5;

bool isHexadecimal(std::string_view text) {
    return text.size() >= kLeastDigits && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

template <class Fits>
std::vector<Chosen> all(const TrustSnapshot& lists, Fits fits) {
    std::vector<Chosen> found;
    for (const auto list : kAllLists) {
        for (const auto& stored : lists.certificates(list)) {
            const bool known =
                std::any_of(found.begin(), found.end(), [&](const Chosen& each) { return each.stored.certificate == stored.certificate; });
            if (!known && fits(stored.certificate)) found.push_back({stored, list});
        }
    }
    return found;
}

Result<Chosen> only(std::vector<Chosen> found, const std::string& given) {
    if (found.size() == 1) return std::move(found.front());
    if (found.empty()) {
        return Error{StatusCode::BadNotFound, fmt::format("No certificate in the lists is \"{}\".", printable(given)),
                     "Give digits of its thumbprint or SHA-256 (uatrust list shows them), its common name, or a file with it."};
    }
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::min(found.size(), kMaxNamed); ++i) {
        names.push_back(fmt::format("{} {}", found[i].stored.certificate.describe(), found[i].stored.certificate.thumbprint().text()));
    }
    return Error{StatusCode::BadInvalidArgument,
                 fmt::format("\"{}\" fits {} certificates: {}{}.", printable(given), found.size(), fmt::join(names, "; "),
                             found.size() > names.size() ? "; and more" : ""),
                 "Give more digits of the thumbprint of the one that is meant."};
}

Result<Chosen> fromFile(const TrustSnapshot& lists, const std::string& name) {
    const auto content = readInput(name, Certificate::kMaxSize * 4);
    if (!content) return content.error();
    const auto certificates = readCertificates(content->view());
    if (!certificates) return certificates.error();
    auto found = all(lists, [&](const Certificate& each) { return each == certificates->front(); });
    if (!found.empty()) return std::move(found.front());
    return Chosen{{certificates->front(), name}, {}};
}

}  // namespace

void addPki(CLI::App& app, DeskOptions& target) {
    app.add_option("--pki", target.pki,
                   "The PKI folder; without it $UATRUST_PKI, else the current folder if it is one, else that of this account")
        ->type_name("DIR");
    addLayout(app, target.layout);
}

void addOperator(CLI::App& app, DeskOptions& target) {
    app.add_option("--who", target.who, "Who does it, for the history (default: the account)")->type_name("NAME");
    app.add_flag("--dry-run", target.dryRun, "Show what would be done, and do nothing");
}

void addChanging(CLI::App& app, DeskOptions& target) {
    addOperator(app, target);
    app.add_flag("--yes", target.yes, "Do it without asking; where nobody can be asked, nothing is done without it");
}

Result<Desk> openDesk(const DeskOptions& options, bool forLooking, Console& console) {
    auto folder = choosePki(options.pki, options.layout, options.create ? Absent::Accepted : Absent::Refused);
    if (!folder) return folder.error();
    const auto stale = closeStalePairing(*folder, operatorName(options));
    if (!stale) console.complain(stale.error());
    if (stale && *stale) console.note((*stale)->text());
    auto storeOptions = folder->options();
    storeOptions.readOnly = forLooking;
    storeOptions.keyPassphrase = passphraseSource(options.ownKey);
    storeOptions.onProgress = loadProgress(console);
    Desk desk{.folder = *folder, .store = std::make_unique<DirectoryStore>(folder->root, storeOptions)};
    desk.manager = std::make_unique<TrustListManager>(*desk.store);
    return desk;
}

std::string operatorName(const DeskOptions& options) {
    if (!options.who.empty()) return options.who;
    auto account = accountName();
    return account.empty() ? "unknown" : account;
}

Result<Chosen> choose(const TrustSnapshot& lists, const std::string& given) {
    if (isHexadecimal(given)) {
        const auto digits = lowerCase(given);
        auto found = all(lists, [&](const Certificate& each) {
            return lowerCase(each.thumbprint().text()).starts_with(digits) || each.id().text().starts_with(digits);
        });
        if (!found.empty()) return only(std::move(found), given);
    }
    auto named = all(lists, [&](const Certificate& each) { return each.subject().commonName() == given; });
    if (!named.empty()) return only(std::move(named), given);
    std::error_code ignored;
    if (given == "-" || std::filesystem::exists(pathOf(given), ignored)) return fromFile(lists, given);
    return only({}, given);
}

Json changeJson(const ChangeRecord& change) {
    return {{"at", formatInstant(change.at)},
            {"who", printable(change.who)},
            {"action", trustActionName(change.action)},
            {"what", change.what},
            {"note", change.note}};
}

std::string changeText(const ChangeRecord& change) {
    return fmt::format("{}  {}  {}  {}", formatInstant(change.at), printable(change.who), trustActionName(change.action), change.what);
}

ExitCode tell(const Result<ChangeRecord>& change, Console& console, Json json) {
    if (change.status() == StatusCode::BadNothingToDo) {
        console.complain(change.error());
        return ExitCode::Refused;
    }
    if (!change) return console.fail(change.error());
    json["change"] = changeJson(*change);
    if (console.json()) {
        console.printJson(json);
    } else {
        console.print(changeText(*change));
    }
    if (!change->note.empty()) console.note(change->note);
    return ExitCode::Done;
}

bool mayChange(const DeskOptions& options) noexcept { return options.yes && !options.dryRun; }

bool agreed(const DeskOptions& options, Console& console) { return !options.dryRun && console.ask("Do it?").value_or(false); }

ExitCode notChanged(const DeskOptions& options, Console& console) {
    if (options.dryRun) return ExitCode::Done;
    if (console.hasAsked()) {
        console.note("Nothing was changed.");
        return ExitCode::Refused;
    }
    console.complain({StatusCode::BadInvalidState, "Nothing was changed.", "Give --yes to do what is shown, or --dry-run to look only."});
    return ExitCode::Failed;
}

}  // namespace uatrust::tool
