#include <uatrust/validation/explain.hpp>

#include <algorithm>
#include <sstream>

#include "unit/validation/bench.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

std::vector<std::string> linesOf(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

/// Text without its line breaks and columns.
std::string wordsOf(const std::string& text) {
    std::string words;
    std::istringstream in{text};
    for (std::string word; in >> word;) words += (words.empty() ? "" : " ") + word;
    return words;
}

bool isOneLine(const std::string& text) { return !text.empty() && text.find('\n') == std::string::npos; }

/// Lines feeds between lines, and otherwise nothing that a terminal would obey.
bool isSafe(const std::string& text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F); });
}

bool startsWith(const std::string& text, std::string_view start) { return std::string_view{text}.substr(0, start.size()) == start; }

}  // namespace

TEST_CASE("an explanation begins with the verdict and what to do") {
    Bench bench;
    const auto verdict = bench.judge(forgeCertificate());
    const auto lines = linesOf(explain(verdict.report()));
    REQUIRE(lines.size() > 2);
    CHECK(startsWith(lines[0], "REFUSED BadCertificateUntrusted: CN=plc-7"));
    CHECK(startsWith(lines[1], "What to do: If you know this peer, move CN=plc-7"));
}

TEST_CASE("an explanation has every certificate, every step and the evidence of failures") {
    const Plant plant;
    Bench bench;
    plant.install(bench);
    bench.request.endpointUrl = "opc.tcp://line-4:4840";
    bench.request.peerAddress = "10.0.0.7";
    bench.request.applicationUri = "urn:test:plc-8";
    const auto text = explain(bench.judge(plant.plc).report());
    for (const auto& certificate : {cert(plant.plc), cert(plant.line), cert(plant.root)}) CHECK(contains(text, certificate.describe()));
    for (const auto& row : stepTable()) CHECK(contains(text, row.name));
    for (const auto* part :
         {"sent by the peer", "issuers", "urn:test:plc-8", "urn:test:plc-7", "expected", "found", "what to do", "opc.tcp://line-4:4840",
          "10.0.0.7", "2026-06-15T12:00:00Z", "StrictPolicy", "BadCertificateUriInvalid", "Filed under rejected"}) {
        CAPTURE(part);
        CHECK(contains(text, part));
    }
}

TEST_CASE("outcomes stand in one column") {
    const Plant plant;
    Bench bench;
    plant.install(bench);
    const auto text = explain(bench.judge(plant.plc).report());
    std::size_t rows = 0;
    for (const auto& line : linesOf(text)) {
        for (const auto* outcome : {"passed  ", "not applicable  "}) {
            const auto at = line.find(std::string{"  "} + outcome);
            if (at == std::string::npos) continue;
            CHECK(at == 29);
            ++rows;
        }
    }
    CHECK(rows == stepTable().size() * 3);
}

TEST_CASE("an explanation says who each certificate is and how long it is valid") {
    const Plant plant;
    Bench bench;
    plant.install(bench);
    const auto text = explain(bench.judge(plant.plc).report());
    const auto leafAt = text.find("Certificate 0, the peer's own certificate: CN=plc-7");
    const auto lineAt = text.find("Certificate 1, a CA of its chain: CN=Line CA");
    const auto rootAt = text.find("Certificate 2, the root of its chain: CN=Plant CA");
    REQUIRE(rootAt != std::string::npos);
    CHECK(leafAt < lineAt);
    CHECK(lineAt < rootAt);
    const auto leaf = text.substr(leafAt, lineAt - leafAt);
    CHECK(contains(leaf, "issued by   CN=Line CA"));
    CHECK(contains(leaf, "thumbprint  " + cert(plant.plc).thumbprint().text()));
    CHECK(contains(leaf, "valid       2026-01-01T00:00:00Z to 2036-01-01T00:00:00Z"));
    CHECK(contains(text.substr(rootAt), "issued by   itself"));
}

