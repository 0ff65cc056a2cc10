#include "tool/commands.hpp"

#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "tool/desk.hpp"

// trust, distrust, block, unblock, delete, pin and unpin: one certificate, one change. And undo.
namespace uatrust::tool {
namespace {

struct TrustOptions {
    DeskOptions desk{};
    bool reject = false;  ///< of Distrust: from issuers, and from nowhere, too
    std::string certificate{};
    std::string list{};
    bool withOffer = false;
};

Json chosenJson(const Chosen& chosen) {
    const auto& certificate = chosen.stored.certificate;
    return {{"subject", certificate.subject().text()},
            {"thumbprint", certificate.thumbprint().text()},
            {"sha256", certificate.id().text()},
            {"list", chosen.list ? Json(std::string{storeListName(*chosen.list)}) : Json()},
            {"source", chosen.stored.source}};
}

std::string chosenText(TrustAction action, const Chosen& chosen) {
    const auto& certificate = chosen.stored.certificate;
    return fmt::format("{} {}\n  thumbprint  {}\n  SHA-256     {}\n  valid       {} to {}\n  {}          {}", trustActionName(action),
                       printable(certificate.subject().text(), 1000), certificate.thumbprint().text(), certificate.id().text(),
                       formatInstant(certificate.notBefore()), formatInstant(certificate.notAfter()), chosen.list ? "in" : "of",
                       chosen.list ? fmt::format("{}: {}", storeListName(*chosen.list), printable(chosen.stored.source, 4096))
                                   : printable(chosen.stored.source, 4096));
}

Json offerJson(const TrustOffer& offer) {
    Json issuers = Json::array();
    for (const auto& each : offer.issuers) issuers.push_back({{"certificate", each.certificate.describe()}, {"source", each.source}});
    Json crls = Json::array();
    for (const auto& each : offer.crls) crls.push_back({{"issuer", each.crl.issuer().text()}, {"source", each.source}});
    return {{"issuers", std::move(issuers)}, {"crls", std::move(crls)}, {"missing", offer.missing}};
}

std::string offerText(const TrustOffer& offer, bool taken) {
    std::string text;
    const auto* verb = taken ? "with" : "known";
    for (const auto& each : offer.issuers) {
        text += fmt::format("\n  {}: {} for issuers ({})", verb, each.certificate.describe(), printable(each.source, 4096));
    }
    for (const auto& each : offer.crls) {
        text += fmt::format("\n  {}: CRL of {} ({})", verb, printable(each.crl.issuer().text()), printable(each.source, 4096));
    }
    for (const auto& each : offer.missing) text += fmt::format("\n  missing: {}", each);
    if (!taken && !(offer.issuers.empty() && offer.crls.empty())) text += "\n  --with-issuers takes what is known along.";
    return text;
}

// What other groups beside this folder have may be what is missing here.
Result<TrustOffer> offerFor(const Desk& desk, const Chosen& chosen) {
    const auto others = otherPkis(desk.folder, {});
    std::vector<std::shared_ptr<const TrustSnapshot>> elsewhere;
    if (others) {
        for (const auto& other : *others) elsewhere.push_back(DirectoryStore{other.root, other.options()}.snapshot());
    }
    return desk.manager->offerFor(chosen.stored.certificate.id(), elsewhere);
}

Result<ChangeRecord> act(TrustAction action, const Desk& desk, const Chosen& chosen, const TrustOffer& offer, const std::string& who) {
    auto& manager = *desk.manager;
    const auto& id = chosen.stored.certificate.id();
    switch (action) {
        case TrustAction::Trust:
            return manager.trust(id, who, offer);
        case TrustAction::Distrust:
            return manager.distrust(id, who);
        case TrustAction::Block:
            return manager.block(chosen.stored.certificate, who);
        case TrustAction::Unblock:
            return manager.unblock(id, who);
        case TrustAction::Delete:
            return manager.remove(id, chosen.list.value_or(StoreList::Rejected), who);
        default:
            return manager.pin(id, action == TrustAction::Pin, who);
    }
}

// Distrusting is for what is trusted; rejecting puts it into rejected from wherever it is.
Result<ChangeRecord> reject(const Desk& desk, const Chosen& chosen, const std::string& who) {
    auto& manager = *desk.manager;
    const auto& certificate = chosen.stored.certificate;
    const auto name = fmt::format("{} from {} to rejected", certificate.describe(), chosen.list ? storeListName(*chosen.list) : "a file");
    TrustStep step{.kind = TrustStep::Kind::Moved, .id = certificate.id(), .from = StoreList::Issuers, .to = StoreList::Rejected};
    if (!chosen.list) {
        step.kind = TrustStep::Kind::Added;
        step.der = {certificate.der().begin(), certificate.der().end()};
        return manager.change(TrustAction::Distrust, {std::move(step)}, name, who);
    }
    switch (*chosen.list) {
        case StoreList::Trusted:
            return manager.distrust(certificate.id(), who);
        case StoreList::Issuers:
            return manager.change(TrustAction::Distrust, {std::move(step)}, name, who);
        case StoreList::Rejected:
            return Error{StatusCode::BadNothingToDo, fmt::format("{} is in rejected already.", certificate.describe()),
                         "To keep it out whoever else gives trust, use \"uatrust block\"."};
        default:
            return Error{StatusCode::BadInvalidState, fmt::format("{} is blocked, which is more than rejected.", certificate.describe()),
                         "\"uatrust unblock\" moves it to rejected."};
    }
}

ExitCode change(TrustAction action, const TrustOptions& options, Console& console) {
    const auto desk = openDesk(options.desk, true, console);
    if (!desk) return console.fail(desk.error());
    const auto chosen = choose(*desk->store->snapshot(), options.certificate);
    if (!chosen) return console.fail(chosen.error());
    TrustOffer offer;
    if (action == TrustAction::Trust) {
        const auto found = offerFor(*desk, *chosen);
        if (!found) return console.fail(found.error());
        offer = *found;
    }
    Json json{{"action", trustActionName(action)}, {"certificate", chosenJson(*chosen)}};
    if (action == TrustAction::Trust) json["offer"] = offerJson(offer);
    if (!mayChange(options.desk)) {
        if (console.json()) {
            console.printJson(json);
        } else {
            console.print(chosenText(action, *chosen) + offerText(offer, options.withOffer));
        }
        if (!agreed(options.desk, console)) return notChanged(options.desk, console);
    }
    const auto writable = openDesk(options.desk, false, console);
    if (!writable) return console.fail(writable.error());
    const auto who = operatorName(options.desk);
    return tell(
        options.reject ? reject(*writable, *chosen, who) : act(action, *writable, *chosen, options.withOffer ? offer : TrustOffer{}, who),
        console, std::move(json));
}

ExitCode undo(const TrustOptions& options, Console& console) {
    const auto desk = openDesk(options.desk, true, console);
    if (!desk) return console.fail(desk.error());
    const auto history = desk->manager->history();
    if (!mayChange(options.desk)) {
        if (console.json()) {
            console.printJson({{"action", "undo"}, {"last", history.records.empty() ? Json() : changeJson(history.records.back())}});
        } else {
            console.print(history.records.empty() ? std::string{"There is no change that could be undone."}
                                                  : "undo  " + changeText(history.records.back()));
        }
        if (history.records.empty() || !agreed(options.desk, console)) return notChanged(options.desk, console);
    }
    const auto writable = openDesk(options.desk, false, console);
    if (!writable) return console.fail(writable.error());
    return tell(writable->manager->undo(operatorName(options.desk)), console, {{"action", "undo"}});
}

template <TrustAction action, bool reject = false>
Action trustOptions(CLI::App& app) {
    auto options = std::make_shared<TrustOptions>();
    auto& o = *options;
    o.reject = reject;
    if constexpr (action != TrustAction::Undo) {
        app.add_option("CERT", o.certificate,
                       "The certificate: eight or more digits of its thumbprint or SHA-256, its common name, or a file with it")
            ->required();
    }
    addPki(app, o.desk);
    if constexpr (action == TrustAction::Trust) {
        app.add_flag("--with-issuers", o.withOffer, "Take along the CAs and CRLs that it needs, as far as they are known here or beside");
    }
    addChanging(app, o.desk);
    return
        [options](Console& console) { return action == TrustAction::Undo ? undo(*options, console) : change(action, *options, console); };
}

constexpr std::string_view kHow =
    "Shows which certificate is meant; compare its thumbprint with that of the device. Nothing is changed without --yes or, on a terminal, "
    "your consent. The change "
    "counts at the next connection, stands in the history and can be undone.";

}  // namespace

const Command kTrust{
    .name = "trust",
    .about = "Trust a certificate that was refused: from rejected, or from issuers, to trusted",
    .details = kHow,
    .examples = "uatrust trust --pki pkiserver B9C73294\nuatrust trust --pki pkiserver --with-issuers --yes \"Line 4 client\"",
    .options = trustOptions<TrustAction::Trust>};

const Command kDistrust{.name = "distrust",
                        .about = "Trust a certificate no longer: from trusted to rejected",
                        .details = kHow,
                        .examples = "uatrust distrust --pki pkiserver --yes B9C73294",
                        .options = trustOptions<TrustAction::Distrust>};

const Command kReject{.name = "reject",
                      .about = "Put a certificate among the rejected: from trusted, from issuers, or from a file",
                      .details =
                          "Of a trusted one it is the same as distrust. Rejected is a record and denies nothing: whoever a trusted CA "
                          "has issued is let in all the same, until it is blocked. Nothing is changed without --yes or, on a "
                          "terminal, your consent.",
                      .examples = "uatrust reject --pki pkiserver --yes B9C73294",
                      .options = trustOptions<TrustAction::Distrust, true>};

const Command kBlock{.name = "block",
                     .about = "Keep a certificate out, whoever else gives trust; with a CA all that it has issued",
                     .details = kHow,
                     .examples = "uatrust block --pki pkiserver --yes B9C73294\nuatrust block --pki pkiserver --yes stolen.der",
                     .options = trustOptions<TrustAction::Block>};

const Command kUnblock{.name = "unblock",
                       .about = "Keep a certificate out no longer: from blocked to rejected",
                       .details = kHow,
                       .examples = "uatrust unblock --pki pkiserver --yes B9C73294",
                       .options = trustOptions<TrustAction::Unblock>};

const Command kDelete{.name = "delete",
                      .about = "Take a certificate out of the list that it is in",
                      .details = kHow,
                      .examples = "uatrust delete --pki pkiserver --yes B9C73294",
                      .options = trustOptions<TrustAction::Delete>};

const Command kPin{.name = "pin",
                   .about = "Keep a rejected certificate and its record, however many others come",
                   .details = kHow,
                   .examples = "uatrust pin --pki pkiserver --yes B9C73294",
                   .options = trustOptions<TrustAction::Pin>};

const Command kUnpin{.name = "unpin",
                     .about = "Let a rejected certificate make room for others again",
                     .details = kHow,
                     .examples = "uatrust unpin --pki pkiserver --yes B9C73294",
                     .options = trustOptions<TrustAction::Unpin>};

const Command kUndo{
    .name = "undo",
    .about = "Take the last change of the lists back",
    .details =
        "Done twice, the change is there again. When somebody else has changed the lists since, nothing is done. Nothing is "
        "changed without --yes or, on a terminal, your consent.",
    .examples = "uatrust undo --pki pkiserver --yes",
    .options = trustOptions<TrustAction::Undo>};

}  // namespace uatrust::tool
