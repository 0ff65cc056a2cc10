#include <charconv>
#include <memory>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <uatrust/identity/host_names.hpp>

#include "tool/commands.hpp"
#include "tool/desk.hpp"
#include "tool/passphrase.hpp"
#include "tool/platform.hpp"
#include "tool/platform_input.hpp"
#include "tool/values.hpp"
#include "tool/web/site.hpp"

namespace uatrust::tool {
namespace {

constexpr std::size_t kMaxPassword = 1024;
// An address that is handed to another program may be seen by other users of the machine while that starts.
constexpr std::chrono::seconds kOpenWithin{30};
constexpr std::chrono::milliseconds kBetweenLooks{1000};

struct ServeOptions {
    std::vector<std::string> pki{};
    std::string layout{};
    std::string listen = "127.0.0.1:0";
    std::vector<std::string> hosts{};
    std::string tlsCertificate{};
    std::string tlsKey{};
    std::string passwordFile{};
    std::string who{};
    PassphraseOptions ownKey{};
    bool open = false;
};

struct Address {
    std::string host{};  ///< an IPv6 address without brackets
    int port = 0;
};

bool isLoopback(const std::string& host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }
bool isAny(const std::string& host) { return host == "0.0.0.0" || host == "::"; }
std::string bracketed(const std::string& host) { return host.find(':') == std::string::npos ? host : fmt::format("[{}]", host); }

Result<Address> addressOf(const std::string& text) {
    const Error error{StatusCode::BadInvalidArgument, fmt::format("\"{}\" is no address to listen at.", printable(text)),
                      "Give an address and a port, like 127.0.0.1:8080 or [::1]:0; port 0 is any free one."};
    const auto colon = text.rfind(':');
    if (colon == std::string::npos || colon == 0) return error;
    Address address{.host = text.substr(0, colon)};
    const auto* end = text.data() + text.size();
    const auto [stop, code] = std::from_chars(text.data() + colon + 1, end, address.port);
    if (code != std::errc{} || stop != end || address.port < 0 || address.port > 65535) return error;
    if (address.host.starts_with('[') && address.host.ends_with(']')) address.host = address.host.substr(1, address.host.size() - 2);
    return address;
}

Result<SecretBytes> passwordOf(const std::string& file) {
    if (file.empty()) return SecretBytes{};
    auto content = readInput(file, kMaxPassword);
    if (!content) return content;
    content->truncate(std::min(asText(content->view()).find_first_of("\r\n"), content->size()));
    if (content->size() >= 8) return content;
    return Error{StatusCode::BadInvalidArgument, fmt::format("The password in the first line of {} is too short.", printable(file, 4096)),
                 "Write one of eight or more characters into it, readable for this user alone."};
}

Result<std::optional<web::TlsServer>> tlsOf(const ServeOptions& options) {
    if (options.tlsCertificate.empty() && options.tlsKey.empty()) return std::optional<web::TlsServer>{};
    if (options.tlsCertificate.empty() || options.tlsKey.empty()) {
        return Error{StatusCode::BadInvalidArgument, "For TLS a certificate and its key are needed.",
                     "Give --tls-cert and --tls-key together."};
    }
    auto server = web::TlsServer::load(options.tlsCertificate, options.tlsKey);
    if (!server) return server.error();
    return std::optional{std::move(*server)};
}

// What crosses a network has to be encrypted, and who comes from there has to know a password.
std::optional<Error> dangerOf(const ServeOptions& options, const Address& address) {
    if (isLoopback(address.host) || (!options.tlsCertificate.empty() && !options.passwordFile.empty())) return {};
    return Error{StatusCode::BadSecurityModeInsufficient,
                 fmt::format("{} is not for this machine alone: the page would be open to the network.", printable(address.host)),
                 "Give --tls-cert, --tls-key and --password-file as well; or leave --listen out and reach it through a tunnel: ssh -L "
                 "8080:127.0.0.1:8080 this-machine, with --listen 127.0.0.1:8080."};
}

std::vector<std::string> namesOf(const ServeOptions& options, const Address& address, const std::optional<web::TlsServer>& tls) {
    auto names = options.hosts;
    if (!isAny(address.host)) names.push_back(bracketed(address.host));
    if (isLoopback(address.host)) names.insert(names.end(), {"localhost", "127.0.0.1", "[::1]"});
    if (tls) names.insert(names.end(), tls->names().begin(), tls->names().end());
    return names;
}

class Serving {
public:
    Serving(const ServeOptions& options, Console& console) : options_{&options}, console_{&console} {}

