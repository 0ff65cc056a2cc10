#include "tool/commands.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <uatrust/store/import_plan.hpp>

#include "tool/desk.hpp"
#include "tool/passphrase.hpp"
#include "tool/platform.hpp"
#include "tool/values.hpp"

namespace uatrust::tool {
namespace {

// The largest revocation list in PEM, with text around it.
constexpr std::size_t kMaxInput = 2 * Crl::kMaxSize;

struct ImportCommandOptions {
    DeskOptions desk{};
    std::string file{};
    std::string request{};
    ImportOptions import{};
    PassphraseOptions passphrase{};
};

struct ExportOptions {
    DeskOptions desk{};
    StoreList list = StoreList::Trusted;
};

Json itemJson(const ImportItem& item) {
    Json departures = Json::array();
    for (const auto& each : item.departures) {
        departures.push_back({{"severity", departureSeverityName(each.severity)}, {"clause", each.clause}, {"text", each.text}});
    }
    return {{"target", importTargetName(item.target)},
            {"what", item.what},
            {"from", item.from},
            {"why", item.why},
            {"departures", std::move(departures)}};
}

std::string itemText(const ImportItem& item) {
    auto text = fmt::format("{}: {}\n    {}\n    {}", importTargetName(item.target), item.what, item.from, item.why);
    for (const auto& each : item.departures) {
        text += fmt::format("\n    {} ({}): {}", departureSeverityName(each.severity), each.clause, each.text);
    }
    return text;
}

Result<Bundle> bundleOf(const std::string& file, const PassphraseOptions& passphrase) {
    const auto content = readInput(file, kMaxInput);
    if (!content) return content.error();
    return readBundle(content->view(), {.passphrase = passphraseSource(passphrase)});
}

// The request that was sent to the CA, when the user has it still.
Result<std::optional<CertificateRequest>> requestOf(const ImportCommandOptions& options) {
    if (options.request.empty()) return std::optional<CertificateRequest>{};
    const auto bundle = bundleOf(options.request, options.passphrase);
    if (!bundle) return bundle.error();
    if (!bundle->requests.empty()) return std::optional{bundle->requests.front().value};
    return Error{StatusCode::BadInvalidArgument, fmt::format("There is no certificate request in {}.", printable(options.request, 4096)),
                 "Give the file that was sent to the CA (PKCS#10)."};
}

bool refusesAnything(const ImportPlan& plan) {
    return std::any_of(plan.items.begin(), plan.items.end(), [](const ImportItem& each) { return each.target == ImportTarget::Refused; });
}

void show(const ImportPlan& plan, const Json& change, Console& console) {
    if (console.json()) {
        Json items = Json::array();
        for (const auto& each : plan.items) items.push_back(itemJson(each));
        console.printJson({{"items", std::move(items)}, {"change", change}});
        return;
    }
    std::string text;
    for (const auto& each : plan.items) text += (text.empty() ? "" : "\n") + itemText(each);
    console.print(text);
}

ExitCode import(const ImportCommandOptions& options, Console& console) {
    const auto desk = openDesk(options.desk, !mayChange(options.desk), console);
    if (!desk) return console.fail(desk.error());
    const auto bundle = bundleOf(options.file, options.passphrase);
    if (!bundle) return console.fail(bundle.error());
    const auto request = requestOf(options);
    if (!request) return console.fail(request.error());
    const auto own = desk->store->loadOwn();
    if (!own) return console.fail(own.error());
    const auto lists = desk->store->snapshot();
    const auto plan = planImport(
        *bundle, {.lists = *lists, .own = *own, .now = systemClock().now(), .request = *request ? &**request : nullptr}, options.import);
    const auto looked = refusesAnything(plan) ? ExitCode::Refused : ExitCode::Done;
    if (!plan.changesAnything() || !mayChange(options.desk)) {
        show(plan, {}, console);
        const auto code = plan.changesAnything() ? notChanged(options.desk, console) : ExitCode::Done;
        return code == ExitCode::Done ? looked : code;
    }
    const auto change = carryOut(plan, *desk->manager, *desk->store, options.file, operatorName(options.desk));
    show(plan, change ? changeJson(*change) : Json(), console);
    if (change) return looked;
    console.complain(change.error());
    return ExitCode::Failed;
}

Action importOptions(CLI::App& app) {
    auto options = std::make_shared<ImportCommandOptions>();
    auto& o = *options;
    app.add_option("FILE", o.file, "What was handed over: certificates, CRLs, keys, PKCS#7 or PKCS#12, DER or PEM; - is standard input")
        ->required();
    addPki(app, o.desk);
    app.add_option("--request", o.request, "The request that was sent to the CA, to compare the certificate with")->type_name("FILE");
    app.add_flag("--trust-applications", o.import.trustApplications, "Put certificates of applications into trusted");
    app.add_flag("--trust-cas", o.import.trustCas, "Put CAs into trusted, and with them all that they issue, instead of issuers");
    app.add_flag("--take-departures", o.import.takeDepartures, "Take an own certificate in spite of departures from request or profile");
    addChoice<ApplicationRole>(
        app, "--role", o.import.role,
        {{"server", ApplicationRole::Server}, {"client", ApplicationRole::Client}, {"both", ApplicationRole::ClientAndServer}},
        "What the own certificate has to be good for (default: both)");
    addPassphrase(app, o.passphrase);
    addChanging(app, o.desk);
    return [options](Console& console) { return import(*options, console); };
}

ExitCode exportList(const ExportOptions& options, Console& console) {
    const auto desk = openDesk(options.desk, true, console);
    if (!desk) return console.fail(desk.error());
    const auto pem = exportPem(*desk->store->snapshot(), options.list);
    if (console.json()) {
        console.printJson({{"list", storeListName(options.list)}, {"pem", pem}});
    } else {
        console.printAsIs(pem);
    }
    return ExitCode::Done;
}

Action exportOptions(CLI::App& app) {
    auto options = std::make_shared<ExportOptions>();
    auto& o = *options;
    addChoice<StoreList>(app, "LIST", o.list,
                         {{"trusted", StoreList::Trusted},
                          {"issuers", StoreList::Issuers},
                          {"rejected", StoreList::Rejected},
                          {"blocked", StoreList::Blocked}},
                         "Which list, with the CRLs beside it (default: trusted)");
    addPki(app, o.desk);
    return [options](Console& console) { return exportList(*options, console); };
}

}  // namespace

const Command kImport{
    .name = "import",
    .about = "Sort what a CA or an administrator has handed over into the lists of a PKI folder, after showing the plan",
    .details =
        "CAs go into issuers, CRLs beside their CA, a certificate for one of the application's own keys becomes the own one after it was "
        "compared with the request and the profile. Certificates of other applications are refused unless --trust-applications is given. "
        "Nothing is changed without --yes. Ends with 1 when something of it is refused. \"uatrust undo\" takes the change of the lists "
        "back, "
        "and not the own certificate, whose former one is kept as a backup.",
    .examples =
        "uatrust import --pki pkiserver from-the-ca.p7b\n"
        "uatrust import --pki pkiserver --request gateway.csr --yes gateway.pem",
    .options = importOptions,
};

const Command kExport{
    .name = "export",
    .about = "Write a list of a PKI folder as PEM, for uatrust import and other programs",
    .details = "Certificates, then the CRLs beside them, with a line of text before each. No private key is written.",
    .examples = "uatrust export --pki pkiserver trusted >trusted.pem",
    .options = exportOptions,
};

}  // namespace uatrust::tool
