#include "tool/doctor/examination.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include <uatrust/x509/crl_entries.hpp>
#include <uatrust/x509/departures.hpp>

#include "tool/ca_install.hpp"
#include "tool/doctor/departure_text.hpp"
#include "tool/platform.hpp"
#include "tool/platform_folders.hpp"
#include "tool/text.hpp"

namespace uatrust::tool {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostRevoked = 1000000;
constexpr auto kRefused = "whoever trusts this CA refuses all that it has issued";

std::string shown(const fs::path& path) { return placeText(textOf(path)); }

std::string described(const CaEntry& entry) { return fmt::format("{} {}", printable(entry.subject, 1000), entry.thumbprint); }

class Ca {
public:
    Ca(CaPatient& patient, const Circumstances& circumstances, Chart& chart)
        : patient_{&patient}, circumstances_{&circumstances}, chart_{&chart} {}

    void examine() {
        examinePermissions();
        if (!isThere(patient_->root / "ca.der")) {
            return add(Check::CaFiles, "the certificate of the CA is missing", patient_->root / "ca.der",
                       "Put its last backup into its place");
        }
        auto opened = CaFolder::open(patient_->root, CaFolder::For::Looking);
        if (!opened) {
            return add(Check::CaFiles, fmt::format("the CA cannot be worked with: {}", opened.error().message), {}, opened.error().remedy);
        }
        patient_->ca = std::move(*opened);
        examineCertificate();
        examineKey();
        if (circumstances_->revocation != RevocationMode::Off) examineCrl();
        examineIssued();
        for (const auto& place : ca().index().places) {
            if (const auto why = behindBecause(ca(), place); !why.empty()) {
                add(Check::CaBehind, why, {},
                    fmt::format("uatrust ca crl {} --install-to {} brings the present one there", ofThisCa(),
                                argument(placeText(place.pki))));
            }
        }
    }

private:
    void add(Check check, std::string what, const fs::path& evidence, std::string cure) {
        chart_->add({check, root(), std::move(what), evidence.empty() ? std::string{} : shown(evidence), std::move(cure)});
    }
    [[nodiscard]] const CaFolder& ca() const { return *patient_->ca; }
    [[nodiscard]] std::string root() const { return shown(patient_->root); }
    [[nodiscard]] std::string ofThisCa() const { return "--ca " + argument(root()); }
    [[nodiscard]] std::string named() const { return "the CA " + ca().certificate().describe(); }
    [[nodiscard]] Instant now() const noexcept { return circumstances_->now; }

    // Whoever may write beside the key makes the CA forget what it has revoked.
    void examinePermissions() {
        const auto key = patient_->root / "private" / "ca.pem";
        for (const auto& path : {key.parent_path(), key}) {
            const auto permissions = othersMayOpen(path);
            if (!permissions) continue;
            add(Check::CaKeyOpen,
                fmt::format("the {} of the CA can be opened by others than its owner ({})", path == key ? "key" : "folder of the key",
                            *permissions),
                path,
                "Take the permissions of all others away (chmod go= on Linux); a key that somebody may have copied is no CA's any more: "
                "set up a new CA");
        }
        for (const auto& folder : {patient_->root, patient_->root / "issued"}) {
            if (!everybodyWrites(folder)) continue;
            add(Check::FolderWritable, fmt::format("everybody on this machine can change what the CA in {} remembers", root()), folder,
                "Take the permission away (chmod o-w on Linux); then compare index.json with its last backup");
        }
    }

