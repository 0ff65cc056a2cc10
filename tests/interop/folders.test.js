// node-opcua's own PKI (node-opcua-pki, part of the node-opcua installation) on the folders that we write, and we on those it writes.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const test = require("node:test");
const { createRequire } = require("node:module");
const { X509Certificate, createPrivateKey, webcrypto } = require("node:crypto");
const { execFileSync } = require("node:child_process");
const { Ca, filesIn, folder } = require("./harness.js");

if (!globalThis.crypto) globalThis.crypto = webcrypto;   // node 18
const { CertificateManager } = createRequire(path.join(process.env.NODE_OPCUA_DIR, "package.json"))("node-opcua-pki");

const peer = process.env.UATRUST_FOLDER_PEER;
const ours = (pki, ...args) => execFileSync(peer, ["node-opcua", pki, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
const listed = (pki) => ours(pki, "list").trim().split("\n").filter((line) => line);
const der = (file) => new X509Certificate(fs.readFileSync(file)).raw;
const thumbprint = (file) => new X509Certificate(fs.readFileSync(file)).fingerprint.replace(/:/g, "").toLowerCase();

// It reads the folders when it starts: each look is a start.
async function node(pki, look) {
    const manager = new CertificateManager({ location: pki, keySize: 2048, disableFileWatchers: true });
    await manager.initialize();
    try {
        return await look(manager);
    } finally {
        await manager.dispose();
    }
}

test("what we trust, refuse and file is trusted and refused by node-opcua", async () => {
    const pki = folder("PKI");
    const ca = new Ca("Plant CA");
    const plc = ca.issue("plc-7", "urn:test:plc-7");
    const stranger = ca.issue("stranger", "urn:test:stranger");
    const stolen = ca.issue("stolen", "urn:test:stolen");
    ca.revoke(stolen.cert);
    const crl = ca.crl(folder("crl"));

    ours(pki, "add", "issuers", ca.cert);
    ours(pki, "crl", "issuers", crl);
    for (const file of [plc.cert, stranger.cert]) ours(pki, "reject", file);
    ours(pki, "move", "rejected", "trusted", plc.cert);
    ours(pki, "add", "trusted", stolen.cert);
    await node(pki, async (manager) => {
        assert.equal(await manager.isCertificateTrusted(der(plc.cert)), "Good");
        assert.equal(await manager.verifyCertificate(der(plc.cert)), "Good");
        assert.equal(await manager.isCertificateTrusted(der(stranger.cert)), "BadCertificateUntrusted");
        assert.equal(await manager.verifyCertificate(der(stranger.cert)), "BadCertificateUntrusted");
        assert.equal(await manager.verifyCertificate(der(stolen.cert)), "BadCertificateRevoked");
        assert.equal(await manager.hasIssuer(thumbprint(ca.cert)), true);
        // Nothing was taken for new: it knew the files that we have written.
        assert.equal(filesIn(path.join(pki, "rejected")).length, 1);
        assert.equal(filesIn(path.join(pki, "issuers", "certs")).length, 1);
    });

    // Trusting what is in rejected takes it out there: node-opcua would refuse it.
    ours(pki, "add", "trusted", stranger.cert);
    await node(pki, async (manager) => assert.equal(await manager.verifyCertificate(der(stranger.cert)), "Good"));
});

test("what node-opcua has trusted, refused and filed is in our lists, and it finds what we move", async () => {
    const pki = folder("PKI");
    const ca = new Ca("Plant CA");
    const [plc, stranger, later] = ["plc-7", "stranger", "later"].map((name) => ca.issue(name, `urn:test:${name}`));
    const crl = ca.crl(folder("crl"));
    await node(pki, async (manager) => {
        await manager.addIssuer(der(ca.cert));
        await manager.addRevocationList(fs.readFileSync(crl));
        await manager.trustCertificate(der(plc.cert));
        await manager.rejectCertificate(der(stranger.cert));
        assert.equal(await manager.isCertificateTrusted(der(later.cert)), "BadCertificateUntrusted");
    });
    const lines = listed(pki);
    for (const line of [`trusted ${thumbprint(plc.cert)}`, `issuers ${thumbprint(ca.cert)}`, "issuers crl Plant CA",
        `rejected ${thumbprint(stranger.cert)}`, `rejected ${thumbprint(later.cert)}`]) {
        assert.ok(lines.includes(line), `${line} is not in\n${lines.join("\n")}`);
    }
    assert.deepEqual(lines.filter((line) => line.startsWith("problem")), []);

    const named = filesIn(path.join(pki, "rejected")).filter((name) => name.includes(thumbprint(later.cert)));
    assert.equal(named.length, 1);
    ours(pki, "move", "rejected", "trusted", later.cert);
    assert.ok(filesIn(path.join(pki, "trusted", "certs")).includes(named[0]), "the name that node-opcua gave was not kept");
    await node(pki, async (manager) => assert.equal(await manager.verifyCertificate(der(later.cert)), "Good"));

    // The names are the same whoever writes them.
    const second = folder("PKI");
    ours(second, "reject", later.cert);
    assert.deepEqual(filesIn(path.join(second, "rejected")), named);
});

test("the own certificate and key go both ways", async () => {
    const pki = folder("PKI");
    const certificate = path.join(pki, "own", "certs", "certificate.pem");
    await node(pki, (manager) => manager.createSelfSignedCertificate({
        applicationUri: "urn:test:node", dns: ["localhost"], outputFile: certificate, subject: "/CN=node/O=uatrust",
        startDate: new Date(Date.now() - 3600 * 1000), validity: 365,
    }));
    assert.ok(listed(pki).includes(`own ${thumbprint(certificate)} with its key`), listed(pki).join("\n"));

    const own = new Ca("Plant CA").issue("gateway", "urn:test:gateway");
    ours(pki, "own", own.cert, own.key);
    await node(pki, async (manager) => {
        assert.equal(thumbprint(certificate), thumbprint(own.cert));
        assert.equal(fs.statSync(manager.privateKey).mode & 0o777, 0o600);
        const key = createPrivateKey(fs.readFileSync(manager.privateKey));
        assert.ok(new X509Certificate(fs.readFileSync(certificate)).checkPrivateKey(key), "the key is not the certificate's");
        assert.ok(await manager.getPrivateKey());
    });
    // The pair that node-opcua had is not lost.
    assert.equal(filesIn(path.join(pki, "own", "replaced")).length, 1);
    assert.equal(filesIn(path.join(pki, "own", "private")).length, 2);
});
