#include "benchmark/stores.hpp"

namespace uatrust::test {
namespace {

std::unique_ptr<CertificateStore> openFolder(const std::filesystem::path& folder) {
    auto store = std::make_unique<DirectoryStore>(folder);
    if (!store->snapshot()->problems().empty()) throw std::runtime_error{store->snapshot()->problems().front().message};
    return store;
}

void add(CertificateStore& store, StoreList list, const Bytes& der) {
    store.addCertificate(list, Certificate::fromDer(der).value()).value();
}
void addCrl(CertificateStore& store, StoreList list, const Bytes& der) { store.addCrl(list, Crl::fromDer(der).value()).value(); }

}  // namespace

std::unique_ptr<CertificateStore> openList(StoreKind kind, const Material& material, const TrustList& list) {
    if (kind == StoreKind::Directory) return openFolder(list.folder);
    auto store = std::make_unique<MemoryStore>();
    for (std::size_t i = 0; i < list.size; ++i) add(*store, StoreList::Trusted, material.listed[i]);
    benchmark::DoNotOptimize(store->snapshot());
    return store;
}

std::unique_ptr<CertificateStore> openPlant(StoreKind kind, const Material& material, const CrlPlant& plant) {
    if (kind == StoreKind::Directory) return openFolder(plant.folder);
    auto store = std::make_unique<MemoryStore>();
    add(*store, StoreList::Trusted, material.root.der);
    addCrl(*store, StoreList::Trusted, plant.rootCrl);
    add(*store, StoreList::Issuers, material.line.der);
    addCrl(*store, StoreList::Issuers, plant.lineCrl);
    benchmark::DoNotOptimize(store->snapshot());
    return store;
}

}  // namespace uatrust::test
