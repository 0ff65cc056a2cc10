// uatrust-client: an OPC UA client with uatrust deciding which servers it trusts.

#include "../support/connection.hpp"
#include "../support/own_identity.hpp"
#include "operation.hpp"

#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include <uatrust/store/directory_store.hpp>
#include <uatrust/validation/explain.hpp>

namespace {

using namespace uatrust;
using namespace uatrust::examples;

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kUsageError = 2;

void tell(std::string_view line) { fmt::print(stderr, "{}\n", line); }

int fail(const Error& error, int code = kFailed) {
    tell(error.text());
    return code;
}

Result<Bytes> fileContent(const std::string& file) {
    std::ifstream in{file, std::ios::binary};
    Bytes content{std::istreambuf_iterator<char>{in}, {}};
    if (!in) return Error{StatusCode::BadNotFound, "The file " + file + " cannot be read.", ""};
    return content;
}

Result<void> readUser(const ClientOptions& command, ConnectionOptions& connection) {
    if (command.userCertificate.empty()) return {};
    const auto certificate = fileContent(command.userCertificate);
    if (!certificate) return certificate.error();
    auto certificates = readCertificates(*certificate);
    if (!certificates) return certificates.error();
    auto content = fileContent(command.userKey);
    if (!content) return content.error();
    const SecretBytes secret{std::move(*content)};
    auto key = PrivateKey::read(secret.view());
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
