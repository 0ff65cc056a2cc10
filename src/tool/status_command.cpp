#include "tool/commands.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "tool/list_rows.hpp"
#include "tool/own_work.hpp"
#include "tool/problems.hpp"
#include "tool/text.hpp"

namespace uatrust::tool {
namespace {

constexpr std::chrono::days kNear{30};
constexpr std::size_t kMostEnds = 5;
constexpr std::size_t kMostEndsInJson = 100;
constexpr std::size_t kMostProblems = 10;
constexpr std::size_t kColumn = 14;

/// End is something that ends.
struct End {
    Instant at{};
    std::string what{};
    std::string remedy{};  ///< empty: told elsewhere
    bool near = false;     ///< or over
};

std::string endText(const End& end, Instant now) {
    return fmt::format("{} {} on {}", end.what, end.at < now ? "ended" : "ends", untilText(end.at, now));
}

// A list of a week is not about to end all the time.
std::chrono::seconds nearFor(const Crl& crl, Instant next) { return std::min<std::chrono::seconds>(kNear, (next - crl.thisUpdate()) / 4); }

// That a CRL is over does not matter once the CA has made a newer one, which counts by itself and already.
bool isSuperseded(const Crl& crl, const TrustSnapshot& lists, Instant now) {
    const auto all = lists.findCrls(crl.issuer());
    return std::any_of(all.begin(), all.end(), [&](const StoredCrl* each) {
        return each->crl.thisUpdate() > crl.thisUpdate() && each->crl.thisUpdate() <= now && each->crl.incompleteBecause().empty() &&
               equalBytes(each->crl.authorityKeyIdentifier(), crl.authorityKeyIdentifier());
    });
}

std::vector<End> endsIn(const TrustSnapshot& lists, Instant now) {
    std::vector<End> ends;
    for (const auto list : {StoreList::Trusted, StoreList::Issuers}) {
        for (const auto& each : lists.certificates(list)) {
            const auto at = each.certificate.notAfter();
            ends.push_back({at, fmt::format("{} ({})", each.certificate.describe(), storeListName(list)),
                            each.certificate.isCa() ? "Get the CA's renewed certificate and import it."
                                                    : "Its owner has to renew it; then trust the new one and delete this one.",
                            at - now <= kNear});
        }
        for (const auto& each : lists.crls(list)) {
            const auto next = each.crl.nextUpdate();
            if (!next || isSuperseded(each.crl, lists, now)) continue;
            ends.push_back({*next, fmt::format("CRL of {}", printable(nameOf(each.crl.issuer()))),
                            "Fetch the CA's present CRL and import it: without one, all that the CA has issued is refused.",
                            *next - now <= nearFor(each.crl, *next)});
        }
    }
    return ends;
}

// That a key is of another kind, or that former certificates lie about, stops nobody.
bool isProblem(const IdentityNotice& notice) {
    return notice.kind != IdentityNoticeKind::SeveralCertificates && notice.kind != IdentityNoticeKind::Unpaired &&
           notice.kind != IdentityNoticeKind::KeyTypeMismatch && notice.kind != IdentityNoticeKind::Created;
}

std::string sentence(std::string text) {
    if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') text.front() = static_cast<char>(text.front() - 'a' + 'A');
    if (!text.ends_with('.')) text += '.';
    return text;
}

/// Status is one look at a folder.
class Status {
public:
    explicit Status(const Desk& desk) : desk_{&desk}, own_{describeOwn(desk)}, lists_{desk.store->snapshot()} {
        ends_ = endsIn(*lists_, now_);
        if (own_.identity) {
            const auto end = own_.identity->certificate().notAfter();
            ends_.push_back({end, "the own certificate", {}, end - now_ <= kNear});
        }
        std::stable_sort(ends_.begin(), ends_.end(), [](const End& a, const End& b) { return a.at < b.at; });
        refusals_ = desk.store->refusals();
        collectProblems();
    }

    [[nodiscard]] bool isInOrder() const noexcept { return problems_.empty(); }

    [[nodiscard]] std::string text(std::size_t width) const {
        std::string text;
        const auto row = [&](std::string_view label, const std::string& what) { text += besides(label, what, kColumn, width); };
        row("folder", desk_->folder.name() +
                          (desk_->folder.layout == nullptr ? std::string{} : fmt::format(", as of {}", desk_->folder.layout->name)));
        row("own", ownText());
        if (!own_.pending.requests.empty())
            row("waiting", fmt::format("{} for a certificate of a CA", many(own_.pending.requests.size(), "request")));
        row("lists", countsText());
        row("last refused", lastRefused());
        std::string label = "next to end";
        for (std::size_t i = 0; i < std::min(ends_.size(), kMostEnds); ++i) {
            row(label, endText(ends_[i], now_));
            label.clear();
        }
        label = "problems";
        if (problems_.empty()) row(label, "none seen; \"uatrust doctor\" looks deeper");
        for (std::size_t i = 0; i < std::min(problems_.size(), kMostProblems); ++i) {
            row(label, fmt::format("{} {}", problems_[i].message, problems_[i].remedy));
            label.clear();
        }
        if (problems_.size() > kMostProblems) row(label, fmt::format("and {} more; --json has all", problems_.size() - kMostProblems));
        return text;
    }

