#include <uatrust/validation/validation_options.hpp>

#include <set>

#include "unit/validation/bench.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using S = StatusCode;
using Set = ValidationOptionSet;

constexpr std::uint32_t offlineOfTrustList = 1U << 6U;
constexpr std::uint32_t offlineOfCertificate = 1U << 4U;
constexpr std::uint32_t useDefaults = 1U << 5U;

/// Which failures of any certificate a policy lets pass.
std::set<S> suppressedBy(const SuppressingPolicy& policy) {
    const auto anybody = cert(forgeCertificate({.keyName = "p256"}));
    const PolicyContext context{Role::Client, Profile::Application, {}, {}, kForgeNow};
    std::set<S> statuses;
    for (const auto& info : statusTable()) {
        const Finding failure{.outcome = Outcome::Failed, .status = info.code, .suppressible = true};
        if (policy.onFailure(failure, anybody, context).suppress) statuses.insert(info.code);
    }
    return statuses;
}

RevocationRuling rulingOf(const SuppressingPolicy& policy, const ForgedCert& ca) {
    return policy.revocationOf(cert(ca), {Role::Server, Profile::Application, {}, {}, kForgeNow});
}

struct Bit {
    unsigned number;
    std::string_view name;
    std::set<S> suppresses;
};

// OPC 10000-12, 7.8.2.10, and OPC 10000-6, E.6, written down a second time.
std::vector<Bit> bitsOf(Set set) {
    if (set == Set::TrustList) {
        return {{0, "SuppressCertificateExpired", {S::BadCertificateTimeInvalid}},
                {1, "SuppressHostNameInvalid", {S::BadCertificateHostNameInvalid}},
                {2, "SuppressRevocationStatusUnknown", {S::BadCertificateRevocationUnknown}},
                {3, "SuppressIssuerCertificateExpired", {S::BadCertificateIssuerTimeInvalid}},
                {4, "SuppressIssuerRevocationStatusUnknown", {S::BadCertificateIssuerRevocationUnknown}},
                {5, "CheckRevocationStatusOnline", {}},
                {6, "CheckRevocationStatusOffline", {}}};
    }
    return {{0, "SuppressCertificateExpired", {S::BadCertificateTimeInvalid, S::BadCertificateIssuerTimeInvalid}},
            {1, "SuppressHostNameInvalid", {S::BadCertificateHostNameInvalid}},
            {2, "SuppressRevocationStatusUnknown", {S::BadCertificateRevocationUnknown, S::BadCertificateIssuerRevocationUnknown}},
            {3, "CheckRevocationStatusOnline", {}},
            {4, "CheckRevocationStatusOffline", {}},
            {5, "UseDefaultOptions", {}}};
}

std::uint32_t offlineOf(Set set) { return set == Set::TrustList ? offlineOfTrustList : offlineOfCertificate; }

}  // namespace

TEST_CASE("both option sets have the bits of the specification, and each suppresses what it says") {
    for (const auto set : {Set::TrustList, Set::Certificate}) {
        CAPTURE(validationOptionSetName(set));
        const auto expected = bitsOf(set);
        const auto table = validationOptionTable(set);
        REQUIRE(table.size() == expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            CAPTURE(expected[i].name);
            CHECK(table[i].mask == 1U << expected[i].number);
            CHECK(table[i].name == expected[i].name);
            CHECK_FALSE(table[i].meaning.empty());
            CHECK(std::set<S>(table[i].suppresses.begin(), table[i].suppresses.end()) == expected[i].suppresses);
            if (expected[i].name == "UseDefaultOptions") continue;
            SuppressingPolicy policy;
            REQUIRE(applyValidationOptions(policy, set, table[i].mask | offlineOf(set)));
            CHECK(suppressedBy(policy) == expected[i].suppresses);
        }
    }
}

TEST_CASE("all bits together suppress nothing that the step table does not offer, and no ApplicationUri") {
    for (const auto set : {Set::TrustList, Set::Certificate}) {
        SuppressingPolicy policy;
        REQUIRE(applyValidationOptions(policy, set, set == Set::TrustList ? 0x7FU : 0x1FU));
        const auto statuses = suppressedBy(policy);
        CHECK(statuses.size() == 5);
        CHECK(statuses.count(S::BadCertificateUriInvalid) == 0);
        for (const auto status : statuses) CHECK(suppressibleStep(status) != nullptr);

        const auto plc = forgeCertificate();
        Bench bench;
        bench.trust(plc).obey(policy).request.role = Role::Client;
        bench.request.hostNames = {"elsewhere"};
        CHECK(bench.judge(plc).accepted());
        bench.request.applicationUri = "urn:test:another";
        CHECK(bench.judge(plc).status() == S::BadCertificateUriInvalid);
    }
}

