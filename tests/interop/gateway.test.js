// A foreign client, node-opcua's, against our gateway: one gateway process, and an operator who moves files.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const test = require("node:test");
const { Ca, bundle, filesIn, folder, moveOnly, runNodeClient, startGateway } = require("./harness.js");

const temperature = "ns=1;s=Temperature";
const policies = ["Basic256Sha256", "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss"];
const modes = ["Sign", "SignAndEncrypt"];

function folders(pki, store = "pkiserver") {
    const at = (...parts) => path.join(pki, store, ...parts);
    return {
        own: at("own", "certs"), trusted: at("trusted", "certs"), trustedCrl: at("trusted", "crl"),
        issuers: at("issuers", "certs"), issuersCrl: at("issuers", "crl"), rejected: at("rejected"),
    };
}

test("a stranger is refused, trusted when moved, refused when removed", async (t) => {
    const pki = folder("gateway");
    const on = folders(pki);
    const gateway = await startGateway(pki);
    const clientPki = folder("node-client");
    const attempt = (policy, mode) =>
        runNodeClient(clientPki, gateway.url, ["--accept-server", "--policy", policy, "--mode", mode, "--read", temperature]);

    for (const policy of policies) {
        for (const mode of modes) {
            await t.test(`${policy} ${mode}`, async () => {
                gateway.mark();
                const first = await attempt(policy, mode);
                assert.equal(first.ok, false, "a stranger got in");
                await gateway.said("BadCertificateUntrusted");
                assert.deepEqual(filesIn(on.trusted), []);
                const filed = filesIn(on.rejected);
                assert.equal(filed.length, 1, `one file in rejected, not ${filed}`);
                assert.ok(filed[0].toLowerCase().includes(first.thumbprint), `${filed[0]} does not carry the thumbprint`);
                assert.ok(filed[0].includes("uatrust-interop-client"), `${filed[0]} does not carry the common name`);

                const trusted = moveOnly(on.rejected, on.trusted);
                const second = await attempt(policy, mode);
                assert.equal(second.ok, true, second.error);
                assert.equal(typeof second.value, "number");

                fs.rmSync(trusted);
                gateway.mark();
                const third = await attempt(policy, mode);
                assert.equal(third.ok, false, "a removed client got in");
                await gateway.said("BadCertificateUntrusted");
                fs.rmSync(path.join(on.rejected, filesIn(on.rejected)[0]));
            });
        }
    }
    assert.equal(await gateway.stop(), 0, gateway.output);
});

test("both sides judge each other, and values travel", async () => {
    const pki = folder("gateway");
    const on = folders(pki);
    const gateway = await startGateway(pki);
    const clientPki = folder("node-client");
    const attempt = (...more) => runNodeClient(clientPki, gateway.url, ["--read", temperature, ...more]);

    assert.equal((await attempt()).stage, "server-certificate", "node trusted a server it had never seen");
    moveOnly(path.join(clientPki, "rejected"), path.join(clientPki, "trusted", "certs"));
    assert.equal((await attempt()).ok, false, "a stranger got in");
    moveOnly(on.rejected, on.trusted);
    const done = await attempt("--write", `${temperature}=42.25`);
    assert.equal(done.ok, true, done.error);
    assert.equal(done.value, 42.25);
    assert.equal(await gateway.stop(), 0, gateway.output);
});

test("an ApplicationUri that is not the certificate's is refused, trusted or not", async () => {
    const pki = folder("gateway");
    const on = folders(pki);
    const gateway = await startGateway(pki);
    const clientPki = folder("node-client");
    await runNodeClient(clientPki, gateway.url, ["--accept-server"]);
    moveOnly(on.rejected, on.trusted);
    gateway.mark();
    const done = await runNodeClient(clientPki, gateway.url, ["--accept-server", "--application-uri", "urn:somebody:else"]);
    assert.equal(done.ok, false);
    await gateway.said("BadCertificateUriInvalid");
    await gateway.stop();
});

// A root, an intermediate, a client of that, and a gateway that knows none of them.
async function plantWithCas() {
    const root = new Ca("Plant Root");
    const line = new Ca("Line CA", root);
    const pki = folder("gateway");
    return { root, line, leaf: line.issue("line-client", "urn:plant:line-client"), on: folders(pki), gateway: await startGateway(pki) };
}