    void examineCertificate() {
        const auto& certificate = ca().certificate();
        const auto file = ca().certificateFile();
        addDepartures(caDepartures(certificate), "The CA " + certificate.describe(), shown(file),
                      "Set up a new CA with uatrust ca init, which makes one to the profile", Check::CaProfile, root(), *chart_);
        if (now() < certificate.notBefore()) {
            return add(Check::CaExpired,
                       fmt::format("{} becomes valid only in {}, on {}: {}", named(), formatDuration(certificate.notBefore() - now()),
                                   formatInstant(certificate.notBefore()), kRefused),
                       file, "Check the clocks of this machine and of the one that it was made on");
        }
        const auto end = certificate.notAfter();
        constexpr auto cure = "Set up a new CA in another folder, bring its certificate to all that trust this one, and issue anew with it";
        if (now() > end) {
            return add(Check::CaExpired,
                       fmt::format("{} expired {} ago, on {}: {}", named(), formatDuration(now() - end), formatInstant(end), kRefused),
                       file, cure);
        }
        const auto when = fmt::format("{} expires in {}, on {}", named(), formatDuration(end - now()), formatInstant(end));
        if (circumstances_->isSoon(end)) {
            add(Check::CaExpires, fmt::format("{}, and all that it has issued with it", when), file, cure);
        } else if (ca().endsSoon(now())) {
            add(Check::CaSuccession, fmt::format("{}: nothing that it issues lasts longer", when), file, cure);
        }
    }

    void examineKey() {
        bool isEncrypted = false;
        const auto passphrase = [&]() -> Result<SecretBytes> {
            isEncrypted = true;
            if (circumstances_->passphrase) return circumstances_->passphrase();
            return Error{StatusCode::BadNotReadable, fmt::format("It is encrypted, and {}.", kNoPassphrase), {}};
        };
        auto key = ca().key(passphrase);
        if (!key && isEncrypted) {
            return add(Check::CaKeyEncrypted,
                       fmt::format("whether key and certificate of {} belong together is not known: the key is encrypted, and {}", named(),
                                   circumstances_->passphrase ? "the passphrase that was given does not open it" : kNoPassphrase),
                       ca().keyFile(), "To know it, give the passphrase with --passphrase-file or --passphrase-env");
        }
        if (!key) return add(Check::CaKey, key.error().message, ca().keyFile(), key.error().remedy);
        const auto authority = CertificateAuthority::open(ca().certificate(), std::move(*key));
        if (!authority) {
            add(Check::CaKey, fmt::format("with this key {} can neither issue nor revoke: {}", named(), authority.error().message),
                ca().keyFile(), "Put the last backup of private/ca.pem and ca.der into their places");
        }
    }

    // ---- the CRL

    void examineCrl() {
        const auto renew = fmt::format(
            "uatrust ca crl {} makes the next one; bring it to all that trust this CA, and have that done "
            "by a timer",
            ofThisCa());
        const auto say = [&](Check check, const std::string& what) { add(check, what, ca().crlFile(), renew); };
        const auto state = ca().crlState(now());
        if (state == CaCrlState::Missing) return say(Check::CaCrl, fmt::format("there is no CRL of {}: {}", named(), kRefused));
        if (state == CaCrlState::OutOfStep)
            return say(Check::CaCrl, fmt::format("the CRL of {} lacks what was revoked last: writing it has failed", named()));
        const auto& crl = *ca().crl();
        const auto end = crl.nextUpdate().value_or(crl.thisUpdate());
        if (state == CaCrlState::Ended) {
            say(Check::CaCrl,
                fmt::format("the CRL of {} ended {} ago, on {}: {}", named(), formatDuration(now() - end), formatInstant(end), kRefused));
        } else if (now() < crl.thisUpdate()) {
            add(Check::CaCrl,
                fmt::format("the CRL of {} counts only in {}, from {}: until then {}", named(), formatDuration(crl.thisUpdate() - now()),
                            formatInstant(crl.thisUpdate()), kRefused),
                ca().crlFile(), "Check the clock of this machine");
        } else if (state == CaCrlState::EndsSoon) {
            say(Check::CaCrlExpires,
                fmt::format("the CRL of {} ends in {}, on {}", named(), formatDuration(end - now()), formatInstant(end)));
        }
        compareRevocations(crl, renew);
    }

