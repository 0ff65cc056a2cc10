#include "golden/golden_case.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include <uatrust/store/directory_store.hpp>
#include <uatrust/validation/explain.hpp>
#include <uatrust/x509/pem.hpp>

#include "golden/line_diff.hpp"
#include "golden/listed_store.hpp"
#include "support/parsed.hpp"
#include "support/temp_folder.hpp"

namespace uatrust::test {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

constexpr std::string_view kMark = "=== expected";

std::string trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(" \t");
    return from == std::string_view::npos ? std::string{} : std::string{text.substr(from, text.find_last_not_of(" \t") - from + 1)};
}

Words wordsOf(const std::string& text) {
    std::istringstream in{text};
    Words words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

bool isCrl(const std::string& file) { return file.find(".crl.") != std::string::npos; }

Certificate certificateOf(const std::string& file) {
    auto all = valueOf(readCertificates(readBytes(goldenPki() / file)));
    if (all.size() != 1) throw std::runtime_error{file + " holds several certificates"};
    return all.front();
}

Instant instantOf(const std::string& text) {
    const auto instant = parseInstant(text);
    if (!instant) throw std::runtime_error{"\"" + text + "\" is no time of the form 2026-06-15T12:00:00Z"};
    return *instant;
}

/// "<first word> of <certificate> ca <certificate> until <time> because <comment>", where all but the first may be missing.
struct Rule {
    std::string what;
    std::optional<CertificateId> certificate{};
    std::optional<CertificateId> ca{};
    std::optional<Instant> until{};
    std::string comment{};
};

Rule ruleOf(const std::string& text) {
    const auto because = text.find(" because ");
    const auto words = wordsOf(text.substr(0, because));
    if (words.size() % 2 != 1) throw std::runtime_error{"\"" + text + "\" is no rule"};
    Rule rule{.what = words.front()};
    if (because != std::string::npos) rule.comment = trimmed(text.substr(because + 9));
    for (std::size_t i = 1; i < words.size(); i += 2) {
        if (words[i] == "of") {
            rule.certificate = certificateOf(words[i + 1]).id();
        } else if (words[i] == "ca") {
            rule.ca = certificateOf(words[i + 1]).id();
        } else if (words[i] == "until") {
            rule.until = instantOf(words[i + 1]);
        } else {
            throw std::runtime_error{"\"" + words[i] + "\" is not known in a rule"};
        }
    }
    return rule;
}

StatusCode statusOf(const std::string& name) {
    for (const auto& row : stepTable()) {
        for (const auto status : {row.leafStatus, row.issuerStatus}) {
            if (statusName(status) == name) return status;
        }
    }
    throw std::runtime_error{"\"" + name + "\" is no status of the table"};
}

/// One of several words.
template <class T>
T chosen(const std::string& word, const std::map<std::string, T>& choices) {
    const auto found = choices.find(word);
    if (found == choices.end()) throw std::runtime_error{"\"" + word + "\" is not one of the words that may stand here"};
    return found->second;
}

/// Scene is a case file while it is read.
class Scene {
public:
    explicit Scene(const std::string& input) {
        const auto lines = splitLines(input);
        for (std::size_t i = 0; i < lines.size();) {
            if (lines[i].empty() || lines[i].front() == '#') {
                ++i;
            } else if (lines[i].rfind("-----BEGIN ", 0) == 0) {
                readPem(lines, i);
            } else {
                readLine(lines[i++]);
            }
        }
        if (title_.empty()) throw std::runtime_error{"it has no title"};
        if (!clockSet_) throw std::runtime_error{"it does not say what time it is"};
        if (!sentSet_) throw std::runtime_error{"it does not say what the peer has sent"};
    }

    [[nodiscard]] Verdict judge() {
        ListedStore store{lists_};
        std::map<std::string, ListedStore> others;
        const auto& policy = policyInForce();
        CertificateValidator validator{store, policy, clock_, budget_};
        for (auto& [name, content] : elsewhere_) validator.alsoLookIn(name, others.try_emplace(name, content).first->second);
        request_.certificate = sent_;
        return validator.validate(request_);
    }

private:
    using Reader = void (Scene::*)(const std::string&);

    void readLine(const std::string& line) {
        static const std::map<std::string, Reader> readers{{"title", &Scene::title},
                                                           {"clock", &Scene::clock},
                                                           {"at", &Scene::at},
                                                           {"role", &Scene::role},
                                                           {"profile", &Scene::profile},
                                                           {"sent", &Scene::sent},
                                                           {"trusted", &Scene::trusted},
                                                           {"issuers", &Scene::issuers},
                                                           {"rejected", &Scene::rejected},
                                                           {"blocked", &Scene::blocked},
                                                           {"unreadable", &Scene::unreadable},
                                                           {"other group", &Scene::otherGroup},
                                                           {"application uri", &Scene::applicationUri},
                                                           {"host", &Scene::host},
                                                           {"security policy", &Scene::securityPolicy},
                                                           {"endpoint", &Scene::endpoint},
                                                           {"peer address", &Scene::peerAddress},
                                                           {"suppress", &Scene::suppress},
                                                           {"revocation", &Scene::revocation},
                                                           {"clock tolerance", &Scene::clockTolerance},
                                                           {"accept all", &Scene::acceptAll},
                                                           {"only at endpoint", &Scene::onlyAtEndpoint},
                                                           {"budget", &Scene::budget}};
        const auto colon = line.find(':');
        const auto reader = readers.find(line.substr(0, colon));
        if (colon == std::string::npos || reader == readers.end())
            throw std::runtime_error{"it has a line that is not understood: " + line};
        (this->*reader->second)(trimmed(line.substr(colon + 1)));
    }

    // A PEM block in the case itself is sent by the peer, whatever is in it.
    void readPem(const std::vector<std::string>& lines, std::size_t& at) {
        std::string text;
        do {
            if (at == lines.size()) throw std::runtime_error{"it has a PEM block without an end"};
            text += lines[at] + '\n';
        } while (lines[at++].rfind("-----END ", 0) != 0);
        for (const auto& block : valueOf(decodePem(text))) send(block.content);
    }

    void send(ByteView octets) {
        sent_.insert(sent_.end(), octets.begin(), octets.end());
        sentSet_ = true;
    }

    void title(const std::string& text) { title_ = text; }
    void clock(const std::string& text) {
        clock_.set(instantOf(text));
        clockSet_ = true;
    }
    void at(const std::string& text) { request_.at = instantOf(text); }
    void role(const std::string& text) { request_.role = chosen<Role>(text, {{"server", Role::Server}, {"client", Role::Client}}); }
    void profile(const std::string& text) {
        request_.profile = chosen<Profile>(text, {{"application", Profile::Application}, {"user", Profile::User}, {"path", Profile::Path}});
    }
    void sent(const std::string& text) {
        for (const auto& file : wordsOf(text)) {
            if (file == "nothing" || file == "inline") continue;
            send(certificateOf(file).der());
        }
        sentSet_ = sentSet_ || text == "nothing";
    }
    void trusted(const std::string& text) { list(text, "trusted", lists_.trusted, &lists_.trustedCrls); }
    void issuers(const std::string& text) { list(text, "issuers", lists_.issuers, &lists_.issuerCrls); }
    void rejected(const std::string& text) {
        for (const auto& file : wordsOf(text)) lists_.rejected.push_back({certificateOf(file), "rejected/" + file});
    }
    void blocked(const std::string& text) { list(text, "blocked", lists_.blocked, nullptr); }
    static void list(const std::string& text, const std::string& folder, std::vector<StoredCertificate>& certificates,
                     std::vector<StoredCrl>* crls) {
        for (const auto& file : wordsOf(text)) {
            if (crls != nullptr && isCrl(file)) {
                crls->push_back({valueOf(readCrl(readBytes(goldenPki() / file))), folder + "/crl/" + file});
            } else {
                certificates.push_back({certificateOf(file), folder + "/certs/" + file});
            }
        }
    }
    void unreadable(const std::string& text) {
        for (const auto& source : wordsOf(text)) {
            lists_.problems.push_back({source, "It cannot be read: permission denied.", "Let this application read it."});
            if (source.find("/crl/") != std::string::npos) lists_.allCrlsRead = false;
            if (source.find("blocked") != std::string::npos) lists_.allBlockedRead = false;
        }
    }
    void otherGroup(const std::string& text) {
        const auto words = wordsOf(text);
        if (words.size() != 3) throw std::runtime_error{"another group has a name, a list and a file"};
        auto& content = elsewhere_[words[0]];
        if (words[1] == "trusted") return list(words[2], words[0] + "/trusted", content.trusted, &content.trustedCrls);
        if (words[1] == "issuers") return list(words[2], words[0] + "/issuers", content.issuers, &content.issuerCrls);
        throw std::runtime_error{"another group has the lists trusted and issuers"};
    }
    void applicationUri(const std::string& text) { request_.applicationUri = text; }
    void host(const std::string& text) { request_.hostNames.push_back(text); }
    void securityPolicy(const std::string& text) {
        request_.securityPolicy = findSecurityPolicy(text);
        if (request_.securityPolicy == nullptr) throw std::runtime_error{"\"" + text + "\" is no SecurityPolicy"};
    }
    void endpoint(const std::string& text) { request_.endpointUrl = text; }
    void peerAddress(const std::string& text) { request_.peerAddress = text; }

    void suppress(const std::string& text) {
        auto rule = ruleOf(text);
        valueOf(suppressing().suppress({statusOf(rule.what), rule.certificate, rule.ca, rule.until, rule.comment}));
    }
    void revocation(const std::string& text) {
        const auto rule = ruleOf(text);
        const auto mode = chosen<RevocationMode>(
            rule.what, {{"required", RevocationMode::Required}, {"if-present", RevocationMode::IfPresent}, {"off", RevocationMode::Off}});
        suppressing().revocation(mode, rule.ca, rule.comment);
    }
    void clockTolerance(const std::string& text) {
        const auto words = wordsOf(text);
        if (words.size() != 2 || words[1] != "seconds") throw std::runtime_error{"a clock tolerance is in seconds"};
        suppressing().clockTolerance(std::chrono::seconds{std::stol(words[0])});
    }
    void acceptAll(const std::string& text) {
        if (text == "for ever") {
            acceptAll_.emplace();
        } else {
            const auto rule = ruleOf("all " + text);
            if (!rule.until) throw std::runtime_error{"all are accepted \"for ever\" or \"until\" a time"};
            acceptAll_.emplace(*rule.until);
        }
    }
    void onlyAtEndpoint(const std::string& text) { onlyAt_ = text; }
    void budget(const std::string& text) {
        const auto words = wordsOf(text);
        const std::map<std::string, std::size_t Budget::*> fields{{"maxDepth", &Budget::maxDepth},
                                                                  {"maxSignatures", &Budget::maxSignatures},
                                                                  {"maxCandidates", &Budget::maxCandidates},
                                                                  {"maxCrlBytes", &Budget::maxCrlBytes}};
        if (words.size() != 2) throw std::runtime_error{"a budget has a name and a number"};
        budget_.*chosen(words[0], fields) = std::stoul(words[1]);
    }

    SuppressingPolicy& suppressing() {
        if (!suppressing_) suppressing_.emplace();
        return *suppressing_;
    }
    const TrustPolicy& policyInForce() {
        const TrustPolicy* policy = &strict_;
        if (suppressing_) policy = &*suppressing_;
        if (acceptAll_) policy = &*acceptAll_;
        if (onlyAt_.empty()) return *policy;
        perEndpoint_.emplace(strict_);
        valueOf(perEndpoint_->set(onlyAt_, *policy));
        return *perEndpoint_;
    }
    static void valueOf(const Result<void>& done) {
        if (!done) throw std::runtime_error{done.error().text()};
    }
    template <class T>
    static T valueOf(Result<T> result) {
        return test::valueOf(std::move(result));
    }

    std::string title_{};
    bool clockSet_ = false;
    bool sentSet_ = false;
    FixedClock clock_{Instant{}};
    Bytes sent_{};
    ValidationRequest request_{};
    TrustSnapshot::Content lists_{};
    std::map<std::string, TrustSnapshot::Content> elsewhere_{};
    Budget budget_{};
    std::string onlyAt_{};
    const StrictPolicy strict_{};
    std::optional<SuppressingPolicy> suppressing_{};
    std::optional<AcceptAllPolicy> acceptAll_{};
    std::optional<PerEndpointPolicy> perEndpoint_{};
};

fs::path pathOf(const std::string& name) { return goldenCases() / (name + ".txt"); }

}  // namespace