TEST_CASE("the bits about revocation choose how CRLs count") {
    const auto root = forgeRoot();
    struct Case {
        Set set;
        std::uint32_t options;
        std::optional<RevocationMode> mode;
    };
    const Case cases[] = {
        {Set::TrustList, kDefaultTrustListOptions, RevocationMode::Required},
        {Set::TrustList, 0x60, RevocationMode::Required},  // online and offline
        {Set::TrustList, 0x20, std::nullopt},              // online
        {Set::TrustList, 0x00, RevocationMode::Off},
        {Set::TrustList, 0x04, RevocationMode::Off},
        {Set::Certificate, 0x10, RevocationMode::Required},
        {Set::Certificate, 0x18, RevocationMode::Required},
        {Set::Certificate, 0x08, std::nullopt},
        {Set::Certificate, 0x00, RevocationMode::Off},
    };
    for (const auto& each : cases) {
        CAPTURE(validationOptionSetName(each.set), each.options);
        SuppressingPolicy policy;
        policy.revocation(RevocationMode::IfPresent);
        const auto applied = applyValidationOptions(policy, each.set, each.options, {.comment = "site rule 7"});
        CHECK(applied.ok() == each.mode.has_value());
        CHECK(rulingOf(policy, root).mode == each.mode.value_or(RevocationMode::IfPresent));
        if (each.mode) {
            CHECK(contains(rulingOf(policy, root).reason, "site rule 7"));
        } else {
            CHECK(applied.status() == S::BadNotSupported);
            CHECK(contains(applied.error().remedy, "CheckRevocationStatusOffline"));
        }
    }
}

TEST_CASE("the default of a trust list is strict") {
    SuppressingPolicy policy;
    REQUIRE(applyValidationOptions(policy, Set::TrustList, kDefaultTrustListOptions));
    CHECK(suppressedBy(policy).empty());
    CHECK(validationOptionNames(Set::TrustList, kDefaultTrustListOptions) == "CheckRevocationStatusOffline");
}

TEST_CASE("options that cannot be applied leave the policy as it was") {
    const auto root = forgeRoot();
    struct Case {
        const char* name;
        Set set;
        std::uint32_t options;
        std::optional<std::uint32_t> defaults;
        S status;
    };
    const Case cases[] = {
        {"online alone", Set::TrustList, 0x21, {}, S::BadNotSupported},
        {"unknown bit", Set::TrustList, 0x81, {}, S::BadInvalidArgument},
        {"unknown highest bit", Set::TrustList, 0x80000041, {}, S::BadInvalidArgument},
        {"a bit of the other set", Set::Certificate, 0x51, {}, S::BadInvalidArgument},
        {"no defaults", Set::Certificate, useDefaults, {}, S::BadInvalidArgument},
        {"defaults that use defaults", Set::Certificate, useDefaults, useDefaults | offlineOfCertificate, S::BadInvalidArgument},
        {"defaults with an unknown bit", Set::Certificate, useDefaults, 0x111, S::BadInvalidArgument},
        {"defaults online alone", Set::Certificate, useDefaults, 0x09, S::BadNotSupported},
        {"unknown bit beside defaults", Set::Certificate, useDefaults | 0x100, offlineOfCertificate, S::BadInvalidArgument},
    };
    for (const auto& each : cases) {
        CAPTURE(each.name);
        SuppressingPolicy policy;
        const auto applied = applyValidationOptions(policy, each.set, each.options, {.defaults = each.defaults});
        REQUIRE_FALSE(applied.ok());
        CHECK(applied.status() == each.status);
        CHECK_FALSE(applied.error().message.empty());
        CHECK_FALSE(applied.error().remedy.empty());
        CHECK(suppressedBy(policy).empty());
        CHECK(rulingOf(policy, root).mode == RevocationMode::Required);
    }
}

TEST_CASE("UseDefaultOptions takes the options of the list and ignores its own") {
    SuppressingPolicy policy;
    const auto options = useDefaults | 0x02U | 0x08U;  // host names, and online alone: ignored
    REQUIRE(applyValidationOptions(policy, Set::Certificate, options, {.defaults = 0x11}));
    CHECK(suppressedBy(policy) == std::set<S>{S::BadCertificateTimeInvalid, S::BadCertificateIssuerTimeInvalid});
    CHECK(rulingOf(policy, forgeRoot()).mode == RevocationMode::Required);

    SuppressingPolicy own;
    REQUIRE(applyValidationOptions(own, Set::Certificate, 0x12, {.defaults = 0x11}));
    CHECK(suppressedBy(own) == std::set<S>{S::BadCertificateHostNameInvalid});
}

