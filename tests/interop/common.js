// What client.js and server.js share: options, loading node-opcua, and the
// application's own certificate. CommonJS, and nothing newer than node 18.
"use strict";

const fs = require("fs");
const path = require("path");
const { X509Certificate, webcrypto } = require("crypto");
const { createRequire } = require("module");
const { execFileSync } = require("child_process");

// node 18 has it, but not under the global name newer ones use and node-opcua expects.
if (!globalThis.crypto) globalThis.crypto = webcrypto;

// stdout belongs to the one JSON line; node-opcua logs to the console.
for (const name of ["log", "info", "debug", "warn"]) console[name] = console.error;

function print(object) {
    fs.writeSync(1, JSON.stringify(object) + "\n");
}

// parse(spec) - spec maps an option to true (takes a value) or false (a switch).
function parse(spec) {
    const options = {};
    const argv = process.argv.slice(2);
    while (argv.length) {
        const name = argv.shift().replace(/^--/, "");
        if (!(name in spec)) throw new Error(`unknown option --${name}; there are: --${Object.keys(spec).join(" --")}`);
        if (spec[name] && !argv.length) throw new Error(`--${name} needs a value`);
        options[name] = spec[name] ? argv.shift() : true;
    }
    return options;
}

// node-opcua comes from NODE_OPCUA_DIR, else from where the script installs it.
function loadNodeOpcua() {
    // node reads OPENSSL_CONF before any line of this file runs, and node-opcua
    // changes it: a test that points it at a CA's configuration would get errors
    // that seem to have nothing to do with it.
    if (process.env.OPENSSL_CONF) throw new Error("start node without OPENSSL_CONF in its environment");
    delete process.env.OPENSSL_CONF;
    const folder = process.env.NODE_OPCUA_DIR ||
        execFileSync(path.join(__dirname, "install-node-opcua.sh"), { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] })
            .trim().split("\n").pop();
    return createRequire(path.join(folder, "package.json"))("node-opcua");
}

// The first certificate of a PEM or DER file is the application's own.
function leaf(file) {
    return new X509Certificate(fs.readFileSync(file));
}

function applicationUriOf(certificate) {
    // "URI:urn:a:b, DNS:localhost"
    const uri = /(?:^|, )URI:(?:"([^"]*)"|([^,]*))/.exec(certificate.subjectAltName || "");
    return uri ? uri[1] || uri[2] : undefined;
}

// Part 12 names certificates by the SHA-1 of their DER, as do the files node-opcua writes.
function thumbprint(certificate) {
    return certificate.fingerprint.replace(/:/g, "").toLowerCase();
}

// What node-opcua hands about is one certificate or a chain, as an array or as
// concatenated DER; this makes it [leaf, issuer, ...].
function chainOf(certificates) {
    const chain = [];
    for (let der of Array.isArray(certificates) ? certificates : [certificates]) {
        while (der && der.length) {
            const certificate = new X509Certificate(der);   // ignores what follows
            chain.push(certificate);
            der = der.subarray(certificate.raw.length);
        }
    }
    return chain;
}

// identity(...) - the certificate manager over --pki and the own certificate:
// --cert and --key, or a self-signed one kept in the folder's own/.
// acceptAll takes node's decision about the other side out of play and leaves no
// trace in the folder; node-opcua's own option for it moves files to trusted/.
// onVerdict(chain, status) hears each decision, which the wire does not carry.
async function identity(opcua, { pki, cert, key, acceptAll, onVerdict, fileName, applicationName, applicationUri }) {
    class Manager extends opcua.OPCUACertificateManager {
        checkCertificate(certificates, callback) {
            const verdict = (acceptAll ? Promise.resolve(opcua.StatusCodes.Good) : super.checkCertificate(certificates))
                .then((status) => {
                    if (onVerdict) onVerdict(chainOf(certificates), status);
                    return status;
                });
            if (!callback) return verdict;
            verdict.then((status) => callback(null, status), callback);
        }
    }
    const manager = new Manager({ rootFolder: path.resolve(pki), automaticallyAcceptUnknownCertificate: false });
    await manager.initialize();
    if (!cert !== !key) throw new Error("--cert and --key go together");
    const certificateFile = cert ? path.resolve(cert) : path.join(manager.rootDir, "own", "certs", fileName);
    if (!cert && !fs.existsSync(certificateFile)) {
        await manager.createSelfSignedCertificate({
            applicationUri: applicationUri || `urn:localhost:${applicationName}`,
            dns: ["localhost"],
            ip: ["127.0.0.1"],
            outputFile: certificateFile,
            subject: `/CN=${applicationName}/O=uatrust`,
            startDate: new Date(Date.now() - 3600 * 1000),
            validity: 365,
        });
    }
    const own = leaf(certificateFile);
    return {
        manager,
        certificateFile,
        privateKeyFile: key ? path.resolve(key) : manager.privateKey,
        applicationUri: applicationUri || applicationUriOf(own) || `urn:localhost:${applicationName}`,
        thumbprint: thumbprint(own),
    };
}

module.exports = { print, parse, loadNodeOpcua, identity, thumbprint, chainOf };