fs::path goldenCases() { return fs::path{UATRUST_GOLDEN_FOLDER} / "cases"; }
fs::path goldenPki() { return fs::path{UATRUST_GOLDEN_FOLDER} / "pki"; }

std::vector<std::string> goldenNames() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator{goldenCases()}) {
        if (entry.path().extension() == ".txt") names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

GoldenFile splitGolden(const std::string& text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto line = trimmed(std::string_view{text}.substr(at, end - at - (end > at && text[end - 1] == '\r' ? 1 : 0)));
        const auto next = std::min(end + 1, text.size());
        if (line == kMark) return {text.substr(0, next), text.substr(next)};
        at = next;
    }
    return {text, {}};
}

GoldenFile readGolden(const std::string& name) { return splitGolden(readFile(pathOf(name))); }

Verdict judgeGolden(const std::string& name, const std::string& input) try {
    const auto mark = input.find(kMark);
    return Scene{input.substr(0, mark)}.judge();
} catch (const std::exception& failure) {
    throw std::runtime_error{"tests/golden/cases/" + name + ".txt: " + failure.what()};
}

std::string goldenText(const Verdict& verdict) {
    return fmt::format("status: {}\nfor the peer: {}\n\n{}", statusName(verdict.status()), statusName(verdict.statusForPeer()),
                       explain(verdict.report()));
}

void rewriteGolden(const std::string& name, const std::string& expected) {
    auto text = readGolden(name).input;
    if (text.find(kMark) == std::string::npos) text += (text.empty() || text.back() == '\n' ? "\n" : "\n\n") + std::string{kMark} + '\n';
    writeFile(pathOf(name), text + expected);
}

}  // namespace uatrust::test
