// Running the peers of the interoperability tests: our gateway and client, node-opcua's, and a small CA made with the
// openssl command. Nothing here knows what is expected of them.
"use strict";

const fs = require("fs");
const net = require("net");
const os = require("os");
const path = require("path");
const { after } = require("node:test");
const { execFileSync, spawn } = require("child_process");

const tools = { gateway: process.env.UATRUST_GATEWAY, client: process.env.UATRUST_CLIENT };
function tool(name) {
    if (!tools[name] || !fs.existsSync(tools[name])) throw new Error(`the example ${name} is not built: ${tools[name]}`);
    return tools[name];
}

// node and openssl read this variable before anything else; a test must not depend on the caller's.
const env = { ...process.env };
delete env.OPENSSL_CONF;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const workRoot = fs.mkdtempSync(path.join(os.tmpdir(), "uatrust-interop-"));
process.on("exit", () => {
    if (process.exitCode) console.error(`the folders of the failed run are kept in ${workRoot}`);
    else fs.rmSync(workRoot, { recursive: true, force: true });
});
let folders = 0;
function folder(name) {
    const made = path.join(workRoot, `${++folders}-${name}`);
    fs.mkdirSync(made, { recursive: true });
    return made;
}

function freePort() {
    return new Promise((resolve, reject) => {
        const probe = net.createServer();
        probe.on("error", reject);
        probe.listen(0, "127.0.0.1", () => {
            const { port } = probe.address();
            probe.close(() => resolve(port));
        });
    });
}

// A test that fails leaves its servers running, and node waits for them: the last act is to end them all.
const running = new Set();
after(() => running.forEach((each) => each.kill("SIGKILL")));

// A process that runs until stopped. ready(line) says whether a line of its output means that it listens.
class Server {
    constructor(command, args, ready) {
        this.output = "";
        this.exited = false;
        this.process = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
        running.add(this.process);
        this.ready = new Promise((resolve, reject) => {
            const timer = setTimeout(() => reject(new Error(`${command} is not ready after two minutes:\n${this.output}`)), 120000);
            const take = (chunk) => {
                this.output += chunk;
                const line = this.output.split("\n").find(ready);
                if (line !== undefined) { clearTimeout(timer); resolve(line); }
            };
            this.process.stdout.on("data", take);
            this.process.stderr.on("data", take);
            this.process.on("exit", (code, signal) => {
                running.delete(this.process);
                this.exited = true;
                this.code = code;
                this.signal = signal;
                clearTimeout(timer);
                reject(new Error(`${command} ended with ${code ?? signal}:\n${this.output}`));
            });
        });
        this.ready.catch(() => {});
    }
    mark() { this.from = this.output.length; }
    // Waits for text that was written after mark().
    async said(text, ms = 5000) {
        for (const until = Date.now() + ms; ; await sleep(25)) {
            const since = this.output.slice(this.from || 0);
            if (since.includes(text)) return since;
            if (Date.now() > until) throw new Error(`did not say "${text}" but:\n${since}`);
        }
    }
    // SIGTERM has to end it cleanly.
    async stop() {
        if (this.exited) return this.code;
        const ended = new Promise((resolve) => this.process.on("exit", resolve));
        this.process.kill("SIGTERM");
        const forced = setTimeout(() => this.process.kill("SIGKILL"), 15000);
        await ended;
        clearTimeout(forced);
        return this.signal || this.code;
    }
}

// A process that runs to its end: its exit code and output.
function run(command, args, ms = 60000) {
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
        let stdout = "";
        let stderr = "";
        const timer = setTimeout(() => child.kill("SIGKILL"), ms);
        child.stdout.on("data", (chunk) => { stdout += chunk; });
        child.stderr.on("data", (chunk) => { stderr += chunk; });
        child.on("error", reject);
        child.on("exit", (code, signal) => {
            clearTimeout(timer);
            resolve({ code: code ?? signal, stdout, stderr, output: stdout + stderr });
        });
    });
}

async function startGateway(pki, more = []) {
    const port = await freePort();
    const url = `opc.tcp://localhost:${port}`;
    const gateway = new Server(tool("gateway"), ["--endpoint", url, "--pki", pki, ...more], (line) => line.startsWith("ready "));
    await gateway.ready;
    gateway.url = url;
    return gateway;
}

const runClient = (pki, args) => run(tool("client"), ["--pki", pki, ...args]);

async function runNodeClient(pki, url, args) {
    // Its own limit is for people; a busy machine takes longer.
    const patience = ["--timeout", "45000"];
    const done = await run(process.execPath, [path.join(__dirname, "client.js"), "--url", url, "--pki", pki, ...patience, ...args]);
    try {
        return { ...JSON.parse(done.stdout), log: done.stderr };
    } catch {
        throw new Error(`node's client ended with ${done.code} and no result:\n${done.output}`);
    }
}

