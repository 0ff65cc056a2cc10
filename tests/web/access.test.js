// Who may do what: signing in with a password over TLS, and a folder that this user may look at and not change.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const test = require("node:test");
const { Ca, folder, freePort } = require("../interop/harness.js");
const { inspect, openBrowser, openPage, rowOf, seen, serve } = require("./browser.js");
const { pki } = require("./folders.js");

const password = "an honest password";

// Where others of the network reach it; this machine is one of them.
async function servedByName(pkis) {
    const tls = new Ca("Web CA").issue("localhost", "urn:plant:web");
    const file = path.join(folder("password"), "password");
    fs.writeFileSync(file, `${password}\n`, { mode: 0o600 });
    const port = await freePort();
    const more = ["--tls-cert", tls.cert, "--tls-key", tls.key, "--password-file", file];
    const server = await serve(pkis, { at: `0.0.0.0:${port}`, more });
    return { server, url: `https://localhost:${port}/` };
}

for (const [language, words] of Object.entries({
    "en-GB": { label: "Password", button: "Sign in", wrong: "The password is wrong." },
    "de-DE": { label: "Passwort", button: "Anmelden", wrong: "Das Passwort ist falsch." },
})) {
    test(`the password is asked for, a wrong one is said, the right one lets in: ${language}`, async () => {
        const { server, url } = await servedByName([pki({ rejected: ["Alpha"] })]);
        const context = await openBrowser({ ignoreHTTPSErrors: true, locale: language });
        const page = await openPage(context, url, "#signin form");
        const field = page.getByLabel(words.label);
        const problems = await inspect(page, `access-signin-${language}`);
        assert.equal(await page.getAttribute("html", "lang"), language.slice(0, 2));
        assert.ok(await field.evaluate((element) => element === document.activeElement), "one can type at once");
        assert.equal(await field.getAttribute("type"), "password");

        await page.keyboard.type("a guess of somebody");
        await page.keyboard.press("Enter");
        await page.getByRole("alert").getByText(words.wrong).waitFor();
        assert.equal(await page.locator("[role=grid]").count(), 0);
        problems.push(...(await inspect(page, `access-wrong-${language}`)));
        // What is typed next replaces it.
        await page.keyboard.type(password);
        await page.getByRole("button", { name: words.button }).click();
        await page.waitForSelector("#grid");
        await seen(page, "Alpha", "rejected");

        const cookies = await context.cookies();
        assert.ok(cookies.length > 0 && cookies.every((each) => each.secure && each.httpOnly && each.sameSite === "Strict"));
        assert.equal(new URL(page.url()).search, "", "nothing secret stays in the address");
        assert.deepEqual(problems, []);
        assert.deepEqual(page.complaints, []);
        await server.stop();
    });
}

// Root may write everywhere: then the program runs as somebody who may not.
function somebodyElse(program) {
    if (process.getuid() !== 0) return [program];
    const copy = path.join(folder("program"), "uatrust"); // where everybody may run it
    fs.copyFileSync(program, copy);
    fs.chmodSync(copy, 0o755);
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", copy];
}

function forReadingOnly(at) {
    for (const each of fs.readdirSync(at, { withFileTypes: true })) {
        if (each.isDirectory()) forReadingOnly(path.join(at, each.name));
        else fs.chmodSync(path.join(at, each.name), 0o444);
    }
    fs.chmodSync(at, 0o555);
}

test("a folder that may not be written to is shown, and nothing is offered that could not be done", async (t) => {
    const plant = folder("plant");
    const locked = pki({ rejected: ["Alpha"], trusted: ["Bravo"] }, "pkiserver", plant);
    forReadingOnly(locked);
    for (let above = plant; above !== os.tmpdir() && above !== path.dirname(above); above = path.dirname(above)) fs.chmodSync(above, 0o755);
    t.after(() => fs.chmodSync(locked, 0o755)); // so that it can be removed
    const server = await serve([locked], { command: somebodyElse(process.env.UATRUST_TOOL) });
    const page = await openPage(await openBrowser(), server.url);
    const row = await seen(page, "Alpha", "rejected");
    const problems = await inspect(page, "access-read-only");
    await page.locator(".card .tag", { hasText: "read only" }).waitFor();

    await row.click();
    for (const each of await page.locator("[data-action]").all()) {
        if (await each.isVisible()) assert.ok(await each.isDisabled(), await each.textContent());
    }
    await row.click({ button: "right" });
    for (const name of ["Trust", "Block", "Delete", "Keep"]) {
        const item = page.getByRole("menuitem", { name, exact: true });
        assert.equal(await item.getAttribute("aria-disabled"), "true", name);
    }
    await page.keyboard.press("Escape");
    await page.locator("#grid").focus();
    await page.keyboard.press("Delete");
    assert.equal(await page.locator("dialog").count(), 0);

    await row.dblclick();
    const panel = page.locator(".details");
    await panel.locator(".phone").waitFor();
    assert.equal(await panel.locator(".details-actions button").count(), 0);
    assert.equal(await panel.locator(".cures button").count(), 0, "a cure that cannot be carried out has no button");
    assert.ok((await panel.locator(".cures li").count()) > 0, "but is named");
    problems.push(...(await inspect(page, "access-read-only-details")));
    await page.keyboard.press("Escape");

    // Nothing that is opened on this page promises what the folder does not allow.
    for (const name of ["Import", "Pairing"]) {
        await page.locator(".top-buttons").getByRole("button", { name }).click();
        const dialog = page.getByRole("dialog");
        await dialog.getByText("Nothing can be written here.").waitFor();
        problems.push(...(await inspect(page, `access-read-only-${name.toLowerCase()}`)));
        await page.keyboard.press("Escape");
        await dialog.waitFor({ state: "detached" });
    }
    await page.locator(".top-buttons").getByRole("button", { name: "Own certificate" }).click();
    await page.getByRole("dialog").getByText("There is no own certificate").waitFor();
    assert.equal(await page.getByRole("dialog").getByRole("button", { name: /Renew|Install|request/ }).count(), 0);
    await page.keyboard.press("Escape");

    assert.equal(await rowOf(page, "Alpha").count(), 1);
    assert.deepEqual(problems, []);
    assert.deepEqual(page.complaints, []);
    await server.stop();
});