    void compareRevocations(const Crl& crl, const std::string& renew) {
        std::vector<std::string> lacking;
        for (const auto& each : ca().index().entries) {
            if (each.revoked && !crl.find(each.serialNumber)) lacking.push_back(described(each));
        }
        if (!lacking.empty()) {
            add(Check::CaCrl,
                fmt::format("the index has {} revoked that the CRL does not revoke: {}", many(lacking.size(), "certificate"),
                            listed(lacking)),
                ca().crlFile(), renew);
        }
        std::vector<std::string> forgotten;
        for (const auto& each : crlEntries(crl, kMostRevoked)) {
            const auto* entry = ca().index().find(each.serialNumber);
            if (entry == nullptr || !entry->revoked) forgotten.push_back(each.serialNumber);
        }
        if (forgotten.empty()) return;
        add(Check::CaCrl,
            fmt::format("the CRL revokes {} that the index does not: the next CRL would let them in again: {}",
                        many(forgotten.size(), "serial number"), listed(forgotten)),
            patient_->root / "index.json", "Put the newest index.json of this CA into its place before the next CRL is made");
    }

    // ---- what was issued

    void examineIssued() {
        std::map<std::string, const CaEntry*> bySerial;
        for (const auto& each : ca().index().entries) bySerial.emplace(each.serialNumber, &each);
        std::set<std::string> seen;
        std::vector<std::string> unreadable;
        std::vector<std::string> foreign;
        std::vector<std::string> unknown;
        std::vector<std::string> other;
        std::error_code error;
        for (auto it = fs::directory_iterator{ca().issuedFolder(), error}; !error && it != fs::directory_iterator{}; it.increment(error)) {
            const auto& file = it->path();
            const auto name = printable(textOf(file.filename()), 300);
            if (name.starts_with('.')) continue;
            const auto content = readOwnFile(file, Certificate::kMaxSize);
            const auto certificate = content && *content ? Certificate::fromDer(asBytes(**content))
                                                         : Result<Certificate>{Error{StatusCode::BadNotReadable, {}, {}}};
            if (!certificate) {
                unreadable.push_back(name);
                continue;
            }
            const auto entry = bySerial.find(certificate->serialNumber());
            if (!certificate->isSignedBy(ca().certificate().publicKey())) {
                foreign.push_back(name);
            } else if (entry == bySerial.end()) {
                unknown.push_back(name);
            } else if (entry->second->sha256 != certificate->id().text()) {
                other.push_back(name);
            } else {
                seen.insert(entry->first);
            }
        }
        std::vector<std::string> missing;
        for (const auto& [serial, entry] : bySerial) {
            // Of what is over, or was revoked, nobody needs the file any more.
            if (!seen.contains(serial) && !entry->revoked && entry->notAfter >= now()) missing.push_back(described(*entry));
        }
        const auto say = [&](const std::vector<std::string>& which, std::string_view what, const std::string& cure) {
            if (!which.empty()) add(Check::CaIssued, fmt::format("{}: {}", what, listed(which)), ca().issuedFolder(), cure);
        };
        if (error) say({printable(error.message())}, "what was issued cannot be listed", "Check the folder and its permissions");
        say(unreadable, "files that cannot be read as certificates lie among those that were issued",
            "Put their last backup into their place");
        say(foreign, "certificates that this CA has not issued lie among those that it has", "Take them away");
        say(unknown, "certificates that this CA has issued are not in its index",
            fmt::format("Put the newest index.json of this CA into its place; each that nobody needs: uatrust ca revoke {} FILE",
                        ofThisCa()));
        say(other, "certificates have the serial number of another one that is in the index: a CRL cannot tell them apart",
            "Put the newest index.json of this CA into its place; else set up a new CA");
        say(missing, "certificates that are in the index are not among the files that were issued",
            "Put their last backup into their place; they can be revoked without, by their thumbprint");
    }

    CaPatient* patient_;
    const Circumstances* circumstances_;
    Chart* chart_;
};

}  // namespace

CaPatient examineCa(const std::filesystem::path& root, const Circumstances& circumstances, Chart& chart) {
    CaPatient patient{.root = root};
    Ca{patient, circumstances, chart}.examine();
    return patient;
}

}  // namespace uatrust::tool