async function startNodeServer(pki, args = []) {
    const server = new Server(process.execPath, [path.join(__dirname, "server.js"), "--port", "0", "--pki", pki, ...args],
        (line) => line.startsWith('{"ready"'));
    const told = JSON.parse(await server.ready);
    if (!told.ready) throw new Error(told.error);
    return Object.assign(server, { url: told.url, told });
}

const filesIn = (dir) => (fs.existsSync(dir) ? fs.readdirSync(dir).filter((name) => fs.statSync(path.join(dir, name)).isFile()) : []);

// What an operator does: takes the one file that is there and moves it.
function moveOnly(from, to) {
    const files = filesIn(from);
    if (files.length !== 1) throw new Error(`expected one file in ${from}, found: ${files.join(", ") || "none"}`);
    fs.mkdirSync(to, { recursive: true });
    fs.renameSync(path.join(from, files[0]), path.join(to, files[0]));
    return path.join(to, files[0]);
}

function openssl(...args) {
    return execFileSync("openssl", args, { env, stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });
}

// A CA of the openssl command: it issues, revokes and writes CRLs as one in a plant does.
class Ca {
    constructor(name, issuer) {
        this.dir = folder(name.replace(/\W/g, "-"));
        this.name = name;
        this.key = path.join(this.dir, "ca.key");
        this.cert = path.join(this.dir, "ca.pem");
        this.conf = path.join(this.dir, "openssl.cnf");
        fs.writeFileSync(path.join(this.dir, "index.txt"), "");
        fs.mkdirSync(path.join(this.dir, "new"));
        fs.writeFileSync(this.conf, `
[ca]
default_ca = plant
[plant]
dir = ${this.dir}
database = $dir/index.txt
new_certs_dir = $dir/new
rand_serial = yes
certificate = $dir/ca.pem
private_key = $dir/ca.key
default_md = sha256
default_days = 365
default_crl_days = 30
policy = any
unique_subject = no
copy_extensions = copy
crl_extensions = crl
[any]
organizationName = optional
commonName = supplied
[crl]
authorityKeyIdentifier = keyid:always
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
[application]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,nonRepudiation,keyEncipherment,dataEncipherment
extendedKeyUsage = serverAuth,clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
[user]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
[req]
distinguished_name = none
[none]
`);
        const request = path.join(this.dir, "ca.csr");
        openssl("req", "-new", "-config", this.conf, "-newkey", "rsa:2048", "-nodes", "-keyout", this.key, "-out", request,
            "-subj", `/O=uatrust/CN=${name}`);
        if (issuer) issuer.sign(request, this.cert, "authority");
        else openssl("ca", "-config", this.conf, "-batch", "-notext", "-selfsign", "-extensions", "authority", "-in", request, "-out", this.cert);
        this.number = 1000;
    }
    sign(request, out, extensions) {
        openssl("ca", "-config", this.conf, "-batch", "-notext", "-extensions", extensions, "-in", request, "-out", out);
    }
    // A key and a certificate for an application on `hosts`, or with `extensions` "user" for a person.
    issue(name, uri, extensions = "application", hosts = "DNS:localhost,IP:127.0.0.1") {
        const base = path.join(this.dir, name);
        const files = { key: `${base}.key`, cert: `${base}.pem`, uri };
        const san = uri ? ["-addext", `subjectAltName=URI:${uri},${hosts}`] : [];
        openssl("req", "-new", "-config", this.conf, "-newkey", "rsa:2048", "-nodes", "-keyout", files.key, "-out", `${base}.csr`,
            "-subj", `/O=uatrust/CN=${name}`, ...san);
        this.sign(`${base}.csr`, files.cert, extensions);
        return files;
    }
    revoke(cert) { openssl("ca", "-config", this.conf, "-revoke", cert); }
    // A new CRL under a name of its own, as a plant's CA hands them out.
    crl(to) {
        fs.mkdirSync(to, { recursive: true });
        const file = path.join(to, `${this.name} ${++this.number}.crl`);
        fs.writeFileSync(path.join(this.dir, "crlnumber"), this.number.toString(16).padStart(4, "0"));
        const args = ["ca", "-config", this.conf, "-gencrl"];
        const pem = path.join(this.dir, "list.pem");
        openssl(...args, "-out", pem);
        openssl("crl", "-in", pem, "-outform", "DER", "-out", file);
        return file;
    }
    copyTo(to) {
        fs.mkdirSync(to, { recursive: true });
        fs.copyFileSync(this.cert, path.join(to, `${this.name}.pem`));
    }
}

// PEM files one behind the other: a certificate with its issuers.
function bundle(name, ...files) {
    const out = path.join(folder("bundle"), name);
    fs.writeFileSync(out, files.map((file) => fs.readFileSync(file, "utf8")).join(""));
    return out;
}

module.exports = {
    Ca, Server, bundle, filesIn, folder, freePort, moveOnly, openssl, runClient, runNodeClient, startGateway, startNodeServer,
};