test("a CA-issued client is judged by chain and CRLs, and revoking it counts at once", async (t) => {
    const { root, line, leaf, on, gateway } = await plantWithCas();
    const attempt = (cert) => runNodeClient(folder("node-client"), gateway.url,
        ["--accept-server", "--cert", cert, "--key", leaf.key, "--read", temperature]);
    const refused = async (cert, status) => {
        gateway.mark();
        const done = await attempt(cert);
        assert.equal(done.ok, false, `got in instead of ${status}`);
        await gateway.said(status);
    };

    await t.test("unknown CA", () => refused(leaf.cert, "BadCertificateChainIncomplete"));
    root.copyTo(on.trusted);
    root.crl(on.trustedCrl);
    await t.test("intermediate missing", () => refused(leaf.cert, "BadCertificateChainIncomplete"));

    const chain = bundle("chain.pem", leaf.cert, line.cert);
    await t.test("chain sent, CRL of the intermediate missing", () => refused(chain, "BadCertificateRevocationUnknown"));
    let crl = line.crl(on.issuersCrl);
    await t.test("chain sent, everything there", async () => {
        const done = await attempt(chain);
        assert.equal(done.ok, true, done.error);
    });
    line.copyTo(on.issuers);
    await t.test("leaf sent, intermediate in issuers", async () => {
        const done = await attempt(leaf.cert);
        assert.equal(done.ok, true, done.error);
    });

    line.revoke(leaf.cert);
    fs.rmSync(crl);
    crl = line.crl(on.issuersCrl);
    await t.test("revoked", () => refused(leaf.cert, "BadCertificateRevoked"));
    await t.test("revoked, even if itself in the trusted list", async () => {
        fs.copyFileSync(leaf.cert, path.join(on.trusted, "line client.pem"));
        await refused(leaf.cert, "BadCertificateRevoked");
    });
    assert.equal(await gateway.stop(), 0, gateway.output);
});

// Of the intermediate nobody knows but the client, which sends it when it comes: what is judged later has to have it still.
test("who is in a session stays as long as the trust does, and not longer", async () => {
    const { root, line, leaf, on, gateway } = await plantWithCas();
    root.copyTo(on.trusted);
    root.crl(on.trustedCrl);
    line.crl(on.issuersCrl);
    gateway.mark();
    const done = runNodeClient(folder("node-client"), gateway.url, ["--accept-server", "--cert", bundle("chain.pem", leaf.cert, line.cert),
        "--key", leaf.key, "--read", temperature, "--hold", "30000"]);
    await gateway.said("line-client", 45000);

    new Ca("Other CA").copyTo(on.trusted);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.ok(!(await gateway.said("line-client")).includes("session ended"), gateway.output);

    line.revoke(leaf.cert);
    line.crl(on.issuersCrl);
    const told = await gateway.said("session ended: client");
    assert.match(told, /session ended: client .*BadCertificateRevoked/);
    const outcome = await done;
    assert.equal(outcome.ok, false, "the client could stay");
    assert.equal(outcome.stage, "hold");
    assert.equal(await gateway.stop(), 0, gateway.output);
});

test("an X.509 user is judged against the users' own store", async () => {
    const pki = folder("gateway");
    const on = folders(pki);
    const users = folders(pki, "pkiuser");
    const ca = new Ca("Personnel CA");
    const ada = ca.issue("Ada", undefined, "user");
    const gateway = await startGateway(pki);
    const clientPki = folder("node-client");
    await runNodeClient(clientPki, gateway.url, ["--accept-server"]);
    moveOnly(on.rejected, on.trusted);
    const attempt = () => runNodeClient(clientPki, gateway.url,
        ["--accept-server", "--user-cert", ada.cert, "--user-key", ada.key, "--read", temperature]);

    // Trusting the user's CA for applications gives the user nothing.
    ca.copyTo(on.trusted);
    ca.crl(on.trustedCrl);
    const stranger = await attempt();
    assert.equal(stranger.ok, false, "an unknown user got in");
    assert.equal(stranger.status, "BadIdentityTokenRejected");

    ca.copyTo(users.trusted);
    ca.crl(users.trustedCrl);
    const known = await attempt();
    assert.equal(known.ok, true, known.error);
    await gateway.stop();
});

test("an endpoint that accepts all lets a stranger in and leaves no file", async () => {
    const pki = folder("gateway");
    const on = folders(pki);
    const gateway = await startGateway(pki, ["--accept-all"]);
    const done = await runNodeClient(folder("node-client"), gateway.url, ["--accept-server", "--read", temperature]);
    assert.equal(done.ok, true, done.error);
    for (const list of [on.trusted, on.issuers, on.rejected]) assert.deepEqual(filesIn(list), []);
    await gateway.stop();
});
