// PKI folders with what a test wants to find in them, made with the openssl command.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { folder, openssl } = require("../interop/harness.js");

function place(pki, list, name, content) {
    const dir = list === "rejected" ? path.join(pki, "rejected") : path.join(pki, list, "certs");
    fs.mkdirSync(dir, { recursive: true });
    fs.writeFileSync(path.join(dir, name), content);
}

let certificates = 0;
const plainConfig = path.join(folder("config"), "openssl.cnf"); // the system's own one makes CAs
fs.writeFileSync(plainConfig, "[req]\ndistinguished_name = none\n[none]\n");

// A self-signed application certificate in DER. Its subject is taken as openssl's -subj takes one.
function certificate(subject, days = 3650) {
    const base = path.join(folder("certificate"), `${++certificates}`);
    openssl(
        "req",
        "-x509",
        "-config",
        plainConfig,
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-keyout",
        `${base}.key`,
        "-out",
        `${base}.der`,
        "-outform",
        "DER",
        "-days",
        String(days),
        "-subj",
        subject,
        "-addext",
        `subjectAltName=URI:urn:test:${certificates},DNS:localhost`,
        "-addext",
        "basicConstraints=critical,CA:FALSE",
        "-addext",
        "subjectKeyIdentifier=hash",
        "-addext",
        "authorityKeyIdentifier=keyid:always",
        "-addext",
        "keyUsage=critical,digitalSignature,nonRepudiation,keyEncipherment,dataEncipherment,keyCertSign",
        "-addext",
        "extendedKeyUsage=clientAuth,serverAuth",
    );
    return fs.readFileSync(`${base}.der`);
}

// pki({ trusted: ["HMI 1"], rejected: [...] }): a folder of an application, of that name
function pki(lists, name = "pkiserver", plant = folder("plant")) {
    const at = path.join(plant, name);
    for (const list of ["trusted", "issuers"]) fs.mkdirSync(path.join(at, list, "certs"), { recursive: true });
    fs.mkdirSync(path.join(at, "rejected"), { recursive: true });
    for (const [list, names] of Object.entries(lists)) {
        for (const each of names) place(at, list, `${each.replace(/\W/g, "_")}.der`, certificate(`/O=Acme/CN=${each}`));
    }
    return at;
}

module.exports = { certificate, pki, place };
