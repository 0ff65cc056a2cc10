#include "benchmark/stores.hpp"

namespace uatrust::test {
namespace {

void add(CertificateStore& store, StoreList list, const Bytes& der) {
    store.addCertificate(list, Certificate::fromDer(der).value()).value();
}
void addCrl(CertificateStore& store, StoreList list, const Bytes& der) { store.addCrl(list, Crl::fromDer(der).value()).value(); }

std::unique_ptr<CertificateStore> openAs(StoreKind kind, const std::filesystem::path& folder) {
    return openFolder(folder, {.watch = kind == StoreKind::Directory});
}

}  // namespace

std::string nameOf(StoreKind kind) {
    if (kind == StoreKind::Memory) return "MemoryStore";
    return kind == StoreKind::Directory ? "DirectoryStore" : "DirectoryStore without watch";
}

std::unique_ptr<DirectoryStore> openFolder(const std::filesystem::path& folder, DirectoryStoreOptions options) {
    auto store = std::make_unique<DirectoryStore>(folder, std::move(options));
    if (!store->snapshot()->problems().empty()) throw std::runtime_error{store->snapshot()->problems().front().message};
    return store;
}

std::unique_ptr<CertificateStore> openList(StoreKind kind, const Material& material, const TrustList& list) {
    if (kind != StoreKind::Memory) return openAs(kind, list.folder);
    auto store = std::make_unique<MemoryStore>();
    for (std::size_t i = 0; i < list.size; ++i) add(*store, StoreList::Trusted, material.listed[i]);
    benchmark::DoNotOptimize(store->snapshot());
    return store;
}

std::unique_ptr<CertificateStore> openPlant(StoreKind kind, const Material& material, const CrlPlant& plant) {
    if (kind != StoreKind::Memory) return openAs(kind, plant.folder);
    auto store = std::make_unique<MemoryStore>();
    add(*store, StoreList::Trusted, material.root.der);
    addCrl(*store, StoreList::Trusted, plant.rootCrl);
    add(*store, StoreList::Issuers, material.line.der);
    addCrl(*store, StoreList::Issuers, plant.lineCrl);
    benchmark::DoNotOptimize(store->snapshot());
    return store;
}

}  // namespace uatrust::test