TEST_CASE("options of one CA reach what it has issued and nobody else") {
    const auto ours = forgeRoot("Our CA", {.keyIndex = 1});
    const auto theirs = forgeRoot("Their CA", {.keyIndex = 3});
    const auto plc = forgeLeaf(ours, {.notAfter = forgeDate(2026, 6, 1)});
    const auto other = forgeLeaf(theirs, {.cn = "plc-8", .notAfter = forgeDate(2026, 6, 1)});
    SuppressingPolicy policy;
    REQUIRE(applyValidationOptions(policy, Set::TrustList, 0x01, {.certificate = cert(ours).id(), .comment = "J. Doe"}));
    Bench bench;
    bench.trust(ours).trust(theirs).obey(policy);
    const auto verdict = bench.judge(plc);
    CHECK(verdict.accepted());
    const auto finding = findingOf(verdict, Step::ValidityPeriod);
    CHECK(finding.outcome == Outcome::Suppressed);
    CHECK(contains(finding.suppressedBy, "SuppressCertificateExpired; J. Doe"));
    CHECK(contains(findingOf(verdict, Step::FindRevocationList).message, "without CheckRevocationStatusOffline"));
    CHECK(bench.judge(other).status() == S::BadCertificateTimeInvalid);
    CHECK(outcomeOf(bench.judge(other), Step::FindRevocationList) == Outcome::Failed);
}

TEST_CASE("options of one application reach that one alone") {
    const auto plc = forgeCertificate({.notAfter = forgeDate(2026, 6, 1)});
    const auto other = forgeCertificate({.cn = "plc-8", .notAfter = forgeDate(2026, 6, 1)});
    SuppressingPolicy policy;
    REQUIRE(applyValidationOptions(policy, Set::Certificate, 0x11, {.certificate = cert(plc).id()}));
    Bench bench;
    bench.trust(plc).trust(other).obey(policy);
    CHECK(bench.judge(plc).accepted());
    CHECK(bench.judge(other).status() == S::BadCertificateTimeInvalid);
}

TEST_CASE("what options suppress may end by itself") {
    const auto plc = forgeCertificate({.notAfter = forgeDate(2026, 6, 1)});
    SuppressingPolicy policy;
    REQUIRE(applyValidationOptions(policy, Set::TrustList, 0x41, {.until = kForgeNow + std::chrono::hours{1}}));
    Bench bench;
    bench.trust(plc).obey(policy);
    CHECK(bench.judge(plc).accepted());
    bench.clock.advance(std::chrono::hours{1});
    CHECK(bench.judge(plc).status() == S::BadCertificateTimeInvalid);
}

TEST_CASE("options are written by name and read again") {
    CHECK(validationOptionNames(Set::TrustList, 0) == "none");
    CHECK(validationOptionNames(Set::TrustList, 0x41) == "SuppressCertificateExpired, CheckRevocationStatusOffline");
    CHECK(validationOptionNames(Set::Certificate, 0x30) == "CheckRevocationStatusOffline, UseDefaultOptions");
    CHECK(validationOptionNames(Set::Certificate, 0x80000201) == "SuppressCertificateExpired, bit 9, bit 31");
    for (std::uint32_t options = 0; options < 0x80; ++options) {
        CHECK(parseValidationOptions(Set::TrustList, validationOptionNames(Set::TrustList, options)).value() == options);
    }
}

TEST_CASE("options are read as people write them") {
    struct Case {
        std::string_view text;
        std::uint32_t options;
    };
    for (const auto& each : {Case{"none", 0}, Case{"0", 0}, Case{"65", 65}, Case{"0x41", 65}, Case{"0X7f", 127},
                             Case{"suppresscertificateexpired|CHECKREVOCATIONSTATUSOFFLINE", 65},
                             Case{"  SuppressCertificateExpired ,\tCheckRevocationStatusOffline\n", 65}, Case{"1 | 64", 65}}) {
        CAPTURE(each.text);
        CHECK(parseValidationOptions(Set::TrustList, each.text).value() == each.options);
    }
}

TEST_CASE("what is no option is refused, and the answer says what there is") {
    for (const std::string_view text : {"", "  , ", "SuppressUriInvalid", "UseDefaultOptions", "128", "0x", "-1", "+1", "0x100000000",
                                        "4294967361", "1.0", "65x", "CheckRevocationStatusOffline,\x1b[2J"}) {
        CAPTURE(text);
        const auto read = parseValidationOptions(Set::TrustList, text);
        REQUIRE_FALSE(read.ok());
        CHECK(read.status() == S::BadInvalidArgument);
        CHECK(contains(read.error().remedy, "CheckRevocationStatusOffline"));
        CHECK_FALSE(contains(read.error().message, "\x1b"));
    }
}
