#include "tool/commands.hpp"

#include <memory>

#include <uatrust/store/directory_store.hpp>
#include <uatrust/validation/explain.hpp>
#include <uatrust/validation/validator.hpp>

#include "tool/peer_input.hpp"
#include "tool/pki_folder.hpp"
#include "tool/platform.hpp"
#include "tool/progress.hpp"
#include "tool/values.hpp"

namespace uatrust::tool {
namespace {

// More than any certificate or chain that a validator takes, in PEM and with text around it.
constexpr std::size_t kMaxInput = 4U << 20U;

struct VerifyOptions {
    std::string file{};
    std::string pki{};
    std::string layout{};
    std::vector<std::string> otherPkis{};
    Role role = Role::Server;
    Profile profile = Profile::Application;
    std::string applicationUri{};
    CLI::Option* applicationUriGiven = nullptr;
    std::vector<std::string> hosts{};
    std::string securityPolicy{};
    RevocationMode revocation = RevocationMode::Required;
    std::vector<std::string> suppressed{};
    std::string at{};
};

std::string suppressibleNames() {
    std::string names;
    for (const auto& row : stepTable()) {
        if (!row.suppressible) continue;
        for (const auto status : {row.leafStatus, row.issuerStatus}) {
            const std::string name{statusName(status)};
            if (names.find(name) == std::string::npos) names += (names.empty() ? "" : ", ") + name;
        }
    }
    return names;
}

Result<std::unique_ptr<const TrustPolicy>> policyOf(const VerifyOptions& options) {
    if (options.suppressed.empty() && options.revocation == RevocationMode::Required)
        return std::unique_ptr<const TrustPolicy>{std::make_unique<StrictPolicy>()};
    auto policy = std::make_unique<SuppressingPolicy>();
    policy->revocation(options.revocation, {}, "--revocation");
    for (const auto& name : options.suppressed) {
        const auto status = statusFromName(name);
        const auto done = status ? policy->suppress({.status = *status, .comment = "--suppress"}) : Result<void>{};
        if (status && done) continue;
        return Error{StatusCode::BadInvalidArgument,
                     status ? fmt::format("{} is no status that an administrator may suppress.", statusName(*status))
                            : fmt::format("There is no status \"{}\".", printable(name)),
                     fmt::format("--suppress takes one of {}.", suppressibleNames())};
    }
    return std::unique_ptr<const TrustPolicy>{std::move(policy)};
}

Result<const SecurityPolicy*> securityPolicyOf(const std::string& uriOrName) {
    if (uriOrName.empty()) return nullptr;
    if (const auto* found = findSecurityPolicy(uriOrName)) return found;
    std::vector<std::string_view> names;
    for (const auto& row : securityPolicies()) names.push_back(row.name);
    return Error{StatusCode::BadSecurityPolicyRejected, fmt::format("There is no SecurityPolicy \"{}\".", printable(uriOrName)),
                 fmt::format("Give one of {}.", fmt::join(names, ", "))};
}

Result<ValidationRequest> requestOf(const VerifyOptions& options) {
    ValidationRequest request;
    request.role = options.role;
    request.profile = options.profile;
    if (options.applicationUriGiven->count() > 0) request.applicationUri = options.applicationUri;
    request.hostNames = options.hosts;
    request.fileRejected = false;
    const auto policy = securityPolicyOf(options.securityPolicy);
    if (!policy) return policy.error();
    request.securityPolicy = *policy;
    if (options.at.empty()) return request;
    const auto at = parseMoment(options.at);
    if (!at) return at.error();
    request.at = *at;
    return request;
}

ExitCode report(const Verdict& verdict, Console& console) {
    if (console.json()) {
        console.printJson(Json::parse(explainJson(verdict.report())));
    } else {
        console.print(explain(verdict.report()));
    }
    return verdict.accepted() ? ExitCode::Done : ExitCode::Refused;
}

ExitCode verify(const VerifyOptions& options, Console& console) {
    auto request = requestOf(options);
    if (!request) return console.fail(request.error());
    const auto policy = policyOf(options);
    if (!policy) return console.fail(policy.error());
    const auto folder = choosePki(options.pki, options.layout);
    if (!folder) return console.fail(folder.error());
    const auto others = otherPkis(*folder, options.otherPkis);
    if (!others) return console.fail(others.error());
    const auto content = readInput(options.file, kMaxInput);
    if (!content) return console.fail(content.error());
    const auto certificate = peerBytes(content->view(), options.file);
    if (!certificate) return console.fail(certificate.error());

    if (const auto notice = noticeAboutPki(*folder); !notice.empty()) console.note(notice);
    request->certificate = *certificate;
    auto storeOptions = folder->options();
    storeOptions.onProgress = loadProgress(console);
    DirectoryStore store{folder->root, storeOptions};
    CertificateValidator validator{store, **policy};
    // Elsewhere, nothing is looked into unless the certificate is refused.
    std::vector<std::unique_ptr<DirectoryStore>> elsewhere;
    for (const auto& other : *others) {
        elsewhere.push_back(std::make_unique<DirectoryStore>(other.root, other.options()));
        validator.alsoLookIn(other.name(), *elsewhere.back());
    }
    return report(validator.validate(*request), console);
}

Action verifyOptions(CLI::App& app) {
    auto options = std::make_shared<VerifyOptions>();
    auto& o = *options;
    app.add_option("FILE", o.file, "The certificate, or the chain with the certificate first: DER or PEM; - is standard input")->required();
    app.add_option("--pki", o.pki, "The PKI folder; without it $UATRUST_PKI, else the current folder if it is one")->type_name("DIR");
    addLayout(app, o.layout);
    addList(app, "--other-pki", o.otherPkis,
            "PKI folder of another certificate group, to say when the peer is trusted there; may be repeated (default: those beside --pki)")
        ->type_name("DIR");
    addChoice<Role>(app, "--role", o.role, {{"server", Role::Server}, {"client", Role::Client}},
                    "Who judges: a server its client (default), or a client its server");
    addChoice<Profile>(app, "--profile", o.profile,
                       {{"application", Profile::Application}, {"user", Profile::User}, {"path", Profile::Path}},
                       "What the certificate is for: an application (default), a user, or anything, by RFC 5280 alone");
    o.applicationUriGiven = app.add_option("--application-uri", o.applicationUri,
                                           "ApplicationUri of the peer's ApplicationDescription; not compared without it")
                                ->type_name("URI");
    addList(app, "--host", o.hosts, "Host of the URL that the client connects to; may be repeated, one of them has to fit")
        ->type_name("NAME");
    app.add_option("--security-policy", o.securityPolicy,
                   "SecurityPolicy of the channel, by name or URI; deprecated ones are judged by their own rules")
        ->type_name("NAME|URI");
    addChoice<RevocationMode>(
        app, "--revocation", o.revocation,
        {{"required", RevocationMode::Required}, {"if-present", RevocationMode::IfPresent}, {"off", RevocationMode::Off}},
        "Whether every CA needs a revocation list (default: required)");
    addList(app, "--suppress", o.suppressed, "Let this status pass, as an administrator may; may be repeated")->type_name("STATUS");
    app.add_option("--at", o.at, "Judge as of this moment, like 2026-06-15T12:00:00Z or 2026-06-15 (UTC)")->type_name("TIME");
    return [options](Console& console) { return verify(*options, console); };
}

}  // namespace

const Command kVerify{
    .name = "verify",
    .about = "Say whether a certificate is trusted, and why or why not",
    .details =
        "Judges as the application would, by OPC 10000-4, 6.1.3, against the lists of a PKI folder. Only looks: nothing in the "
        "folder is created, changed or filed. The folders of other products are read where those have their lists. Ends with 0 when the "
        "certificate is trusted and with 1 when it is refused.",
    .examples =
        "uatrust verify --pki /var/lib/gateway/pkiserver rejected/plc-7.der\n"
        "uatrust verify --role client --host plc-7 --at 2027-01-01 plc-7.pem",
    .options = verifyOptions,
};

}  // namespace uatrust::tool
