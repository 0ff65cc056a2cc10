// A foreign server on localhost, until SIGTERM or SIGINT.
//
//   node server.js --port N --pki DIR
//       [--cert FILE --key FILE]      PEM; FILE may hold leaf and intermediates, all are sent
//       [--application-uri URI]       default: what the certificate says
//       [--accept-clients]            no trust decision on this side
//       [--lifetime MS]               longest life of a secure channel's keys
//       [--hide-certificate]          leaves it out of the answer to OpenSecureChannel, as no honest server does
//
// Port 0 takes a free one. Policies Basic256Sha256, Aes128_Sha256_RsaOaep and
// Aes256_Sha256_RsaPss, each with Sign and SignAndEncrypt, and None, which clients
// need to read the endpoints. One variable: ns=1;s=Temperature, Double, writable.
//
// stdout gets one line of JSON when it listens:
//   {"ready":true,"url":...,"port":...,"applicationUri":...,"certificate":FILE,"thumbprint":...}
// or {"ready":false,"error":...} and exit code 1. stderr gets node-opcua's log and
// one line of JSON per event:
//   {"event":"certificate","thumbprint":...,"chain":2,"status":"BadCertificateUntrusted"}
//       the verdict on a client, of which the client itself is not told; how many
//       certificates it sent
//   {"event":"session","applicationUri":...,"policy":...,"mode":...}, {"event":"closed"}
//
// DIR as in client.js; it may be changed while the server runs.
"use strict";

const path = require("path");
const { print, parse, loadNodeOpcua, identity, thumbprint } = require("./common.js");

function event(name, more) {
    process.stderr.write(JSON.stringify({ event: name, ...more }) + "\n");
}

async function main() {
    const options = parse({
        port: true, pki: true, cert: true, key: true, "application-uri": true, "accept-clients": false, lifetime: true,
        "hide-certificate": false,
    });
    if (!options.port || !options.pki) throw new Error("--port and --pki are needed");
    const opcua = loadNodeOpcua();
    if (options["hide-certificate"]) {
        const header = opcua.AsymmetricAlgorithmSecurityHeader.prototype;
        const { encode } = header;
        header.encode = function (stream) {
            this.senderCertificate = null;
            encode.call(this, stream);
        };
    }
    const own = await identity(opcua, {
        pki: options.pki, cert: options.cert, key: options.key, acceptAll: options["accept-clients"],
        fileName: "certificate.pem", applicationName: "uatrust-interop-server",
        applicationUri: options["application-uri"],
        onVerdict: (chain, status) => event("certificate", {
            thumbprint: thumbprint(chain[0]), chain: chain.length, status: status.name,
        }),
    });

    const server = new opcua.OPCUAServer({
        port: Number(options.port),
        host: "127.0.0.1",
        hostname: "localhost",
        serverInfo: { applicationUri: own.applicationUri, applicationName: { text: "uatrust-interop-server", locale: "en" } },
        serverCertificateManager: own.manager,
        // Else node-opcua takes one in the home folder that accepts everybody.
        userCertificateManager: new opcua.OPCUACertificateManager({ rootFolder: path.join(own.manager.rootDir, "user") }),
        certificateFile: own.certificateFile,
        privateKeyFile: own.privateKeyFile,
        securityPolicies: ["None", "Basic256Sha256", "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss"]
            .map((name) => opcua.SecurityPolicy[name]),
        securityModes: ["None", "Sign", "SignAndEncrypt"].map((name) => opcua.MessageSecurityMode[name]),
        allowAnonymous: true,
        defaultSecureTokenLifetime: Number(options.lifetime || 600000),
        maxConnectionsPerEndpoint: 100,
    });
    await server.initialize();

    const { addressSpace } = server.engine;
    let temperature = 21.5;
    addressSpace.getOwnNamespace().addVariable({
        organizedBy: addressSpace.rootFolder.objects,
        nodeId: "s=Temperature",
        browseName: "Temperature",
        dataType: "Double",
        minimumSamplingInterval: 100,
        value: {
            get: () => new opcua.Variant({ dataType: opcua.DataType.Double, value: temperature }),
            set: (variant) => {
                temperature = variant.value;
                return opcua.StatusCodes.Good;
            },
        },
    });

    server.on("session_activated", (session) => event("session", {
        applicationUri: session.clientDescription.applicationUri,
        policy: session.channel.securityPolicy.replace(/^.*#/, ""),
        mode: opcua.MessageSecurityMode[session.channel.securityMode],
    }));
    server.on("closeChannel", () => event("closed"));

    let stopping = false;
    const stop = () => {
        if (stopping) return;
        stopping = true;
        setTimeout(() => process.exit(0), 3000).unref();   // a client that does not let go
        server.shutdown(0).then(() => process.exit(0), () => process.exit(0));
    };
    process.on("SIGTERM", stop);
    process.on("SIGINT", stop);

    await server.start();
    const { port } = server.endpoints[0];
    print({
        ready: true, url: `opc.tcp://localhost:${port}`, port, applicationUri: own.applicationUri,
        certificate: own.certificateFile, thumbprint: own.thumbprint,
    });
}

function fail(error) {
    print({ ready: false, error: String(error.message || error) });
    process.exit(1);
}

process.on("uncaughtException", (error) => event("error", { error: String(error.stack || error) }));
main().catch(fail);
