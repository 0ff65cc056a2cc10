// uatrust-client: an OPC UA client with uatrust deciding which servers it trusts.

#include "../support/connection.hpp"
#include "../support/own_identity.hpp"
#include "operation.hpp"

#include <cstdio>
#include <fstream>

#include <fmt/format.h>

#include <uatrust/store/directory_store.hpp>
#include <uatrust/validation/explain.hpp>

namespace {

using namespace uatrust;
using namespace uatrust::examples;

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kUsageError = 2;
constexpr std::streamoff kMaxFile = 1 << 20;  ///< of a certificate or a key

// A log that cannot be written changes nothing about the outcome.
void tell(std::string_view line) { std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data()); }

int fail(const Error& error, int code = kFailed) {
    tell(error.text());
    return code;
}

/// Read in one piece: a vector that grows would leave parts of a private key behind.
Result<SecretBytes> fileContent(const std::string& file) {
    std::ifstream in{file, std::ios::binary | std::ios::ate};
    const auto size = in ? static_cast<std::streamoff>(in.tellg()) : -1;
    if (size < 0 || size > kMaxFile) return Error{StatusCode::BadNotFound, "The file " + file + " cannot be read.", ""};
    SecretBytes content{static_cast<std::size_t>(size)};
    in.seekg(0).read(reinterpret_cast<char*>(content.data()), size);
    if (!in) return Error{StatusCode::BadNotFound, "The file " + file + " cannot be read.", ""};
    return content;
}

Result<void> readUser(const ClientOptions& command, ConnectionOptions& connection) {
    if (command.userCertificate.empty()) return {};
    const auto certificate = fileContent(command.userCertificate);
    if (!certificate) return certificate.error();
    auto certificates = readCertificates(certificate->view());
    if (!certificates) return certificates.error();
    const auto secret = fileContent(command.userKey);
    if (!secret) return secret.error();
    auto key = PrivateKey::read(secret->view());
    if (!key) return key.error();
    if (!(certificates->front().publicKey() == key->publicKey())) {
        return Error{StatusCode::BadInvalidArgument, fmt::format("{} is not the key of {}.", command.userKey, command.userCertificate), ""};
    }
    connection.userCertificate = certificates->front();
    connection.userKey = std::move(*key);
    return {};
}

/// Everything about why there is no connection, for a person.
void explainFailure(const Connection& connection, const ApplicationIdentity& identity) {
    if (connection.weRefused()) tell(explain(*connection.server));
    if (connection.theyRefused()) tell(describeRefusal(connection, identity));
    if (!connection.weRefused() && !connection.theyRefused()) tell(connection.message);
}

int run(const ClientOptions& command) {
    DirectoryStore store{command.pki};
    const auto identity = ownIdentity(store,
                                      {.name = "uatrust client",
                                       .applicationUri = command.applicationUri,
                                       .defaultUri = "urn:" + machineName() + ":uatrust:client",
                                       .role = ApplicationRole::Client},
                                      tell);
    if (!identity) return fail(identity.error());

    const StrictPolicy policy;
    const CertificateValidator servers{store, policy};

    ConnectionOptions options;
    options.url = command.url;
    options.securityMode = command.mode == "Sign" ? UA_MESSAGESECURITYMODE_SIGN : UA_MESSAGESECURITYMODE_SIGNANDENCRYPT;
    std::vector<std::string> names;
    if (!command.policy.empty()) names.push_back(command.policy);
    auto policies = choosePolicies(names);
    if (!policies) return fail(policies.error(), kUsageError);
    options.policies = std::move(*policies);
    options.timeout = std::chrono::milliseconds{command.timeoutMs};
    options.applicationName = "uatrust client";
    options.applicationUri =
        command.applicationUri.empty() ? std::string{identity->certificate().applicationUri()} : command.applicationUri;
    options.verbose = command.verbose;
    options.identity = &*identity;
    options.servers = &servers;
    if (auto user = readUser(command, options); !user) return fail(user.error());

    const auto connection = connect(options);
    if (!connection.connected()) {
        explainFailure(connection, *identity);
        return kFailed;
    }
    tell(fmt::format("Connected to {} ({}).", command.url, connection.endpoint));
    const auto result = perform(*connection.client, command);
    if (!result) {
        tell(result.error().remedy.empty() ? result.error().message : result.error().message + " " + result.error().remedy);
        return kFailed;
    }
    if (!result->empty()) fmt::print("{}\n", *result);
    return kDone;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        int exitCode = kDone;
        const auto command = parseCommandLine(argc, argv, exitCode);
        return command ? run(*command) : exitCode;
    } catch (const std::exception& error) {
        tell(error.what());
        return kFailed;
    }
}