    ExitCode run() {
        const auto address = addressOf(options_->listen);
        if (!address) return console_->fail(address.error());
        if (const auto danger = dangerOf(*options_, *address)) return console_->fail(*danger);
        auto password = passwordOf(options_->passwordFile);
        if (!password) return console_->fail(password.error());
        const auto tls = tlsOf(*options_);
        if (!tls) return console_->fail(tls.error());
        auto folders = web::Groups::choose(options_->pki, options_->layout);
        if (!folders) return console_->fail(folders.error());
        const auto who = operatorName({.who = options_->who});
        for (const auto& each : *folders) closeStale(each, who);
        const auto names = namesOf(*options_, *address, *tls);

        sessions_ = std::make_unique<web::Sessions>(std::move(*password));
        std::unique_ptr<web::Site> site;
        web::HttpServer server{*tls, std::string{web::kEventsPath},
                               [&](const httplib::Request& request, const web::BodyReader& body) { return site->answer(request, body); }};
        const auto port = server.bind(address->host, address->port);
        if (!port) return console_->fail(port.error());
        base_ = fmt::format("{}://{}:{}/", *tls ? "https" : "http", isAny(address->host) ? names.front() : bracketed(address->host), *port);
        const StopRequest stop;
        web::EventHub events;
        web::Groups groups{std::move(*folders), keyPassphrase(), who, events};
        site = std::make_unique<web::Site>(web::SiteOptions{.who = operatorName({.who = options_->who}),
                                                            .host = localHostNames().dnsNames.front(),
                                                            .tls = tls->has_value(),
                                                            .port = *port},
                                           *sessions_, groups, events);
        server.guardBy(web::Gate{names, tls->has_value()});
        std::thread serving{[&] { server.run(); }};
        const auto code = greet(groups);
        if (code == ExitCode::Done) waitForTheEnd();
        events.stop();
        groups.stop();
        server.stop();
        serving.join();
        return code;
    }

private:
    [[nodiscard]] Result<std::string> newUrl(std::optional<std::chrono::seconds> validFor = {}) {
        auto token = sessions_->newToken(validFor);
        if (!token) return token.error();
        return fmt::format("{}?token={}", base_, *token);
    }

    void closeStale(const PkiFolder& folder, const std::string& who) const {
        const auto stale = closeStalePairing(folder, who);
        if (!stale) console_->complain(stale.error());
        if (stale && *stale) console_->note((*stale)->text());
    }

    // Asked by several threads at once.
    [[nodiscard]] PassphraseSource keyPassphrase() const {
        auto source = passphraseSource(options_->ownKey);
        if (!source) return {};
        return [source = std::move(source), mutex = std::make_shared<std::mutex>()] {
            const std::lock_guard guard{*mutex};
            return source();
        };
    }

    ExitCode greet(const web::Groups& groups) {
        const auto url = newUrl();
        if (!url) return console_->fail(url.error());
        if (console_->json()) {
            Json folders = Json::array();
            for (const auto& each : groups.all())
                folders.push_back({{"id", each->id()}, {"path", printable(textOf(each->folder().root), 4096)}});
            console_->printJsonLine({{"url", *url}, {"groups", std::move(folders)}});
        } else {
            console_->printNow(*url + "\n");
        }
        const auto code = console_->finish(ExitCode::Done);
        for (const auto& each : groups.all()) {
            if (const auto notice = noticeAboutPki(each->folder()); !notice.empty()) console_->note(notice);
        }
        console_->note(inputIsTerminal() ? "Open this address in a browser; it works once. Enter prints another one, Ctrl+C ends."
                                         : "Open this address in a browser; it works once.");
        if (options_->open) openIt();
        return code;
    }

    void openIt() {
        const auto url = newUrl(kOpenWithin);
        const auto opened = url ? openInBrowser(*url) : Result<void>{url.error()};
        if (!opened) console_->complain(opened.error());
    }

    void waitForTheEnd() {
        if (!inputIsTerminal()) {
            while (!StopRequest::made()) sleepUnlessStopped(kBetweenLooks);
            return;
        }
        LineInput input;
        std::string line;
        while (!StopRequest::made()) {
            const auto got = input.wait(line, kBetweenLooks);
            if (got == LineInput::Got::End) sleepUnlessStopped(kBetweenLooks);
            if (got != LineInput::Got::Line) continue;
            const auto url = newUrl();
            console_->printNow((url ? *url : url.error().text()) + "\n");
        }
    }

    const ServeOptions* options_;
    Console* console_;
    std::string base_{};
    std::unique_ptr<web::Sessions> sessions_{};
};

Action serveOptions(CLI::App& app) {
    auto options = std::make_shared<ServeOptions>();
    auto& o = *options;
    addList(app, "--pki", o.pki, "The PKI folder; may be repeated. Given once or not at all, the groups beside it are shown as well")
        ->type_name("DIR");
    addLayout(app, o.layout);
    app.add_option("--listen", o.listen, "Address and port; port 0 is any free one (default: 127.0.0.1:0)")->type_name("ADDRESS:PORT");
    app.add_flag("--open", o.open, "Open the page in this machine's browser");
    addList(app, "--host", o.hosts, "Another name that browsers may call this server by; may be repeated")->type_name("NAME");
    app.add_option("--tls-cert", o.tlsCertificate, "TLS certificate in PEM, with the CAs above it behind it")->type_name("FILE");
    app.add_option("--tls-key", o.tlsKey, "The key of the TLS certificate in PEM, not encrypted")->type_name("FILE");
    app.add_option("--password-file", o.passwordFile, "Who knows the first line of this file may sign in, too")->type_name("FILE");
    app.add_option("--who", o.who, "Who does it, for the history (default: the account)")->type_name("NAME");
    addKeyPassphrase(app, o.ownKey);
    return [options](Console& console) { return Serving{*options, console}.run(); };
}

}  // namespace

const Command kServe{
    .name = "serve",
    .about = "Show the PKI folders of an application in a browser, and do there what an operator does",
    .details =
        "Prints an address for a browser on this machine, or at the other end of an SSH tunnel; it works once, and at once: folders with "
        "thousands of certificates appear in the page when they have been read. Nobody else can reach the page unless --listen says so, "
        "which takes TLS and a password. Private keys never leave the machine through it. What is changed stands "
        "in the "
        "history with who and from where. Ends with Ctrl+C or SIGTERM.",
    .examples =
        "uatrust serve --pki pkiserver --open\n"
        "uatrust serve --pki a/pkiserver --pki b/pkiserver --listen 127.0.0.1:8080",
    .options = serveOptions,
};

}  // namespace uatrust::tool
