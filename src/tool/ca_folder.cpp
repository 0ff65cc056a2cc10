#include "tool/ca_folder.hpp"

#include <algorithm>
#include <array>
#include <thread>

#include <fmt/format.h>

#include <uatrust/store/directory_store.hpp>

#include "tool/platform.hpp"

namespace uatrust::tool {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

constexpr std::size_t kMaxIndex = 256U << 20U;
constexpr std::size_t kMaxKey = 65536;
constexpr seconds kPatience{10};
constexpr std::chrono::milliseconds kPause{20};
constexpr seconds kSoon = std::chrono::hours{14 * 24};
constexpr seconds kCaSoon = std::chrono::hours{365 * 24};
constexpr int kSoonPart = 4;
constexpr auto kLock = ".lock";

std::string shown(const fs::path& path) { return printable(textOf(path), 4096); }

Error noCa(const fs::path& root) {
    return {StatusCode::BadNotFound, fmt::format("There is no CA in {}.", shown(root)),
            "Give the folder of one with --ca, or make one: uatrust ca init."};
}

Error broken(const fs::path& file, std::string_view why, std::string remedy) {
    return {StatusCode::BadConfigurationError, fmt::format("{} {}.", shown(file), why), std::move(remedy)};
}

Result<HeldFile> lock(const fs::path& root) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
        auto held = HeldFile::tryHold(root / kLock);
        if (!held) return held.error();
        if (*held) return std::move(**held);
        if (std::chrono::steady_clock::now() >= deadline) break;
        std::this_thread::sleep_for(kPause);
    }
    return Error{StatusCode::BadInvalidState,
                 fmt::format("Another program works with the CA in {}, for more than {}.", shown(root), formatDuration(kPatience)),
                 "Wait until it has ended, or end it; nothing was changed here."};
}

// Nothing when there is no such file.
Result<std::optional<std::string>> content(const fs::path& file, std::size_t maxSize) { return readOwnFile(file, maxSize); }

Result<Certificate> readCertificate(const fs::path& root) {
    const auto file = root / "ca.der";
    const auto read = content(file, Certificate::kMaxSize);
    if (!read) return read.error();
    if (!*read) return noCa(root);
    auto certificate = Certificate::fromDer(asBytes(**read));
    if (!certificate) return broken(file, "is no certificate", "Put its last backup into its place.");
    return certificate;
}

}  // namespace

bool CaFolder::isOne(const fs::path& root) {
    constexpr std::array parts{"ca.der", "index.json", "private/ca.pem"};
    return std::count_if(parts.begin(), parts.end(), [&](const char* part) { return isThere(root / part); }) > 1;
}

Result<CaFolder> CaFolder::open(const fs::path& root, For purpose) {
    // A folder that is none is not to become one by having been looked at.
    if (!isThere(root / "ca.der")) return noCa(root);
    std::optional<HeldFile> held;
    if (purpose == For::Changing) {
        auto taken = lock(root);
        if (!taken) return taken.error();
        held = std::move(*taken);
    }
    auto certificate = readCertificate(root);
    if (!certificate) return certificate.error();
    CaFolder folder{root, std::move(*certificate), std::move(held)};
    if (const auto done = folder.read(); !done) return done.error();
    // Somebody may be between the index and the CRL just now: looked at again when he has done. Without the file nobody is, and who looks
    // does not make it.
    const bool unfinished = purpose == For::Looking && folder.crlState({}) == CaCrlState::OutOfStep;
    if (unfinished && isThere(root / kLock) && lock(root)) {
        if (const auto done = folder.read(); !done) return done.error();
    }
    return folder;
}

Result<void> CaFolder::read() {
    // The CRL first: who looks only takes no lock, and a CRL that is made meanwhile is never newer than the index.
    const auto list = content(crlFile(), Crl::kMaxSize);
    if (!list) return list.error();
    const auto file = root_ / "index.json";
    const auto text = content(file, kMaxIndex);
    if (!text) return text.error();
    if (!*text) {
        return broken(file, "is missing, and without it nobody knows what this CA has revoked",
                      "Put its last backup into its place, if it is newer than the last revocation.");
    }
    auto index = parseIndex(**text, shown(file));
    if (!index) return index.error();
    index_ = std::move(*index);
    crl_.reset();
    if (!*list) return {};
    auto crl = Crl::fromDer(asBytes(**list));
    if (!crl || !crl->isSignedBy(certificate_.publicKey())) {
        return broken(crlFile(), "is no CRL of this CA", "Take it away, and make a new one: uatrust ca crl.");
    }
    if (crl->number().size() > 16 || std::stoull("0" + crl->number(), nullptr, 16) > index_.crlNumber) {
        return broken(file,
                      fmt::format("is older than the CRL beside it, which has the number {} (hexadecimal): revocations would be forgotten",
                                  crl->number()),
                      "Put the newest index.json of this CA into its place.");
    }
    crl_ = std::move(*crl);
    return {};
}

// A folder of that name that somebody else has made may be open to others: no key goes there.
Result<void> CaFolder::isFree(const fs::path& root) {
    for (const auto* part : {"ca.der", "index.json", "private", "ca.crl"}) {
        if (!isThere(root / part)) continue;
        return Error{StatusCode::BadInvalidState, fmt::format("{} is there already: nothing was made.", shown(root / part)),
                     "Give another folder with --ca. What an uatrust ca init has left behind that was stopped is to be removed first."};
    }
    return {};
}

