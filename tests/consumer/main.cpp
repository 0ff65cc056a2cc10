// What a stranger's server does with uatrust: first start, judge a stranger, trust it, judge it again.

#include <uatrust/uatrust.hpp>

#include <filesystem>
#include <iostream>

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: consumer FOLDER\n";
        return 2;
    }
    const std::filesystem::path folder{argv[1]};
    uatrust::DirectoryStore store{folder / "server"};
    uatrust::DirectoryStore peerStore{folder / "peer"};
    const auto self = uatrust::ApplicationIdentity::loadOrCreate(
        store, {.applicationName = "Consumer", .applicationUri = "urn:example:consumer", .keyType = uatrust::KeyType::NistP256});
    const auto peer = uatrust::ApplicationIdentity::loadOrCreate(
        peerStore, {.applicationName = "Peer", .applicationUri = "urn:example:peer", .keyType = uatrust::KeyType::NistP256});
    if (!self || !peer) {
        std::cerr << (self ? peer : self).error().text() << '\n';
        return 1;
    }

    const uatrust::StrictPolicy policy;
    const uatrust::CertificateValidator validator{store, policy};
    const uatrust::ValidationRequest request{.certificate = peer->chainBlob(), .applicationUri = "urn:example:peer"};

    const auto first = validator.validate(request);
    if (first.accepted() || first.status() != uatrust::StatusCode::BadCertificateUntrusted) {
        std::cerr << "a stranger was not refused as untrusted:\n" << uatrust::explain(first.report());
        return 1;
    }
    const auto moved = store.moveCertificate(peer->certificate().id(), uatrust::StoreList::Rejected, uatrust::StoreList::Trusted);
    const auto second = validator.validate(request);
    if (!moved || !second.accepted()) {
        std::cerr << "a trusted peer was refused:\n" << uatrust::explain(second.report());
        return 1;
    }
    std::cout << uatrust::summarize(first.report()) << '\n' << uatrust::summarize(second.report()) << '\n';
    return 0;
}
