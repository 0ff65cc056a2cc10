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

// Written before the change is told: who is told that there is a request has it.
ExitCode deliver(const RequestOptions& options, const CertificateRequest& request, Json json, Console& console) {
    const auto pem = pemOf(request);
    if (console.json()) {
        json["pem"] = pem;
        console.printJson(json);
    }
    if (!options.out.empty()) {
        const auto written = replaceFile(pathOf(options.out), options.form == Form::Pem ? asBytes(pem) : request.der());
        if (!written) {
            console.complain(written.error());
            return ExitCode::Failed;
        }
        console.note(fmt::format("The request is in {}. Send it to the CA; \"uatrust install\" takes what comes back.",
                                 printable(options.out, 4096)));
    } else if (!console.json()) {
        console.printAsIs(options.form == Form::Pem ? pem : std::string{asText(request.der())});
    }
    return ExitCode::Done;
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
    if (console.json()) {
        console.printJson({{"action", "drop"}, {"requests", std::move(list)}});
    } else {
        console.print(requests.empty() ? "No request is waiting." : text);
    }
    if (requests.empty()) return ExitCode::Done;
    if (!mayChange(options.desk) && !agreed(options.desk, console)) return notChanged(options.desk, console);
    const auto desk = openDesk(options.desk, false, console);
    if (!desk) return console.fail(desk.error());
    for (const auto& each : requests) {
        if (const auto dropped = desk->store->dropPending(each.request.publicKey()); !dropped) return console.fail(dropped.error());
        const auto what = fmt::format("dropped the request for {}", printable(each.request.subject().text()));
        (void)desk->manager->note(TrustAction::Own, what, operatorName(options.desk));
    }
    return ExitCode::Done;
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
        if (options.desk.dryRun && console.json()) console.printJson(json);
        if (!console.json()) console.note(planText("request", *plan, false));
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
