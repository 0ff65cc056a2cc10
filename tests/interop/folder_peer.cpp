// uatrust-folder-peer LAYOUT DIR ACTION [ARGUMENT]... - what an application does to the PKI folder of another product:
//   add LIST FILE | crl LIST FILE | reject FILE | move FROM TO FILE | own CERTIFICATE KEY | list
// list prints one line for each certificate, CRL, own pair and problem. Ends with 1 when something did not succeed.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

#include <uatrust/store/folder_layouts.hpp>
#include <uatrust/x509/bundle.hpp>

using namespace uatrust;

namespace {

template <class T>
T need(Result<T> result) {
    if (!result) throw std::runtime_error{result.error().text()};
    return std::move(*result);
}

void need(const Result<void>& result) {
    if (!result) throw std::runtime_error{result.error().text()};
}

Bundle bundleIn(const std::string& file) {
    std::ifstream in{file, std::ios::binary};
    const Bytes content{std::istreambuf_iterator<char>{in}, {}};
    return need(readBundle(content));
}

Certificate certificateIn(const std::string& file) { return bundleIn(file).certificates.at(0).value; }

StoreList listNamed(const std::string& name) {
    for (const auto list : {StoreList::Trusted, StoreList::Issuers, StoreList::Rejected}) {
        if (storeListName(list) == name) return list;
    }
    throw std::runtime_error{"there is no list " + name};
}

std::string digits(const Certificate& certificate) { return toHex(certificate.thumbprint().sha1); }

void printOwn(DirectoryStore& store) {
    const auto own = need(store.loadOwn());
    for (const auto& stored : own.chains) {
        const auto& leaf = stored.chain.front();
        const bool paired =
            std::any_of(own.keys.begin(), own.keys.end(), [&](const StoredKey& key) { return key.key.publicKey() == leaf.publicKey(); });
        std::cout << "own " << digits(leaf) << (paired ? " with its key\n" : " without a key\n");
    }
    for (const auto& problem : own.problems) std::cout << "problem " << problem.source << ": " << problem.message << '\n';
}

void print(DirectoryStore& store) {
    const auto now = store.snapshot();
    for (const auto list : {StoreList::Trusted, StoreList::Issuers, StoreList::Rejected}) {
        for (const auto& stored : now->certificates(list)) {
            std::cout << storeListName(list) << ' ' << digits(stored.certificate) << '\n';
        }
        for (const auto& stored : now->crls(list)) std::cout << storeListName(list) << " crl " << stored.crl.issuer().commonName() << '\n';
    }
    for (const auto& problem : now->problems()) std::cout << "problem " << problem.source << ": " << problem.message << '\n';
    printOwn(store);
}

const LayoutPreset& presetNamed(const std::string& key) {
    for (const auto& preset : layoutPresets()) {
        if (preset.key == key) return preset;
    }
    throw std::runtime_error{"there is no layout " + key};
}

void run(const std::vector<std::string>& words) {
    DirectoryStore store{words.at(1), storeOptions(presetNamed(words.at(0)))};
    const auto& action = words.at(2);
    if (action == "add") need(store.addCertificate(listNamed(words.at(3)), certificateIn(words.at(4))));
    if (action == "crl") need(store.addCrl(listNamed(words.at(3)), bundleIn(words.at(4)).crls.at(0).value));
    if (action == "reject") (void)need(store.fileRejected(certificateIn(words.at(3))));
    if (action == "move") need(store.moveCertificate(certificateIn(words.at(5)).id(), listNamed(words.at(3)), listNamed(words.at(4))));
    if (action == "own") need(store.saveOwn({certificateIn(words.at(3))}, bundleIn(words.at(4)).keys.at(0).value));
    if (action == "list") print(store);
}

}  // namespace

int main(int argc, char** argv) try {
    run({argv + 1, argv + argc});
    return 0;
} catch (const std::exception& problem) {
    std::cerr << problem.what() << '\n';
    return 1;
}
