#include "tool/commands.hpp"

#include <algorithm>
#include <memory>

#include "tool/ca_actions.hpp"
#include "tool/values.hpp"

namespace uatrust::tool {
namespace {

using Works = std::vector<CaWork>;

/// An option that is for some actions only.
struct Bound {
    CLI::Option* option;
    Works works;
};

struct CaCommandLine {
    CaOptions options{};
    std::vector<Bound> bound{};
};

Result<void> checkUsage(const CaCommandLine& line) {
    constexpr auto remedy = "uatrust ca --help says what there is.";
    for (const auto& [option, works] : line.bound) {
        if (option->count() == 0 || std::find(works.begin(), works.end(), line.options.work) != works.end()) continue;
        return Error{StatusCode::BadInvalidArgument,
                     fmt::format("{} is not for uatrust ca {}.", option->get_name(), nameOf(line.options.work)), remedy};
    }
    return {};
}

ExitCode run(const CaCommandLine& line, Console& console) {
    if (const auto fine = checkUsage(line); !fine) return console.fail(fine.error());
    return actOnCa(line.options, console);
}

Action caOptions(CLI::App& app) {
    auto line = std::make_shared<CaCommandLine>();
    auto& o = line->options;
    const auto bind = [&bound = line->bound](CLI::Option* option, Works works) { bound.push_back({option, std::move(works)}); };
    addChoice<CaWork>(app, "ACTION", o.work,
                      {{"init", CaWork::Init},
                       {"issue", CaWork::Issue},
                       {"revoke", CaWork::Revoke},
                       {"crl", CaWork::Crl},
                       {"list", CaWork::List},
                       {"status", CaWork::Status}},
                      "Make the CA, issue a certificate, revoke one, make a fresh CRL, list what was issued, or say how the CA stands")
        ->required();
    bind(
        app.add_option("FILE", o.file,
                       "For issue: the certificate request, DER or PEM; for revoke: the certificate, or digits of its thumbprint or serial "
                       "number, its common name or ApplicationUri"),
        {CaWork::Issue, CaWork::Revoke});
    app.add_option("--ca", o.ca, "The folder of the CA; without it $UATRUST_CA")->type_name("DIR");
    bind(app.add_option("--name", o.name, "For init: what the CA is called; becomes the common name")->type_name("NAME"), {CaWork::Init});
    bind(app.add_option("--organization", o.organization, "For init: who operates it")->type_name("NAME"), {CaWork::Init});
    bind(app.add_option(
                "--key-type", o.keyType,
                "For init: rsa2048, rsa3072, rsa4096, p256, p384, bp256, bp384, ed25519 or ed448 (default: rsa4096); applications of "
                "this CA have keys of the same kind, and none longer")
             ->type_name("TYPE"),
         {CaWork::Init});
    bind(app.add_option("--validity", o.validity,
                        "How long it is to be valid, like 365d (default: for init 3650d; for issue 730d, or as long as the CA; for crl as "
                        "long as the last one, at first 90d)")
             ->type_name("TIME"),
         {CaWork::Init, CaWork::Issue, CaWork::Crl});
    bind(addRole(app, o.role, "For issue: what the application takes part as (default: as the request says)"), {CaWork::Issue});
    bind(app.add_option("--uri", o.uri, "For issue: the ApplicationUri that it is to have; a request for another one is refused")
             ->type_name("URI"),
         {CaWork::Issue});
    bind(
        addList(
            app, "--host", o.hosts,
            "For issue: host name or address that it is to have; may be repeated; a request for others, or without one of them, is refused")
            ->type_name("NAME"),
        {CaWork::Issue});
    bind(app.add_flag("--take-departures", o.takeDepartures,
                      "For issue: in spite of departures from the profile that come from the request"),
         {CaWork::Issue});
    bind(app.add_option(
                "--out", o.out,
                "For issue: where to write the certificate, with the CA's certificate and CRL as PEM, or alone as DER when it ends in "
                ".der; for crl: where to write a copy, as PEM when it ends in .pem")
             ->type_name("FILE"),
         {CaWork::Issue, CaWork::Crl});
    const auto takeReason = [&o](const std::string& given) {
        const auto reason = revocationReasonFromName(given);
        if (!reason) throw CLI::ValidationError{fmt::format("--reason does not know \"{}\"; give one like keyCompromise", given)};
        o.reason = *reason;
    };
    bind(app.add_option_function<std::string>("--reason", takeReason,
                                              "For revoke: unspecified (default), keyCompromise, cACompromise, affiliationChanged, "
                                              "superseded, cessationOfOperation, privilegeWithdrawn or aACompromise")
             ->type_name("WORD"),
         {CaWork::Revoke});
    const Works installing{CaWork::Init, CaWork::Revoke, CaWork::Crl};
    auto* installTo =
        addList(app, "--install-to", o.installTo,
                "For init, revoke and crl: put the CA's certificate and CRL into this PKI folder; may be repeated; takes consent, or --yes")
            ->type_name("DIR");
    bind(installTo, installing);
    addLayout(app, o.desk.layout);
    bind(app.get_option("--layout")->needs(installTo), installing);
    bind(app.add_flag("--trust-ca", o.trustCa, "With --install-to: into trusted, and with it all that it issues, instead of issuers")
             ->needs(installTo),
         installing);
    bind(app.add_flag("--long", o.details, "For list: several lines for each: thumbprint, serial number, who issued and revoked it, when"),
         {CaWork::List});
    addPassphrase(app, o.passphrase);
    addChanging(app, o.desk);
    return [line](Console& console) { return run(*line, console); };
}

}  // namespace

const Command kCa{
    .name = "ca",
    .about = "A small CA for a plant that has none: issue application certificates, revoke them, make CRLs",
    .details =
        "init makes a folder with a self-signed CA (OPC 10000-6, 6.2.4) and an empty CRL; with a passphrase, its key is encrypted. issue "
        "shows who asks, and issues a certificate for just that, kept in \"issued\"; compare the SHA-256 of the key with the one at the "
        "device, or confirm with --uri and --host. revoke is for good, and makes a CRL at once. Nothing is issued, revoked or put into a "
        "PKI folder without --yes or, on a terminal, your consent; init and crl without --install-to ask nobody. Every ca command says "
        "when the "
        "CRL ends, and ends with 1 when it has: peers refuse then all that the CA has issued. Make a fresh one in time (a timer with "
        "uatrust ca crl --install-to DIR --yes), and bring it to all that trust the CA.\n\n"
        "What it is not: there is no OCSP, no HSM and no enrolment over the network, it is on one machine, one person decides, and the "
        "key is a file: keep the folder on a machine that few can reach, with a backup. A plant with more than that has a CA product, "
        "and uatrust import takes what that issues.",
    .examples =
        "uatrust ca init --ca ca --name \"Plant 7 CA\" --organization Acme\n"
        "uatrust ca issue --ca ca gateway.csr --uri urn:plc-4:acme:gateway --yes\n"
        "uatrust ca revoke --ca ca --reason keyCompromise --yes \"Line 4 gateway\"\n"
        "uatrust ca crl --ca ca --install-to pkiserver --trust-ca --yes\n"
        "uatrust ca list --ca ca",
    .options = caOptions,
};

}  // namespace uatrust::tool
