#pragma once

#include <functional>

#include <uatrust/store/memory_store.hpp>
#include <uatrust/validation/validator.hpp>

#include "support/catch.hpp"
#include "support/forge.hpp"

// The bench is a validator with a store in memory, a stopped clock and a request that a test changes where it differs.
namespace uatrust::test {

inline Certificate cert(ByteView der) { return Certificate::fromDer(der).value(); }
inline Certificate cert(const ForgedCert& forged) { return cert(forged.der); }
inline Crl crl(ByteView der) { return Crl::fromDer(der).value(); }

struct Bench {
    MemoryStore store{};
    FixedClock clock{kForgeNow};
    StrictPolicy strict{};
    const TrustPolicy* policy = &strict;
    Budget budget{};
    ValidationRequest request{};  ///< everything but the certificate

    Bench& trust(const ForgedCert& certificate) { return add(StoreList::Trusted, certificate); }
    Bench& issuer(const ForgedCert& certificate) { return add(StoreList::Issuers, certificate); }
    Bench& reject(const ForgedCert& certificate) { return add(StoreList::Rejected, certificate); }
    Bench& list(const CrlSpec& spec, StoreList beside = StoreList::Issuers) { return list(forgeCrl(spec), beside); }
    Bench& list(const Bytes& der, StoreList beside = StoreList::Issuers) {
        store.addCrl(beside, crl(der)).value();
        return *this;
    }
    Bench& obey(const TrustPolicy& other) {
        policy = &other;
        return *this;
    }

    [[nodiscard]] Verdict judge(const Bytes& sent) {
        auto asked = request;
        asked.certificate = sent;
        return CertificateValidator{store, *policy, clock, budget}.validate(asked);
    }
    [[nodiscard]] Verdict judge(const ForgedCert& leaf) { return judge(leaf.der); }
    [[nodiscard]] Verdict judge(const std::vector<ForgedCert>& sent) { return judge(joinDer(sent)); }

    [[nodiscard]] bool isRejected(const ForgedCert& leaf) {
        return store.snapshot()->find(StoreList::Rejected, cert(leaf).id()) != nullptr;
    }
    [[nodiscard]] std::size_t rejectedCount() { return store.snapshot()->certificates(StoreList::Rejected).size(); }

private:
    Bench& add(StoreList list, const ForgedCert& certificate) {
        store.addCertificate(list, cert(certificate)).value();
        return *this;
    }
};

/// A root, a CA below it and an application below that, everything in order.
struct Plant {
    ForgedCert root = forgeRoot();
    ForgedCert line = forgeIntermediate(root);
    ForgedCert plc = forgeLeaf(line);

    /// Root trusted, the other CA known, a current CRL of each.
    void install(Bench& bench) const { bench.trust(root).issuer(line).list({.issuer = &root}, StoreList::Trusted).list({.issuer = &line}); }
};

/// What a verdict says of a step, for comparing in one CHECK.
inline Outcome outcomeOf(const Verdict& verdict, Step step, std::size_t position = 0) {
    const auto* finding = verdict.report().find(step, position);
    return finding == nullptr ? Outcome::NotReached : finding->outcome;
}

inline Finding findingOf(const Verdict& verdict, Step step, std::size_t position = 0) {
    const auto* finding = verdict.report().find(step, position);
    if (finding == nullptr) throw std::runtime_error{"the report has no such finding"};
    return *finding;
}

/// The near misses of a step, a line each.
inline std::string hintsOf(const Verdict& verdict, Step step, std::size_t position = 0) {
    std::string lines;
    for (const auto& each : findingOf(verdict, step, position).hints) lines += each + '\n';
    return lines;
}

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// Every step has exactly one finding for every certificate of the chain, in the order of the table.
inline bool isComplete(const Report& report) {
    const auto certificates = std::max<std::size_t>(report.chain().size(), 1);
    if (report.findings().size() != stepTable().size() * certificates) return false;
    for (std::size_t i = 0; i < report.findings().size(); ++i) {
        const auto& finding = report.findings()[i];
        if (finding.step != stepTable()[i / certificates].step || finding.position != i % certificates) return false;
    }
    return true;
}

}  // namespace uatrust::test

// Names instead of numbers when a CHECK fails.
namespace Catch {
template <>
struct StringMaker<uatrust::StatusCode> {
    static std::string convert(uatrust::StatusCode status) { return std::string{uatrust::statusName(status)}; }
};
template <>
struct StringMaker<uatrust::Outcome> {
    static std::string convert(uatrust::Outcome outcome) { return std::string{uatrust::outcomeName(outcome)}; }
};
template <>
struct StringMaker<uatrust::Step> {
    static std::string convert(uatrust::Step step) { return std::string{uatrust::stepInfo(step).name}; }
};
}  // namespace Catch
