// A file that is protected by a passphrase: it is asked for, a wrong one is said and asked for again, the right one goes on.
"use strict";

const assert = require("node:assert/strict");
const path = require("node:path");
const test = require("node:test");
const { Ca, folder, openssl } = require("../interop/harness.js");
const { closeToasts, inspect, openBrowser, openPage, seen, serve, toasted } = require("./browser.js");
const { pki } = require("./folders.js");

// Everything that an application gets of its CA, in one file.
function container(ca, name, passphrase) {
    const { key, cert } = ca.issue(name, `urn:plant:${name}`);
    const file = path.join(folder("container"), `${name}.p12`);
    openssl("pkcs12", "-export", "-inkey", key, "-in", cert, "-certfile", ca.cert, "-out", file, "-passout", `pass:${passphrase}`);
    return file;
}

async function openImport(page, file, { button, choose }) {
    await page.getByRole("button", { name: button, exact: true }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: choose }).waitFor();
    await dialog.locator("input[type=file]").setInputFiles(file);
    return dialog;
}

test("a PKCS#12 file with a passphrase", async () => {
    const ca = new Ca("Plant CA");
    const server = await serve([pki({})]);
    const page = await openPage(await openBrowser(), server.url);
    const problems = [];
    const file = container(ca, "gateway", "Käse & Öl");
    const dialog = await openImport(page, file, { button: "Import", choose: "Choose files" });
    const passphrase = dialog.getByLabel("Passphrase of the file");
    const refused = dialog.locator(".plan li.refused");
    const yes = dialog.getByRole("button", { name: "Import as shown" });

    await passphrase.waitFor();
    await refused.filter({ hasText: "none was given" }).waitFor();
    assert.ok(await yes.isDisabled());
    assert.ok(await passphrase.evaluate((element) => element === document.activeElement), "one can type at once");
    problems.push(...(await inspect(page, "import-passphrase")));

    await passphrase.fill("Kase & Ol");
    await page.keyboard.press("Enter");
    await refused.filter({ hasText: "it is wrong" }).waitFor();
    assert.ok(await passphrase.isVisible());
    assert.ok(await yes.isDisabled());
    const chosen = await passphrase.evaluate(({ selectionStart, selectionEnd }) => selectionEnd - selectionStart);
    assert.equal(chosen, 9, "the next one replaces it");

    await page.keyboard.type("Käse & Öl");
    await page.keyboard.press("Enter");
    await dialog.locator(".plan li.own", { hasText: "gateway" }).waitFor();
    await dialog.locator(".plan li.issuers", { hasText: "Plant CA" }).waitFor();
    assert.equal(await refused.count(), 0);
    assert.ok(await passphrase.isHidden());
    problems.push(...(await inspect(page, "import-opened")));
    await yes.click();
    await toasted(page, "Imported.");
    await seen(page, "gateway", "own");
    await seen(page, "Plant CA", "issuers");
    await closeToasts(page);

    // It is not kept: the next file is asked for anew.
    const next = await openImport(page, file, { button: "Import", choose: "Choose files" });
    await next.getByLabel("Passphrase of the file").waitFor();
    assert.equal(await next.getByLabel("Passphrase of the file").inputValue(), "");
    assert.deepEqual(problems, []);
    assert.deepEqual(page.complaints, []);
    await server.stop();
});

test("a protected key is asked for whatever its file is called, in German too", async () => {
    const ca = new Ca("Plant CA");
    const { key } = ca.issue("gateway", "urn:plant:gateway");
    const file = path.join(folder("key"), "gateway.pem");
    openssl("pkcs8", "-topk8", "-in", key, "-out", file, "-passout", "pass:secret");
    const server = await serve([pki({})]);
    const page = await openPage(await openBrowser({ locale: "de-DE" }), server.url);
    const dialog = await openImport(page, file, { button: "Importieren", choose: "Dateien wählen" });
    const passphrase = dialog.getByLabel("Passwort der Datei");
    await passphrase.waitFor();
    await dialog.getByText("Die Datei ist mit einem Passwort geschützt.").waitFor();
    await passphrase.fill("wrong");
    await page.keyboard.press("Enter");
    await dialog.getByText("Das Passwort öffnet die Datei nicht.").waitFor();
    await passphrase.fill("secret");
    await page.keyboard.press("Enter");
    await dialog.locator(".plan li", { hasText: "private key" }).waitFor();
    assert.ok(await passphrase.isHidden());
    assert.deepEqual(page.complaints, []);
    await server.stop();
});