    [[nodiscard]] Json json() const {
        Json ends = Json::array();
        for (std::size_t i = 0; i < std::min(ends_.size(), kMostEndsInJson); ++i) {
            ends.push_back({{"at", formatInstant(ends_[i].at)}, {"what", ends_[i].what}, {"near", ends_[i].near}});
        }
        return {{"folder", desk_->folder.name()},
                {"layout", desk_->folder.layout == nullptr ? Json() : Json(std::string{desk_->folder.layout->key})},
                {"inOrder", isInOrder()},
                {"own", ownJson()},
                {"pendingRequests", own_.pending.requests.size()},
                {"backups", own_.backups},
                {"counts", countsJson()},
                {"ends", std::move(ends)},
                {"problems", problemsJson(problems_)}};
    }

private:
    void collectProblems() {
        if (own_.trouble)
            problems_.push_back({desk_->store->ownLocation(), sentence(own_.trouble->message), sentence(own_.trouble->remedy)});
        if (own_.identity) {
            for (const auto& each : own_.notices) {
                if (isProblem(each))
                    problems_.push_back({own_.identity->certificateSource(), sentence(each.message), sentence(each.remedy)});
            }
        }
        const auto add = [&](std::span<const StoreProblem> more) {
            for (const auto& each : more)
                problems_.push_back({each.source, fmt::format("{}: {}", printable(each.source, 4096), each.message), each.remedy});
        };
        add(own_.pending.problems);
        add(lists_->problems());
        add(refusals_.problems);
        for (const auto& each : ends_) {
            // That the own certificate ends is among its notices.
            if (each.near && !each.remedy.empty()) problems_.push_back({{}, endText(each, now_) + ".", each.remedy});
        }
    }

    [[nodiscard]] std::string ownText() const {
        if (own_.trouble) return "not usable, see below";
        if (!own_.identity) return "none; \"uatrust init\" makes one";
        const auto& certificate = own_.identity->certificate();
        auto text = fmt::format("{}\n{}\nvalid until {}, {}, {}", certificate.describe(), printable(certificate.applicationUri()),
                                untilText(certificate.notAfter(), now_), certificate.publicKey().describe(),
                                certificate.isSelfIssued() ? "self-signed" : "issued by " + printable(nameOf(certificate.issuer())));
        std::vector<std::string> names;
        for (const auto& each : own_.names) {
            if (each.inCertificate) names.push_back(each.name);
        }
        return text + fmt::format("\nfor {}", names.empty() ? "no host name" : fmt::format("{}", fmt::join(names, ", ")));
    }

    [[nodiscard]] Json ownJson() const {
        if (!own_.identity) return {};
        const auto& certificate = own_.identity->certificate();
        Json names = Json::array();
        for (const auto& each : own_.names) {
            names.push_back({{"name", each.name}, {"inCertificate", each.inCertificate}, {"onMachine", each.onMachine}});
        }
        Json notices = Json::array();
        for (const auto& each : own_.notices) notices.push_back({{"message", each.message}, {"remedy", each.remedy}});
        return {{"subject", certificate.subject().text()},
                {"applicationUri", printable(certificate.applicationUri())},
                {"issuer", certificate.issuer().text()},
                {"thumbprint", certificate.thumbprint().text()},
                {"sha256", certificate.id().text()},
                {"notAfter", formatInstant(certificate.notAfter())},
                {"keyType", certificate.publicKey().describe()},
                {"source", own_.identity->certificateSource()},
                {"names", std::move(names)},
                {"notices", std::move(notices)}};
    }

    [[nodiscard]] std::size_t crls() const { return lists_->crls(StoreList::Trusted).size() + lists_->crls(StoreList::Issuers).size(); }

    [[nodiscard]] std::string countsText() const {
        std::string text;
        for (const auto list : kAllLists) text += fmt::format("{} {}, ", storeListName(list), lists_->certificates(list).size());
        return text + many(crls(), "CRL");
    }

    [[nodiscard]] Json countsJson() const {
        Json counts = Json::object();
        for (const auto list : kAllLists) counts[std::string{storeListName(list)}] = lists_->certificates(list).size();
        counts["crls"] = crls();
        return counts;
    }

    [[nodiscard]] std::string lastRefused() const {
        if (refusals_.records.empty()) return "nobody";
        const auto& last = refusals_.records.front();
        const auto why = last.refusals.empty() ? std::string{} : fmt::format(", {}", statusName(last.refusals.front().status));
        return fmt::format("{}, {} ago{}", last.name, formatDuration(now_ - last.last), why);
    }

    const Desk* desk_;
    Instant now_ = systemClock().now();
    OwnDescription own_;
    std::shared_ptr<const TrustSnapshot> lists_;
    RefusalJournal refusals_{};
    std::vector<End> ends_{};
    std::vector<StoreProblem> problems_{};
};

ExitCode status(const DeskOptions& options, Console& console) {
    const auto desk = openDesk(options, true, console);
    if (!desk) return console.fail(desk.error());
    const Status status{*desk};
    if (console.json()) {
        console.printJson(status.json());
    } else {
        console.print(status.text(console.widths().output));
    }
    return status.isInOrder() ? ExitCode::Done : ExitCode::Refused;
}

Action statusOptions(CLI::App& app) {
    auto options = std::make_shared<DeskOptions>();
    addPki(app, *options);
    addKeyPassphrase(app, options->ownKey);
    return [options](Console& console) { return status(*options, console); };
}

}  // namespace

const Command kStatus{
    .name = "status",
    .about = "Say on one screen how a PKI folder is: own certificate, lists, what ends next, what is wrong",
    .details =
        "Something is wrong when it is over, or will be within 30 days (of a CRL: within the last quarter of its time), when the own "
        "certificate does not name this machine, or when something could not be read. Only looks. Ends with 1 when something is wrong.",
    .examples = "uatrust status --pki pkiserver\nuatrust status --pki pkiserver --json | jq .inOrder",
    .options = statusOptions,
};

}  // namespace uatrust::tool
