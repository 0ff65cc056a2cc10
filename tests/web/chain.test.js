// A certificate that a CA has issued: the tree of its chain, trusting its CA, and the CRL that is missing.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const test = require("node:test");
const { Ca, folder } = require("../interop/harness.js");
const { chooseInMenu, closeToasts, inspect, openBrowser, openPage, rowOf, seen, serve, toasted } = require("./browser.js");
const { pki, place } = require("./folders.js");

test("a certificate of a CA", async (t) => {
    const ca = new Ca("Plant CA");
    const issued = ca.issue("Line 4 panel", "urn:plant:panel");
    const at = pki({});
    place(at, "rejected", "panel.pem", fs.readFileSync(issued.cert));
    place(at, "issuers", "ca.pem", fs.readFileSync(ca.cert));
    const server = await serve([at]);
    const page = await openPage(await openBrowser(), server.url);
    const panel = page.locator(".details");
    const problems = [];
    await (await seen(page, "Line 4 panel", "rejected")).dblclick();

    await t.test("its chain is a tree, with the verdict of each step", async () => {
        const tree = panel.locator(".chain").first();
        await tree.waitFor();
        assert.equal(await tree.locator("> li > .link button").textContent(), "Plant CA");
        assert.equal(await tree.locator(".chain .link strong").textContent(), "Line 4 panel");
        await tree.locator(".chain summary").click();
        const steps = await tree.locator(".chain .steps li").allTextContents();
        assert.ok(
            steps.some((each) => /Signature.*passed/.test(each)),
            steps.join(),
        );
        assert.ok(
            steps.some((each) => /Trust.*failed/.test(each)),
            steps.join(),
        );
        await tree.scrollIntoViewIfNeeded();
        problems.push(...(await inspect(page, "chain-tree")));
        await tree.locator("> li > .link button").click();
        await panel.locator("h2", { hasText: "Plant CA" }).waitFor();
        await page.keyboard.press("Escape");
    });

    await t.test("its issuer can be trusted, after its fingerprint was shown", async () => {
        await rowOf(page, "Line 4 panel").click({ button: "right" });
        await chooseInMenu(page, "Trust issuer …");
        const asked = page.getByRole("dialog", { name: "Trust the issuer?" });
        await asked.locator(".phone").waitFor();
        assert.match(await asked.textContent(), /Plant CA/);
        problems.push(...(await inspect(page, "chain-trust-issuer")));
        await asked.getByRole("button", { name: "Trust issuer" }).click();
        await seen(page, "Plant CA", "trusted");
        await closeToasts(page);
    });

    await t.test("the missing CRL is what would help; imported, it does", async () => {
        await rowOf(page, "Line 4 panel").click({ button: "right" });
        await chooseInMenu(page, "Why?");
        await panel.locator(".cures").getByRole("button", { name: "Import the CRL" }).click();
        const dialog = page.getByRole("dialog", { name: /Import/ });
        await dialog.locator(".notice", { hasText: "CRL of the CA" }).waitFor();
        await dialog.locator("input[type=file]").setInputFiles(ca.crl(folder("crl")));
        await dialog.locator(".plan li", { hasText: "CRL beside trusted" }).waitFor();
        await dialog.getByRole("button", { name: "Import as shown" }).click();
        await toasted(page, "Imported.");
        await page.locator(".chip", { hasText: "CRLs" }).click();
        const row = page.locator(".grid-body > .row").first();
        await row.locator(".state", { hasText: "CRL" }).waitFor();
        await row.dblclick();
        await panel.locator("dd", { hasText: "Plant CA" }).first().waitFor();
        problems.push(...(await inspect(page, "chain-crl")));
        await page.keyboard.press("Escape");
        await page.locator(".chip", { hasText: "All" }).click();
        await rowOf(page, "Line 4 panel").dblclick();
        await panel.locator(".verdict.good").waitFor();
        problems.push(...(await inspect(page, "chain-good")));
    });

    assert.deepEqual(problems, []);
    assert.deepEqual(page.complaints, []);
    await server.stop();
});