Result<CaFolder> CaFolder::create(const fs::path& root, const NewCa& terms, Instant now) {
    SecretBytes passphrase;
    if (terms.passphrase) {
        auto given = terms.passphrase();
        if (!given) return given.error();
        if (given->empty()) {
            return Error{StatusCode::BadInvalidArgument, "The passphrase is empty.",
                         "Write one into the first line of its file, or leave the option out."};
        }
        passphrase = std::move(*given);
    }
    auto held = lock(root);
    if (!held) return held.error();
    if (const auto free = isFree(root); !free) return free.error();
    auto key = OpenSslKeyPairGenerator{}.generate(terms.keyType);
    if (!key) return key.error();
    const auto pem = key->exportPem(asText(passphrase.view()));
    if (!pem) return pem.error();
    const auto authority = CertificateAuthority::create({.name = terms.name, .at = now, .notAfter = now + terms.validity}, *key);
    if (!authority) return authority.error();

    CaFolder folder{root, authority->certificate(), std::move(*held)};
    if (const auto made = makeFolder(root / "private", Readers::OwnerOnly); !made) return made.error();
    if (const auto made = makeFolder(root / "issued", Readers::Anybody); !made) return made.error();
    if (const auto done = replaceFile(folder.keyFile(), pem->view(), Readers::OwnerOnly); !done) return done.error();
    if (const auto done = folder.makeCrl({.crlValidity = terms.crlValidity}, *authority, now); !done) return done.error();
    // The last one: without it there is no CA here.
    if (const auto done = replaceFile(folder.certificateFile(), folder.certificate_.der()); !done) return done.error();
    return folder;
}

CaCrlState CaFolder::crlState(Instant now) const {
    if (!crl_) return CaCrlState::Missing;
    if (std::stoull("0" + crl_->number(), nullptr, 16) < index_.crlNumber) return CaCrlState::OutOfStep;
    const auto end = crl_->nextUpdate().value_or(crl_->thisUpdate());
    if (now >= end) return CaCrlState::Ended;
    const auto soon = std::min<seconds>(kSoon, (end - crl_->thisUpdate()) / kSoonPart);
    return end - now < soon ? CaCrlState::EndsSoon : CaCrlState::Good;
}

bool CaFolder::endsSoon(Instant now) const {
    const auto end = certificate_.notAfter();
    return end - now <= std::min<seconds>(kCaSoon, (end - certificate_.notBefore()) / kSoonPart);
}

Result<PrivateKey> CaFolder::key(const PassphraseSource& passphrase) const {
    const auto pem = readInput(textOf(keyFile()), kMaxKey);
    if (!pem) return pem.error();
    auto key = PrivateKey::read(pem->view(), passphrase);
    if (!key) {
        return Error{key.status(), fmt::format("The key of the CA, {}, cannot be read: {}", shown(keyFile()), key.error().message),
                     key.error().remedy};
    }
    return key;
}

Result<CertificateAuthority> CaFolder::authority(const PassphraseSource& passphrase) const {
    auto read = key(passphrase);
    if (!read) return read.error();
    return CertificateAuthority::open(certificate_, std::move(*read));
}

Result<void> CaFolder::write(const CaIndex& index) {
    const auto text = indexText(index);
    if (text.size() > kMaxIndex) {
        return Error{StatusCode::BadEncodingLimitsExceeded, "The CA has issued more certificates than this program keeps.",
                     "Set up a new CA."};
    }
    if (auto done = replaceFile(root_ / "index.json", asBytes(text)); !done) return done;
    index_ = index;
    return {};
}

Result<void> CaFolder::makeCrl(CaIndex index, const CertificateAuthority& authority, Instant now) {
    ++index.crlNumber;
    const auto crl = authority.makeCrl(index.revocations(), {.number = index.crlNumber,
                                                             .at = now,
                                                             .nextUpdate = now + index.crlValidity,
                                                             .before = crl_ ? std::optional{crl_->thisUpdate()} : std::nullopt});
    if (!crl) return crl.error();
    if (auto done = write(index); !done) return done;
    if (auto done = replaceFile(crlFile(), crl->der()); !done) return done;
    crl_ = *crl;
    return {};
}

Result<fs::path> CaFolder::record(const Certificate& issued, Instant now, const std::string& who) {
    auto index = index_;
    index.entries.push_back(entryOf(issued, now, who));
    if (const auto done = write(index); !done) return done.error();
    const auto file = issuedFolder() / pathOf(certificateFileName(issued));
    if (const auto done = replaceFile(file, issued.der()); !done) return done.error();
    return file;
}

Result<void> CaFolder::revoke(const CaEntry& entry, RevocationReason reason, const CertificateAuthority& authority, Instant now,
                              const std::string& who) {
    auto index = index_;
    if (index.find(entry.serialNumber) == nullptr) index.entries.push_back(entry);
    for (auto& each : index.entries) {
        if (each.serialNumber != entry.serialNumber) continue;
        each.revoked = Revocation{each.serialNumber, now, reason};
        each.revokedBy = printable(who);
    }
    return makeCrl(std::move(index), authority, now);
}

Result<void> CaFolder::renewCrl(const CertificateAuthority& authority, Instant now, std::optional<seconds> validity) {
    auto index = index_;
    if (validity) index.crlValidity = *validity;
    return makeCrl(std::move(index), authority, now);
}

Result<void> CaFolder::remember(const CaPlace& place) {
    if (std::find(index_.places.begin(), index_.places.end(), place) != index_.places.end()) return {};
    auto index = index_;
    std::erase_if(index.places, [&](const CaPlace& each) { return each.pki == place.pki; });
    index.places.push_back(place);
    return write(index);
}

}  // namespace uatrust::tool
