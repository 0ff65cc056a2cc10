#include "benchmark/raw.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>

#include <dirent.h>

#include "benchmark/table.hpp"
#include "support/forge_openssl.hpp"

namespace uatrust::test::raw {
namespace {

using namespace forge;
using StorePtr = std::unique_ptr<X509_STORE, Release<&X509_STORE_free>>;
using ContextPtr = std::unique_ptr<X509_STORE_CTX, Release<&X509_STORE_CTX_free>>;

struct FreeStack {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using StackPtr = std::unique_ptr<STACK_OF(X509), FreeStack>;

struct CloseFolder {
    void operator()(DIR* folder) const { closedir(folder); }
};
using FolderPtr = std::unique_ptr<DIR, CloseFolder>;

std::vector<CertPtr> parseAll(const std::vector<Peer>& peers) {
    std::vector<CertPtr> all;
    for (const auto& peer : peers) all.push_back(parse(peer.sent));
    return all;
}

// Valid as long as the certificate.
StackPtr stackOf(const CertPtr& certificate) {
    StackPtr stack{sk_X509_new_null()};
    must(sk_X509_push(stack.get(), certificate.get()) > 0, "make a list of certificates");
    return stack;
}

CrlPtr parseCrl(const Bytes& der) {
    const auto* at = der.data();
    CrlPtr crl{d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size()))};
    must(crl != nullptr, "read its own CRL");
    return crl;
}

StorePtr storeOf(const Material& material, const CrlPlant& plant) {
    StorePtr store{X509_STORE_new()};
    X509_STORE_add_cert(store.get(), parse(material.root.der).get());
    X509_STORE_add_crl(store.get(), parseCrl(plant.rootCrl).get());
    X509_STORE_add_crl(store.get(), parseCrl(plant.lineCrl).get());
    auto* parameters = X509_STORE_get0_param(store.get());
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    X509_VERIFY_PARAM_set_time(parameters, static_cast<time_t>(kForgeNow.time_since_epoch().count()));
    return store;
}

bool isValid(X509_STORE* store, X509* leaf, STACK_OF(X509) * others) {
    const ContextPtr context{X509_STORE_CTX_new()};
    return X509_STORE_CTX_init(context.get(), store, leaf, others) == 1 && X509_verify_cert(context.get()) == 1;
}

FolderPtr openFolder(const std::filesystem::path& path) {
    FolderPtr folder{opendir(path.c_str())};
    if (!folder) throw std::runtime_error{"cannot list " + path.string()};
    return folder;
}

// Calls visit(folder, name) for each file and counts them.
template <class Visit>
std::size_t forEach(const std::filesystem::path& path, Visit visit) {
    const auto folder = openFolder(path);
    std::size_t count = 0;
    while (const auto* entry = readdir(folder.get())) {
        if (entry->d_name[0] == '.') continue;
        visit(dirfd(folder.get()), entry->d_name);
        ++count;
    }
    return count;
}

}  // namespace

void verifyParsed(benchmark::State& state, const std::vector<Peer>& peers) {
    const auto all = parseAll(peers);
    std::size_t i = 0;
    for (auto _ : state) {
        auto* certificate = all[i++ % all.size()].get();
        if (X509_verify(certificate, X509_get0_pubkey(certificate)) != 1) state.SkipWithError("a signature does not verify");
    }
}

void parseAndVerify(benchmark::State& state, const std::vector<Peer>& peers) {
    std::size_t i = 0;
    for (auto _ : state) {
        const auto certificate = parse(peers[i++ % peers.size()].sent);
        const bool extensions = X509_check_purpose(certificate.get(), -1, 0) == 1;
        if (!extensions || X509_verify(certificate.get(), X509_get0_pubkey(certificate.get())) != 1) {
            state.SkipWithError("a signature does not verify");
        }
    }
}

void verifyChain(benchmark::State& state, const Material& material, const CrlPlant& plant, Leaf leaf) {
    const auto store = storeOf(material, plant);
    const auto line = parse(material.line.der);
    const auto others = stackOf(line);
    const auto all = parseAll(material.issued);
    std::size_t i = 0;
    for (auto _ : state) {
        const auto at = i++ % all.size();
        const auto fresh = leaf == Leaf::Fresh ? parse(material.issued[at].sent) : CertPtr{};
        if (!isValid(store.get(), fresh ? fresh.get() : all[at].get(), others.get())) state.SkipWithError("OpenSSL refuses the chain");
    }
}

void openChain(benchmark::State& state, const Material& material, const CrlPlant& plant) {
    for (auto _ : state) {
        const auto store = storeOf(material, plant);
        const auto line = parse(material.line.der);
        const auto others = stackOf(line);
        const auto leaf = parse(material.issued.front().sent);
        if (!isValid(store.get(), leaf.get(), others.get())) state.SkipWithError("OpenSSL refuses the chain");
    }
}

void readAndHash(benchmark::State& state, const std::filesystem::path& folder) {
    std::array<std::uint8_t, 1U << 16U> content{};
    std::array<std::uint8_t, 32> digest{};
    const std::unique_ptr<EVP_MD, Release<&EVP_MD_free>> sha256{EVP_MD_fetch(nullptr, "SHA2-256", nullptr)};
    for (auto _ : state) {
        forEach(folder, [&](int parent, const char* name) {
            const int file = openat(parent, name, O_RDONLY | O_CLOEXEC);
            const auto size = read(file, content.data(), content.size());
            close(file);
            if (size <= 0) throw std::runtime_error{"cannot read a file of the list"};
            EVP_Digest(content.data(), static_cast<std::size_t>(size), digest.data(), nullptr, sha256.get(), nullptr);
        });
    }
}

void createFile(benchmark::State& state) {
    const TempFolder folder;
    const auto part = folder.path() / "part";
    const std::array<std::uint8_t, 1024> content{};
    std::size_t count = 0;
    for (auto _ : state) {
        const int file = open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        const bool written = write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size()) && fsync(file) == 0;
        close(file);
        if (!written) state.SkipWithError("a file cannot be written");
        std::filesystem::rename(part, folder.path() / std::to_string(count++));
    }
}

void listAndStat(benchmark::State& state, const std::filesystem::path& folder) {
    for (auto _ : state) {
        const auto count = forEach(folder, [](int parent, const char* name) {
            struct stat status {};
            if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0) throw std::runtime_error{"cannot look at a file of the list"};
        });
        benchmark::DoNotOptimize(count);
    }
}

void encodedSize(benchmark::State& state, const Material& material, std::size_t listSize) {
    std::size_t octets = 0;
    for (auto _ : state) {
        for (std::size_t i = 0; i < listSize; ++i) octets += material.listed[i].size();
    }
    state.counters[kOctets] = static_cast<double>(octets) / static_cast<double>(listSize) / static_cast<double>(state.iterations());
}

}  // namespace uatrust::test::raw
