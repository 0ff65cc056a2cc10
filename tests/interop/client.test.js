// Our client against a foreign server, node-opcua's: one server process, and a user who moves files.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const test = require("node:test");
const { Ca, bundle, filesIn, folder, moveOnly, runClient, startNodeServer } = require("./harness.js");

const temperature = "ns=1;s=Temperature";
const policies = ["Basic256Sha256", "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss"];
const modes = ["Sign", "SignAndEncrypt"];

test("an unknown server is refused, trusted when moved, refused when removed", async (t) => {
    const server = await startNodeServer(folder("node-server"), ["--accept-clients"]);
    const pki = folder("client");
    const rejected = path.join(pki, "rejected");
    const trusted = path.join(pki, "trusted", "certs");
    for (const policy of policies) {
        for (const mode of modes) {
            const attempt = () => runClient(pki, ["--policy", policy, "--mode", mode, server.url, "read", temperature]);
            await t.test(`${policy} ${mode}`, async () => {
                const first = await attempt();
                assert.equal(first.code, 1, first.output);
                assert.match(first.output, /BadCertificateUntrusted/);
                const filed = filesIn(rejected);
                assert.equal(filed.length, 1);
                assert.ok(filed[0].toLowerCase().includes(server.told.thumbprint), filed[0]);

                const file = moveOnly(rejected, trusted);
                const second = await attempt();
                assert.equal(second.code, 0, second.output);
                assert.match(second.stdout, /21\.5/);

                fs.rmSync(file);
                const third = await attempt();
                assert.equal(third.code, 1, third.output);
                assert.match(third.output, /BadCertificateUntrusted/);
                fs.rmSync(path.join(rejected, filesIn(rejected)[0]));
            });
        }
    }
    assert.equal(await server.stop(), 0);
});

test("a server that refuses us does not say why; our client says where to look", async () => {
    const serverPki = folder("node-server");
    const server = await startNodeServer(serverPki);
    const pki = folder("client");
    await runClient(pki, [server.url, "read", temperature]);
    moveOnly(path.join(pki, "rejected"), path.join(pki, "trusted", "certs"));
    const refused = await runClient(pki, [server.url, "read", temperature]);
    assert.equal(refused.code, 1, refused.output);
    assert.match(refused.output, /rejected/, "it does not say where the operator has to look");

    moveOnly(path.join(serverPki, "rejected"), path.join(serverPki, "trusted", "certs"));
    const done = await runClient(pki, [server.url, "write", temperature, "37.5"]);
    assert.equal(done.code, 0, done.output);
    const read = await runClient(pki, [server.url, "read", temperature]);
    assert.match(read.stdout, /37\.5/);
    await server.stop();
});

test("a server that hides its certificate from OpenSecureChannel is refused, trusted or not", async () => {
    const server = await startNodeServer(folder("node-server"), ["--accept-clients", "--hide-certificate"]);
    const pki = folder("client");
    for (const trusted of [false, true]) {
        const refused = await runClient(pki, [server.url, "read", temperature]);
        assert.equal(refused.code, 1, refused.output);
        assert.match(refused.output, /REFUSED BadCertificateInvalid: The peer sent no certificate/);
        if (!trusted) moveOnly(path.join(pki, "rejected"), path.join(pki, "trusted", "certs"));
    }
    await server.stop();
});

test("a server with a chain is judged by its CA, with and without the intermediate at hand", async (t) => {
    const root = new Ca("Plant Root");
    const line = new Ca("Line CA", root);
    const leaf = line.issue("line-server", "urn:plant:line-server");
    const pki = folder("client");
    await runClient(pki, ["opc.tcp://localhost:9", "read", temperature]);   // first start: makes folders and keys
    root.copyTo(path.join(pki, "trusted", "certs"));
    root.crl(path.join(pki, "trusted", "crl"));
    let crl = line.crl(path.join(pki, "issuers", "crl"));

    await t.test("chain sent", async () => {
        const server = await startNodeServer(folder("node-server"),
            ["--accept-clients", "--cert", bundle("chain.pem", leaf.cert, line.cert), "--key", leaf.key]);
        const done = await runClient(pki, [server.url, "read", temperature]);
        assert.equal(done.code, 0, done.output);

        line.revoke(leaf.cert);
        fs.rmSync(crl);
        crl = line.crl(path.join(pki, "issuers", "crl"));
        const revoked = await runClient(pki, [server.url, "read", temperature]);
        assert.equal(revoked.code, 1, revoked.output);
        assert.match(revoked.output, /BadCertificateRevoked/);
        await server.stop();
    });

    await t.test("leaf sent, intermediate in issuers", async () => {
        const other = line.issue("other-server", "urn:plant:other-server");
        const server = await startNodeServer(folder("node-server"), ["--accept-clients", "--cert", other.cert, "--key", other.key]);
        const incomplete = await runClient(pki, [server.url, "read", temperature]);
        assert.equal(incomplete.code, 1, incomplete.output);
        assert.match(incomplete.output, /BadCertificateChainIncomplete/);
        line.copyTo(path.join(pki, "issuers", "certs"));
        const done = await runClient(pki, [server.url, "read", temperature]);
        assert.equal(done.code, 0, done.output);
        await server.stop();
    });
});

test("host name and ApplicationUri of the server are compared with its certificate", async (t) => {
    const ca = new Ca("Plant CA");
    const pki = folder("client");
    await runClient(pki, ["opc.tcp://localhost:9", "read", temperature]);
    ca.copyTo(path.join(pki, "trusted", "certs"));
    ca.crl(path.join(pki, "trusted", "crl"));
    const leaf = ca.issue("a-server", "urn:plant:a-server");

    await t.test("the server says another ApplicationUri", async () => {
        const server = await startNodeServer(folder("node-server"),
            ["--accept-clients", "--cert", leaf.cert, "--key", leaf.key, "--application-uri", "urn:somebody:else"]);
        const done = await runClient(pki, [server.url, "read", temperature]);
        assert.equal(done.code, 1, done.output);
        assert.match(done.output, /BadCertificateUriInvalid/);
        await server.stop();
    });

    await t.test("the URL names a host that is not in the certificate", async () => {
        const elsewhere = ca.issue("elsewhere", "urn:plant:elsewhere", "application", "DNS:elsewhere.example");
        const server = await startNodeServer(folder("node-server"), ["--accept-clients", "--cert", elsewhere.cert, "--key", elsewhere.key]);
        const done = await runClient(pki, [server.url, "read", temperature]);
        assert.equal(done.code, 1, done.output);
        assert.match(done.output, /BadCertificateHostNameInvalid/);
        await server.stop();
    });
});
