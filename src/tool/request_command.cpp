#include "tool/commands.hpp"

#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <uatrust/x509/pem.hpp>

#include "tool/own_wish.hpp"
#include "tool/platform.hpp"
#include "tool/platform_files.hpp"
#include "tool/values.hpp"

namespace uatrust::tool {
namespace {

enum class Form : std::uint8_t { Pem, Der };

struct RequestOptions {
    DeskOptions desk{};
    OwnWishOptions wish{};
    std::string out{};
    Form form = Form::Pem;
    bool drop = false;
};

std::string pemOf(const CertificateRequest& request) { return encodePem("CERTIFICATE REQUEST", request.der()); }

std::string waitingText(const PendingRequest& pending) {
    return fmt::format("request for {}, {}, {}", printable(pending.request.subject().text(), 1000), pending.request.publicKey().describe(),
                       pending.key ? "with its key" : "for an own key");
}

// The file is written before anything is told: who is told that there is a request has it.
ExitCode deliver(const RequestOptions& options, const CertificateRequest& request, Json json, Console& console) {
    const auto pem = pemOf(request);
    const auto octets = options.form == Form::Pem ? asBytes(pem) : request.der();
    const auto written = options.out.empty() ? Result<void>{} : replaceFile(pathOf(options.out), octets);
    json["pem"] = pem;
    if (!written) json["error"] = errorJson(written.error());
    if (console.json()) {
        console.printJson(json);
    } else if (options.out.empty()) {
        console.printAsIs(asText(octets));
    }
    if (!written) {
        console.complain(written.error());
        return ExitCode::Failed;
    }
    if (!options.out.empty()) {
        console.note(fmt::format("The request is in {}. Send it to the CA; \"uatrust install\" takes what comes back.",
                                 printable(options.out, 4096)));
    }
    return ExitCode::Done;
}

Result<void> dropAll(const RequestOptions& options, const std::vector<PendingRequest>& requests, Console& console) {
    const auto desk = openDesk(options.desk, false, console);
    if (!desk) return desk.error();
    for (const auto& each : requests) {
        if (const auto dropped = desk->store->dropPending(each.request.publicKey()); !dropped) return dropped.error();
        const auto what = fmt::format("dropped the request for {}", printable(each.request.subject().text()));
        const auto noted = desk->manager->note(TrustAction::Own, what, operatorName(options.desk));
        if (!noted) return noted.error();
    }
    return {};
}

ExitCode drop(const RequestOptions& options, Console& console) {
    const auto looking = openDesk(options.desk, true, console);
    if (!looking) return console.fail(looking.error());
    const auto own = looking->store->loadOwn();
    if (!own) return console.fail(own.error());
    const auto& requests = own->pending.requests;
    Json list = Json::array();
    std::string text;
    for (const auto& each : requests) {
        list.push_back({{"subject", each.request.subject().text()}, {"source", each.source}, {"withKey", each.key.has_value()}});
        text += fmt::format("{}drop {}\n  {}", text.empty() ? "" : "\n", waitingText(each), printable(each.source, 4096));
    }
    Json json{{"action", "drop"}, {"requests", std::move(list)}};
    if (!console.json()) console.print(requests.empty() ? "No request is waiting." : text);
    const bool may = requests.empty() || mayChange(options.desk) || agreed(options.desk, console);
    const auto dropped = requests.empty() || !may ? Result<void>{} : dropAll(options, requests, console);
    if (!dropped) json["error"] = errorJson(dropped.error());
    if (console.json()) console.printJson(json);
    if (!may) return notChanged(options.desk, console);
    if (dropped) return ExitCode::Done;
    console.complain(dropped.error());
    return ExitCode::Failed;
}

ExitCode request(const RequestOptions& options, Console& console) {
    if (options.drop) return drop(options, console);
    const auto looking = openDesk(options.desk, true, console);
    if (!looking) return console.fail(looking.error());
    const auto wish = wishOf(options.wish);
    if (!wish) return console.fail(wish.error());
    const auto plan = planRequest(*looking, *wish);
    if (!plan) return console.fail(plan.error());
    Json json{{"action", "request"}, {"plan", planJson(*plan, false)}};
    if (!mayChange(options.desk)) {
        // Standard output is for the request.
        if (console.json()) {
            console.printJson(json);
        } else {
            console.note(planText("request", *plan, false));
        }
        if (!agreed(options.desk, console)) return notChanged(options.desk, console);
    }
    const auto desk = openDesk(options.desk, false, console);
    if (!desk) return console.fail(desk.error());
    const auto made = requestOwn(*desk, *plan, operatorName(options.desk));
    if (!made) return console.fail(made.error());
    return deliver(options, *made, std::move(json), console);
}

Action requestOptions(CLI::App& app) {
    auto options = std::make_shared<RequestOptions>();
    auto& o = *options;
    addKeyChoice(app, o.wish);
    addWho(app, o.wish);
    app.add_option("--out", o.out, "Where to write the request (default: standard output)")->type_name("FILE");
    addChoice<Form>(app, "--form", o.form, {{"pem", Form::Pem}, {"der", Form::Der}}, "PEM (default) or DER");
    app.add_flag("--drop", o.drop, "Forget the requests that are waiting, and the keys that wait with them");
    addPki(app, o.desk);
    addKeyPassphrase(app, o.desk.ownKey);
    addChanging(app, o.desk);
    return [options](Console& console) { return request(*options, console); };
}

}  // namespace

const Command kRequest{
    .name = "request",
    .about = "Make a certificate request (CSR, PKCS#10) for a CA to issue the own certificate for",
    .details =
        "Subject, ApplicationUri and names are those of the present certificate and of this machine, unless they are given. The request is "
        "kept, and a new key with it, apart from the own key and readable by its owner only, until \"uatrust install\" or \"uatrust "
        "import\" finds the certificate for it. Where there is no own certificate, say who the application is with --name and --uri. "
        "Nothing is kept without --yes or, on a terminal, your consent.",
    .examples =
        "uatrust request --pki pkiserver --yes >gateway.csr\n"
        "uatrust request --pki pkiserver --new-key --key-type p256 --out gateway.csr",
    .options = requestOptions,
};

}  // namespace uatrust::tool
