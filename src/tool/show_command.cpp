#include "tool/commands.hpp"

#include <memory>

#include "tool/passphrase.hpp"
#include "tool/platform.hpp"
#include "tool/sheet.hpp"
#include "tool/text.hpp"
#include "tool/values.hpp"

namespace uatrust::tool {
namespace {

// The largest revocation list in PEM, with text around it.
constexpr std::size_t kMaxInput = 2 * Crl::kMaxSize;

struct ShowOptions {
    std::vector<std::string> files{};
    std::optional<ApplicationRole> role{};
    PassphraseOptions passphrase{};
};

std::string headingOf(const std::string& file, const Sheet& sheet, std::size_t position, std::size_t count) {
    const auto name = file == "-" ? std::string{"standard input"} : printable(file, 4096);
    return count == 1 ? fmt::format("{}: {}\n", name, sheet.title) : fmt::format("{}, {} of {}: {}\n", name, position, count, sheet.title);
}

// One file after the other, so that one that cannot be read does not hide the others.
class Show {
public:
    Show(const ShowOptions& options, Console& console) : options_{&options}, console_{&console} {}

    ExitCode run() {
        for (const auto& file : options_->files) showFile(file);
        if (console_->json()) console_->printJson(Json{{"files", files_}});
        return complete_ ? ExitCode::Done : ExitCode::Failed;
    }

private:
    void showFile(const std::string& file) {
        const auto content = readInput(file, kMaxInput);
        if (content) {
            showElements(file, takeApart(content->view(), passphraseSource(options_->passphrase)));
            return;
        }
        complete_ = false;
        console_->complain(content.error());
        files_.push_back({{"file", file}, {"error", errorJson(content.error())}});
    }

    void showElements(const std::string& file, const std::vector<Element>& elements) {
        Json list = Json::array();
        for (std::size_t i = 0; i < elements.size(); ++i) {
            const auto sheet = sheetOf(elements[i], options_->role, systemClock().now());
            if (sheet.error) complete_ = false;
            if (console_->json()) {
                list.push_back(toJson(sheet));
            } else {
                const auto gap = first_ ? "" : "\n";
                first_ = false;
                console_->print(gap + headingOf(file, sheet, i + 1, elements.size()) + toText(sheet, console_->widths().output));
            }
        }
        files_.push_back({{"file", file}, {"elements", std::move(list)}});
    }

    const ShowOptions* options_;
    Console* console_;
    Json files_ = Json::array();
    bool complete_ = true;
    bool first_ = true;
};

Action showOptions(CLI::App& app) {
    auto options = std::make_shared<ShowOptions>();
    auto& o = *options;
    app.add_option("FILE", o.files,
                   "Certificates, chains, revocation lists, requests, keys, PKCS#7 or PKCS#12, DER or PEM; - is standard input")
        ->required();
    addRole(app, o.role, "What the application is, for comparing with its profile (default: what its extended key usage says)");
    addPassphrase(app, o.passphrase);
    return [options](Console& console) { return Show{*options, console}.run(); };
}

}  // namespace

const Command kShow{
    .name = "show",
    .about = "Say what is in a file, and how it departs from the OPC UA profile",
    .details =
        "Tells certificates, chains, revocation lists (CRL), certificate requests (CSR) and keys by their content, whatever the "
        "name of the file. Of a private key only its kind and length are shown. Departures from the profiles of OPC 10000-6, 6.2 "
        "are \"refused\" by a strict validator or \"discouraged\". PKCS#7 and PKCS#12 containers are opened, the latter with their "
        "passphrase. "
        "Signatures, trust and revocation are the business of uatrust verify.",
    .examples =
        "uatrust show own/certs/application.der\n"
        "uatrust show --passphrase-file secret.txt plc-7.pfx\n"
        "openssl s_client -connect plc-7:443 -showcerts </dev/null | uatrust show -",
    .options = showOptions,
};

}  // namespace uatrust::tool
