// One connection attempt by a foreign client, with a bounded time and no retry.
//
//   node client.js --url opc.tcp://localhost:4840 --pki DIR
//       [--policy Basic256Sha256] [--mode SignAndEncrypt]   None, Sign, SignAndEncrypt
//       [--cert FILE --key FILE]          PEM; FILE may hold leaf and intermediates, all are sent
//       [--application-uri URI]           default: what the certificate says
//       [--accept-server]                 no trust decision on this side
//       [--user-cert FILE --user-key FILE]
//       [--read NODEID] [--write NODEID=DOUBLE]             written first, then read
//       [--hold MS]                       stays, and fails if the connection is lost
//       [--lifetime MS]                   asked for the secure channel: renewals come early
//       [--timeout MS]                    for all of it, default 10000, --hold not included
//
// stdout gets exactly one line of JSON, stderr node-opcua's log:
//   ok       true or false; also the exit code, 0 or 1
//   stage    how far it came: arguments, start, connect, server-certificate, session,
//            write, read, hold, done. "server-certificate" means that this side
//            refused the server's.
//   error    text; null if ok
//   status   the OPC UA status code named in the error, e.g. "BadSecurityChecksFailed",
//            as far as node-opcua tells; null otherwise
//   value, applicationUri, certificate, thumbprint, milliseconds
//   serverThumbprint, serverChain: what the server showed; how many certificates
//
// DIR is a node-opcua PKI folder: own/{certs,private}, trusted/{certs,crl},
// issuers/{certs,crl}, rejected. A certificate that lies in rejected/ is refused
// even if it lies in trusted/certs too, so move it, do not copy it.
"use strict";

const fs = require("fs");
const { X509Certificate } = require("crypto");
const { print, parse, loadNodeOpcua, identity, thumbprint, chainOf } = require("./common.js");

const started = Date.now();
const result = { ok: false, stage: "arguments", error: null, status: null };
let finished = false;

function finish(error) {
    if (finished) return;
    finished = true;
    if (error) {
        const text = String(error.message || error);
        result.error = text;
        // The code may come as an object, or only within the text.
        const named = /\bBad[A-Z][A-Za-z]+/.exec(text);
        result.status = (error.statusCode && error.statusCode.name) || (named && named[0]) || null;
        if (/server certificate verification failed/i.test(text)) result.stage = "server-certificate";
    } else {
        result.ok = true;
        result.stage = "done";
    }
    result.milliseconds = Date.now() - started;
    print(result);
    // node-opcua keeps timers and watchers; nothing is left to wait for.
    process.exit(result.ok ? 0 : 1);
}

function sawServer(chain) {
    result.serverThumbprint = thumbprint(chain[0]);
    result.serverChain = chain.length;
}

async function main() {
    const options = parse({
        url: true, pki: true, policy: true, mode: true, cert: true, key: true, "application-uri": true,
        "accept-server": false, "user-cert": true, "user-key": true, read: true, write: true, hold: true,
        lifetime: true, timeout: true,
    });
    if (!options.url || !options.pki) throw new Error("--url and --pki are needed");
    const mode = options.mode || "SignAndEncrypt";
    const policy = mode === "None" ? "None" : options.policy || "Basic256Sha256";
    const timeout = Number(options.timeout || 10000);
    setTimeout(() => finish(new Error(`no result within ${timeout} ms`)), timeout + Number(options.hold || 0));

    result.stage = "start";
    const opcua = loadNodeOpcua();
    const own = await identity(opcua, {
        pki: options.pki, cert: options.cert, key: options.key, acceptAll: options["accept-server"],
        fileName: "client_certificate.pem", applicationName: "uatrust-interop-client",
        applicationUri: options["application-uri"], onVerdict: sawServer,
    });
    Object.assign(result, { applicationUri: own.applicationUri, certificate: own.certificateFile, thumbprint: own.thumbprint });

    const client = opcua.OPCUAClient.create({
        applicationName: "uatrust-interop-client",
        applicationUri: own.applicationUri,
        clientCertificateManager: own.manager,
        certificateFile: own.certificateFile,
        privateKeyFile: own.privateKeyFile,
        securityMode: opcua.MessageSecurityMode[mode],
        securityPolicy: opcua.SecurityPolicy[policy],
        // The address dialled is the one meant, whatever the server calls itself.
        endpointMustExist: false,
        connectionStrategy: { maxRetry: 0, initialDelay: 50, maxDelay: 100 },
        transportTimeout: timeout,
        defaultSecureTokenLifetime: Number(options.lifetime || 600000),
        keepSessionAlive: false,
    });
    client.on("connection_lost", () => finish(new Error("connection lost")));
    client.on("start_reconnection", () => finish(new Error("connection lost")));

    // node-opcua announces what its own certificate says, whatever it is told.
    if (options["application-uri"]) client._getApplicationUri = () => own.applicationUri;

    result.stage = "connect";
    await client.connect(options.url);

    result.stage = "session";
    const user = options["user-cert"] && {
        type: opcua.UserTokenType.Certificate,
        certificateData: new X509Certificate(fs.readFileSync(options["user-cert"])).raw,
        privateKey: fs.readFileSync(options["user-key"], "utf8"),
    };
    const session = await client.createSession(user || { type: opcua.UserTokenType.Anonymous });

    if (options.write) {
        result.stage = "write";
        const at = options.write.lastIndexOf("=");
        const status = await session.write({
            nodeId: options.write.slice(0, at),
            attributeId: opcua.AttributeIds.Value,
            value: { value: { dataType: opcua.DataType.Double, value: Number(options.write.slice(at + 1)) } },
        });
        if (status.isNotGood()) throw new Error(status.name);
    }

    const read = async () => {
        const data = await session.read({ nodeId: options.read, attributeId: opcua.AttributeIds.Value });
        if (data.statusCode.isNotGood()) throw new Error(data.statusCode.name);
        result.value = data.value.value;
    };
    if (options.read) {
        result.stage = "read";
        await read();
    }

    if (options.hold) {
        result.stage = "hold";
        const until = Date.now() + Number(options.hold);
        while (Date.now() < until) {
            await new Promise((resolve) => setTimeout(resolve, Math.min(200, Math.max(1, until - Date.now()))));
            // node-opcua tries to get a session back that the server has ended, and lets whoever reads wait for that.
            const patience = new Promise((_, reject) => setTimeout(() => reject(new Error("connection lost")), 3000).unref());
            if (options.read) await Promise.race([read(), patience]);
        }
    }

    // Quietly: a lost connection is no news from here on.
    const { stage } = result;
    client.removeAllListeners("connection_lost");
    await Promise.race([
        session.close().then(() => client.disconnect()).catch(() => {}),
        new Promise((resolve) => setTimeout(resolve, 1000)),
    ]);
    result.stage = stage;
}

process.on("uncaughtException", finish);
process.on("unhandledRejection", finish);
main().then(() => finish(), finish);