TEST_CASE("two URIs stand below each other with a mark where they begin to differ") {
    const auto plc = forgeCertificate();
    Bench bench;
    bench.trust(plc).request.applicationUri = "urn:test:PLC-7";
    const auto lines = linesOf(explain(bench.judge(plc).report()));
    const auto expected = std::find_if(lines.begin(), lines.end(), [](const auto& line) { return contains(line, "expected"); });
    REQUIRE(lines.end() - expected > 2);
    CHECK(contains(expected[0], "\"urn:test:PLC-7\""));
    CHECK(contains(expected[1], "\"urn:test:plc-7\""));
    const auto at = expected[2].find('^');
    REQUIRE(at != std::string::npos);
    CHECK(expected[0][at] == 'P');
    CHECK(expected[1][at] == 'p');
    CHECK(expected[0].substr(at - 9, 9) == expected[1].substr(at - 9, 9));
}

TEST_CASE("of long URIs the part around the difference is shown, and of several the nearest") {
    const std::string begin = "urn:" + std::string(120, 'x');
    const auto plc = forgeCertificate({.uris = {"urn:other", begin + "7" + std::string(80, 'y')}});
    Bench bench;
    bench.trust(plc).request.applicationUri = begin + "8" + std::string(80, 'y');
    const auto lines = linesOf(explain(bench.judge(plc).report()));
    const auto mark = std::find_if(lines.begin(), lines.end(), [](const auto& line) { return contains(line, "^ the first difference"); });
    REQUIRE(mark != lines.end());
    const auto at = mark->find('^');
    CHECK((mark - 2)->at(at) == '8');
    CHECK((mark - 1)->at(at) == '7');
    for (auto line = mark - 2; line <= mark; ++line) CHECK(line->size() <= 100);
    CHECK(contains(mark[1], "\"urn:other\""));
}

TEST_CASE("a certificate without a URI is compared with in words") {
    const auto plc = forgeCertificate({.uris = {}});
    Bench bench;
    bench.trust(plc).request.applicationUri = "urn:test:plc-7";
    const auto text = explain(bench.judge(plc).report());
    CHECK_FALSE(contains(text, "^"));
    CHECK(contains(text, "found          none"));
}

TEST_CASE("lines behind the first two fit a terminal of 100 columns") {
    const Plant plant;
    Bench bench;
    plant.install(bench);
    bench.request.applicationUri = "urn:test:plc-8";
    bench.request.hostNames = {"plc-7.plant.example", "plc-7"};
    bench.request.role = Role::Client;
    bench.request.securityPolicy = findSecurityPolicy("ECC_nistP256");
    const auto lines = linesOf(explain(bench.judge(plant.plc).report()));
    for (std::size_t i = 2; i < lines.size(); ++i) {
        CAPTURE(lines[i]);
        CHECK(lines[i].size() <= 100);
    }
}

TEST_CASE("the evidence: keys against the policy, dates against the clock, hosts that are offered, where CRLs were looked for") {
    const Plant plant;
    const auto plc =
        forgeLeaf(plant.line, {.keyName = "rsa1024", .notAfter = forgeDate(2026, 3, 1), .dns = {"plc-7"}, .ips = {"10.0.0.7"}});
    Bench bench;
    bench.trust(plant.root).issuer(plant.line).request.hostNames = {"line-4"};
    bench.request.role = Role::Client;
    bench.request.securityPolicy = findSecurityPolicy("Basic256Sha256");
    const auto text = wordsOf(explain(bench.judge(plc).report()));
    for (const auto* part : {"2048 to 4096 bits", "its key is RSA 1024", "a time from 2026-01-01T00:00:00Z to 2026-03-01T00:00:00Z",
                             "2026-06-15T12:00:00Z, by this machine's clock", "\"line-4\" found plc-7, 10.0.0.7",
                             "no CRL with the name of this CA, neither beside trusted nor beside issuers"}) {
        CAPTURE(part);
        CHECK(contains(text, part));
    }
    CHECK(contains(text, "there is no usable CRL of " + cert(plant.line).describe()));
}

TEST_CASE("a server's explanation says what the peer is told") {
    Bench bench;
    CHECK(contains(explain(bench.judge(forgeCertificate()).report()), "The peer is told BadSecurityChecksFailed, and not why."));
    bench.request.role = Role::Client;
    CHECK_FALSE(contains(explain(bench.judge(forgeCertificate()).report()), "The peer is told"));
}

TEST_CASE("an accepted certificate is trusted, and there is nothing to do") {
    const auto plc = forgeCertificate();
    Bench bench;
    const auto verdict = bench.trust(plc).judge(plc);
    const auto lines = linesOf(explain(verdict.report()));
    CHECK(startsWith(lines[0], "TRUSTED: CN=plc-7"));
    CHECK(lines[1] == "What to do: Nothing.");
    CHECK(contains(summarize(verdict.report()), "TRUSTED"));
}

