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
    std::vector<std::string> files{};
    bool install = false;  ///< there has to be a certificate for this application among it
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

template <class T>
void append(std::vector<BundleItem<T>>& all, std::vector<BundleItem<T>> more, const std::string& file) {
    for (auto& each : more) all.push_back({std::move(each.value), fmt::format("{}, {}", printable(file, 4096), each.from)});
}

// As if all of it had come in one file: a CA in one, what it has issued in the other.
Result<Bundle> bundleOf(const std::vector<std::string>& files, const PassphraseOptions& passphrase) {
    if (files.size() == 1) return bundleOf(files.front(), passphrase);
    Bundle all;
    for (const auto& file : files) {
        auto bundle = bundleOf(file, passphrase);
        if (!bundle)
            return Error{bundle.status(), fmt::format("{}: {}", printable(file, 4096), bundle.error().message), bundle.error().remedy};
        append(all.certificates, std::move(bundle->certificates), file);
        append(all.crls, std::move(bundle->crls), file);
        append(all.requests, std::move(bundle->requests), file);
        append(all.keys, std::move(bundle->keys), file);
        append(all.problems, std::move(bundle->problems), file);
    }
    return all;
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

// Whether one of it is, or becomes, the own certificate.
bool hasOwn(const ImportPlan& plan, const OwnMaterial& own, const Bundle& bundle) {
    const auto& items = plan.items;
    if (std::any_of(items.begin(), items.end(), [](const ImportItem& each) { return each.target == ImportTarget::Own; })) return true;
    return std::any_of(own.chains.begin(), own.chains.end(), [&](const StoredChain& stored) {
        return std::any_of(bundle.certificates.begin(), bundle.certificates.end(),
                           [&](const auto& each) { return each.value == stored.chain.front(); });
    });
}

ExitCode nothingToInstall(const OwnMaterial& own, Console& console) {
    console.complain({StatusCode::BadNotFound, "Nothing was changed: no certificate among it is one that this application can take.",
                      own.pending.requests.empty()
                          ? "Give the certificate that was issued for the own key; \"uatrust request\" asks for one."
                          : "Give the certificate that was issued for the request that is waiting here, or see above why it is refused."});
    return ExitCode::Refused;
}

ExitCode import(const ImportCommandOptions& options, Console& console) {
    const auto looking = openDesk(options.desk, true, console);
    if (!looking) return console.fail(looking.error());
    const auto bundle = bundleOf(options.files, options.passphrase);
    if (!bundle) return console.fail(bundle.error());
    const auto request = requestOf(options);
    if (!request) return console.fail(request.error());
    const auto own = looking->store->loadOwn();
    if (!own) return console.fail(own.error());
    const auto lists = looking->store->snapshot();
    const auto plan = planImport(
        *bundle, {.lists = *lists, .own = *own, .now = systemClock().now(), .request = *request ? &**request : nullptr}, options.import);
    const auto looked = refusesAnything(plan) ? ExitCode::Refused : ExitCode::Done;
    const bool pointless = options.install && !hasOwn(plan, *own, *bundle);
    const bool shown = pointless || !plan.changesAnything() || !mayChange(options.desk);
    if (shown) show(plan, {}, console);
    if (pointless) return nothingToInstall(*own, console);
    if (!plan.changesAnything()) return looked;
    if (shown && !agreed(options.desk, console)) {
        const auto code = notChanged(options.desk, console);
        return code == ExitCode::Done ? looked : code;
    }
    const auto desk = openDesk(options.desk, false, console);
    if (!desk) return console.fail(desk.error());
    const auto what = fmt::format("{}", fmt::join(options.files, ", "));
    const auto change = carryOut(plan, *desk->manager, *desk->store, what, operatorName(options.desk));
    if (!shown) show(plan, change ? changeJson(*change) : Json(), console);
    if (!change) {
        console.complain(change.error());
        return ExitCode::Failed;
    }
    if (shown) console.print(changeText(*change));
    return looked;
}

template <bool install>
Action importOptions(CLI::App& app) {
    auto options = std::make_shared<ImportCommandOptions>();
    auto& o = *options;
    o.install = install;
    app.add_option(
           "FILE", o.files,
           "What was handed over: certificates, CRLs, keys, PKCS#7 or PKCS#12, DER or PEM, one file or several; - is standard input")
        ->required();
    addPki(app, o.desk);
    app.add_option(
           "--request", o.request,
           "The request that was sent to the CA, to compare the certificate with (default: the one that \"uatrust request\" has kept)")
        ->type_name("FILE");
    if constexpr (!install)
        app.add_flag("--trust-applications", o.import.trustApplications, "Put certificates of applications into trusted");
    app.add_flag("--trust-cas", o.import.trustCas, "Put CAs into trusted, and with them all that they issue, instead of issuers");
    app.add_flag("--take-departures", o.import.takeDepartures, "Take an own certificate in spite of departures from request or profile");
    addRole(app, o.import.role, "What the own certificate has to be good for (default: what its request or the present one is)");
    addPassphrase(app, o.passphrase);
    addKeyPassphrase(app, o.desk.ownKey);
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
        "Nothing is changed without --yes or, on a terminal, your consent. Ends with 1 when something of it is refused. \"uatrust undo\" "
        "takes the change of the lists back, and not the own certificate, whose former one is kept as a backup.",
    .examples =
        "uatrust import --pki pkiserver from-the-ca.p7b\n"
        "uatrust import --pki pkiserver --request gateway.csr --yes gateway.pem",
    .options = importOptions<false>,
};

const Command kInstall{
    .name = "install",
    .about = "Make the certificate that a CA has issued the own one, after comparing it with the request and the profile",
    .details =
        "As uatrust import, and nothing is done unless there is a certificate for this application in what was handed over: for the key of "
        "a request that is waiting, for one of the own keys, or with its key. Each departure from the request and from OPC 10000-6, 6.2.2 "
        "is named, and what a strict validator refuses is not taken unless --take-departures is given. CAs and CRLs that come with it go "
        "to their lists. The former certificate is kept as a backup. Nothing is changed without --yes or, on a terminal, your consent.",
    .examples =
        "uatrust install --pki pkiserver gateway.pem plant-ca.crt\n"
        "uatrust install --pki pkiserver --passphrase-file secret.txt --yes gateway.pfx",
    .options = importOptions<true>,
};

const Command kExport{
    .name = "export",
    .about = "Write a list of a PKI folder as PEM, for uatrust import and other programs",
    .details = "Certificates, then the CRLs beside them, with a line of text before each. No private key is written.",
    .examples = "uatrust export --pki pkiserver trusted >trusted.pem",
    .options = exportOptions,
};

}  // namespace uatrust::tool
