#include "store/pending_folder.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <uatrust/x509/bundle.hpp>
#include <uatrust/x509/pem.hpp>

#include "store/folder_listing.hpp"
#include "store/list_folder.hpp"
#include "store/own_names.hpp"
#include "store/store_errors.hpp"
#include "store/store_files.hpp"

namespace uatrust::detail {
namespace {

constexpr std::size_t kNameOctets = 20;
constexpr std::string_view kEnding = ".pem";

StoreProblem noRequest(const std::string& source, std::string_view why) {
    return {source, fmt::format("This is where a request for a certificate waits, and there is none in it: {}", why),
            "Remove the file and make the request anew."};
}

StoreProblem noKeyOf(const std::string& source, const Error& error) {
    return {source, fmt::format("The key that waits with this request cannot be read: {}", error.message),
            error.remedy.empty() ? "Give the passphrase of the key, or make the request anew." : error.remedy};
}

}  // namespace

std::filesystem::path PendingFolder::fileOf(const PublicKey& key) const {
    const auto digest = sha256(key.der());
    return folder_ / (toHex(ByteView{digest}.first(kNameOctets)) + std::string{kEnding});
}

void PendingFolder::loadFile(const std::filesystem::path& file, PendingRequests& all) const {
    const auto source = sourceText(file);
    const auto read = readFile(file, maxFileSize(Wanted::Certificates));
    if (read.status() == StatusCode::BadNotFound) return;
    if (!read) {
        all.problems.push_back(problemOf(file, read.error()));
        return;
    }
    const auto bundle = readBundle(read->bytes.view(), {.passphrase = passphrase_});
    if (!bundle || bundle->requests.empty()) {
        all.problems.push_back(noRequest(source, bundle ? "it holds something else." : bundle.error().message));
        return;
    }
    PendingRequest pending{bundle->requests.front().value, {}, source};
    for (const auto& each : bundle->keys) {
        if (each.value.publicKey() == pending.request.publicKey()) pending.key = each.value;
    }
    if (!pending.key && !bundle->problems.empty()) all.problems.push_back(noKeyOf(source, bundle->problems.front().value));
    all.requests.push_back(std::move(pending));
}

PendingRequests PendingFolder::load() const {
    PendingRequests all;
    if (folder_.empty()) return all;
    const auto listing = listFolder(folder_, Missing::Accept);
    if (listing.trouble) all.problems.push_back(problemOf(folder_, *listing.trouble));
    for (const auto& entry : listing.entries) {
        if (all.requests.size() == kMaxPending) break;
        loadFile(folder_ / entry.name, all);
    }
    return all;
}

Result<void> PendingFolder::save(const CertificateRequest& request, const std::optional<PrivateKey>& newKey) const {
    if (auto fits = checkPending(request, newKey); !fits) return fits;
    if (auto made = createDirectories(folder_, FileAccess::OwnerOnly); !made) return made;
    const auto all = load();
    const auto* former = all.find(request.publicKey());
    if (former == nullptr && all.requests.size() >= kMaxPending) return tooManyPending(sourceText(folder_));
    const auto key = newKey || former == nullptr ? newKey : former->key;
    const auto file = fileOf(request.publicKey());
    SecretBytes content;
    if (key) {
        auto pem = ownKeyContent(*key, passphrase_, file);
        // What lives in a device waits there.
        if (!pem && pem.status() != StatusCode::BadNotSupported) return pem.error();
        if (pem) content = std::move(*pem);
    }
    const auto text = encodePem("CERTIFICATE REQUEST", request.der());
    SecretBytes whole{content.size() + text.size()};
    std::copy_n(content.data(), content.size(), whole.data());
    std::copy(text.begin(), text.end(), whole.data() + content.size());
    return writeFile(file, whole.view(), FileAccess::OwnerOnly, true);
}

Result<void> PendingFolder::drop(const PublicKey& key) const { return folder_.empty() ? Result<void>{} : removeIfThere(fileOf(key)); }

}  // namespace uatrust::detail