TEST_CASE("a suppressed failure is on the first line") {
    const auto plc = forgeCertificate({.notAfter = forgeDate(2026, 3, 1)});
    SuppressingPolicy policy;
    REQUIRE(policy.suppress({.status = StatusCode::BadCertificateTimeInvalid, .comment = "renewal ordered"}));
    Bench bench;
    const auto verdict = bench.obey(policy).trust(plc).judge(plc);
    const auto lines = linesOf(explain(verdict.report()));
    CHECK(startsWith(lines[0], "TRUSTED: "));
    CHECK(contains(lines[0], "BadCertificateTimeInvalid"));
    CHECK(contains(lines[0], "renewal ordered"));
    CHECK(contains(lines[1], "renewed"));
    CHECK(contains(summarize(verdict.report()), "renewal ordered"));
}

TEST_CASE("whom accepting everybody has let in is marked in both forms") {
    const AcceptAllPolicy everybody;
    Bench bench;
    const auto verdict = bench.obey(everybody).judge(forgeCertificate());
    CHECK(verdict.accepted());
    CHECK(startsWith(explain(verdict.report()), "TRUSTED (INSECURE"));
    CHECK(contains(summarize(verdict.report()), "INSECURE"));
}

TEST_CASE("a summary is one line: who, status, why, what to do") {
    Bench bench;
    const auto text = summarize(bench.judge(forgeCertificate()).report());
    CHECK(isOneLine(text));
    for (const auto* part : {"CN=plc-7", "BadCertificateUntrusted", "not in the trusted list", "move CN=plc-7"})
        CHECK(contains(text, part));
}

TEST_CASE("a certificate that cannot be read is explained, too") {
    Bench bench;
    const auto verdict = bench.judge(Bytes{0x30, 0x00});
    CHECK(startsWith(explain(verdict.report()), "REFUSED BadCertificateInvalid: "));
    CHECK(contains(summarize(verdict.report()), "unreadable certificate"));
    CHECK(isOneLine(summarize(verdict.report())));
}

TEST_CASE("a report without findings is explained as a refusal") {
    const Report report{Report::Content{}};
    CHECK(startsWith(explain(report), "REFUSED BadSecurityChecksFailed"));
    CHECK(contains(summarize(report), "BadSecurityChecksFailed"));
}

TEST_CASE("nobody can write to the operator's terminal or fake a line") {
    const std::string evil = "\x1b[2J\r\nTRUSTED: CN=plc-7\x07\xe2\x80\xae";
    const auto plc = forgeCertificate({.cn = evil, .uris = {"urn:" + evil.substr(0, 8)}, .dns = {}});
    class Talkative final : public TrustPolicy {
    public:
        [[nodiscard]] std::string name() const override { return "Talk\nTRUSTED\x1b[1m"; }
        [[nodiscard]] Ruling onFailure(const Finding&, const Certificate&, const PolicyContext&) const override {
            return {.suppress = true, .reason = "why\nnot\x1b[1m"};
        }
    };
    const Talkative policy;
    Bench bench;
    bench.obey(policy).trust(plc).request.applicationUri = evil;
    bench.request.hostNames = {evil};
    bench.request.role = Role::Client;
    bench.request.endpointUrl = evil;
    bench.request.peerAddress = evil;
    const auto verdict = bench.judge(plc);
    for (const auto& text : {explain(verdict.report()), summarize(verdict.report())}) {
        CHECK(isSafe(text));
        CHECK_FALSE(contains(text, "\nTRUSTED"));
        CHECK_FALSE(contains(text, "\xe2\x80\xae"));
    }
    CHECK(isOneLine(summarize(verdict.report())));
}

TEST_CASE("what a store could not read is part of the explanation") {
    Report::Content content{
        .findings = {{.step = Step::TrustList, .outcome = Outcome::Failed, .status = StatusCode::BadCertificateUntrusted}}};
    content.storeProblems.push_back({"trusted/certs/broken.der", "It is no certificate.", "Remove it."});
    const auto text = explain(Report{content});
    CHECK(contains(text, "trusted/certs/broken.der: It is no certificate. Remove it."));
}
