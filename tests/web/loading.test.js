// A page that is opened before the program has read the folders.
"use strict";

const assert = require("node:assert/strict");
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const test = require("node:test");
const { inspect, openBrowser, openPage, seen } = require("./browser.js");
const { pki } = require("./folders.js");
const { Server } = require("../interop/harness.js");

// The own key is encrypted, and its passphrase comes through a pipe: until then nobody can look at the folder.
test("a folder that has not been read yet is shown as loading, and appears by itself", async () => {
    const at = pki({ rejected: ["Newcomer"] });
    const secret = path.join(at, "..", "secret");
    const pipe = path.join(at, "..", "later");
    fs.writeFileSync(secret, "correct horse\n");
    execFileSync(process.env.UATRUST_TOOL, ["init", "--pki", at, "--name", "Gateway", "--key-passphrase-file", secret, "--yes"]);
    execFileSync("mkfifo", [pipe]);
    const serving = ["serve", "--pki", at, "--key-passphrase-file", pipe];
    const server = new Server(process.env.UATRUST_TOOL, serving, (line) => line.startsWith("http://"));
    const page = await openPage(await openBrowser(), (await server.ready).trim());
    const card = page.locator(".card").first();
    await card.filter({ hasText: "Loading" }).waitFor();
    assert.doesNotMatch(await card.innerText(), /\d/, "no number of what nobody has counted");
    await page.getByText("Loading …", { exact: true }).last().waitFor();
    assert.deepEqual(await inspect(page, "loading"), []);

    fs.writeFileSync(pipe, "correct horse\n");
    await seen(page, "Newcomer", "rejected");
    await seen(page, "Gateway", "own");
    await card.filter({ hasText: "1 rejected" }).waitFor();
    assert.equal(await page.getByText("Loading …").count(), 0);
    assert.equal(await page.locator(".toast").count(), 0, "what was there before is no news");
    assert.deepEqual(page.complaints, []);
});
