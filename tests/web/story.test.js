// The operator's story, in a real browser, with a real gateway and a real client over opc.tcp: who is refused appears by
// itself, is trusted from the context menu and gets in; then everything else that an operator does.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const test = require("node:test");
const { Ca, folder, moveOnly, runClient, startGateway } = require("../interop/harness.js");
const { chooseInMenu, closeToasts, drop, inspect, openBrowser, openPage, rowOf, seen, serve, toasted } = require("./browser.js");

const patience = 60000;
async function until(done) {
    for (const end = Date.now() + patience; !(await done());) {
        assert.ok(Date.now() < end, "it does not come about");
        await new Promise((resolve) => setTimeout(resolve, 500));
    }
}

const temperature = "ns=1;s=Temperature";

test("the operator's story", async (t) => {
    const plant = folder("gateway");
    const pki = path.join(plant, "pkiserver");
    const clientPki = folder("client");
    const gateway = await startGateway(plant);
    const attempt = () => runClient(clientPki, [gateway.url, "read", temperature]);

    const server = await serve([pki]);
    const context = await openBrowser({ permissions: ["clipboard-read", "clipboard-write"] });
    const page = await openPage(context, server.url);
    const problems = [];
    let name = "";

    await t.test("the address works once", async () => {
        const other = await openBrowser();
        const answer = await (await other.newPage()).goto(server.url);
        assert.equal(answer.status(), 403);
        await other.close();
    });

    await t.test("who is refused appears by itself, with the reason in words", async () => {
        assert.equal(await page.locator(".grid-body > .row[data-list=rejected]").count(), 0);
        const done = await attempt();
        assert.equal(done.code, 1, done.output);
        // The client does not know the server either, until somebody at the client's side trusts it.
        moveOnly(path.join(clientPki, "rejected"), path.join(clientPki, "trusted", "certs"));
        const row = page.locator(".grid-body > .row[data-list=rejected]");
        await row.filter({ hasText: "Not trusted" }).waitFor();
        name = (await row.locator(".first").textContent()).trim();
        await toasted(page, `Refused: ${name}`);
        problems.push(...(await inspect(page, "story-1-refused")));
        await closeToasts(page);
        await row.click({ button: "right" });
        problems.push(...(await inspect(page, "story-2-menu")));
        await chooseInMenu(page, "Why?");
        const panel = page.locator(".details");
        await panel.locator(".verdict.bad", { hasText: "is not in the trusted list" }).waitFor();
        assert.match(await panel.locator(".attempts").textContent(), /Refused (once|\d+ times).*At opc\.tcp:\/\/localhost/);
        assert.match(await panel.locator(".phone").textContent(), /^([0-9A-F]{4} ?){16}$/);
        assert.ok(await panel.getByRole("button", { name: "Trust it" }).isVisible(), "the cure is offered");
        problems.push(...(await inspect(page, "story-3-why")));
        await panel.getByRole("button", { name: "Close the details" }).click();
    });

    await t.test("Trust in the context menu lets the client in", async () => {
        await rowOf(page, name, "rejected").click({ button: "right" });
        await chooseInMenu(page, "Trust");
        await seen(page, name, "trusted");
        await toasted(page, `Trusted: ${name}`);
        problems.push(...(await inspect(page, "story-4-trusted")));
        const done = await attempt();
        assert.equal(done.code, 0, done.output);
    });

    await t.test("Undo in the message takes it back, Undo again does it again", async () => {
        await page.locator(".toast", { hasText: "Trusted" }).getByRole("button", { name: "Undo" }).click();
        await seen(page, name, "rejected");
        const refused = await attempt();
        assert.equal(refused.code, 1, refused.output);
        await page.locator(".toast", { hasText: "Taken back" }).getByRole("button", { name: "Do it again" }).click();
        await seen(page, name, "trusted");
        assert.equal((await attempt()).code, 0);
        await closeToasts(page);
    });

    await t.test("Reject keeps the client out again", async () => {
        await rowOf(page, name, "trusted").click({ button: "right" });
        await chooseInMenu(page, "Reject");
        const row = await seen(page, name, "rejected");
        const attempts = async () => Number(await row.locator(".c-attempts").textContent());
        const before = await attempts();
        // A server writes down at once who is new, and some seconds later how often somebody has come again.
        await until(async () => {
            const done = await attempt();
            assert.equal(done.code, 1, done.output);
            return (await attempts()) > before;
        });
        await closeToasts(page);
    });

    await t.test("Block asks first, and Unblock gives it back", async () => {
        await rowOf(page, name, "rejected").click();
        await page.locator("[data-action=block]").click();
        const asked = page.getByRole("dialog", { name: "Block this certificate?" });
        await asked.waitFor();
        problems.push(...(await inspect(page, "story-5-block")));
        await asked.getByRole("button", { name: "Cancel" }).click();
        assert.equal(await rowOf(page, name, "rejected").count(), 1);
        await page.locator("[data-action=block]").click();
        await asked.getByRole("button", { name: "Block" }).click();
        await seen(page, name, "blocked");
        await page.locator("[data-action=unblock]").click();
        await seen(page, name, "rejected");
        await closeToasts(page);
    });

    await t.test("the thumbprint can be copied, the certificate exported", async () => {
        await rowOf(page, name, "rejected").click({ button: "right" });
        await chooseInMenu(page, "Copy thumbprint");
        await toasted(page, "Copied.");
        assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^[0-9A-F]{40}$/i);
        const coming = page.waitForEvent("download");
        await rowOf(page, name, "rejected").click({ button: "right" });
        await chooseInMenu(page, "Export");
        const file = await (await coming).path();
        assert.match(fs.readFileSync(file, "utf8"), /BEGIN CERTIFICATE/);
        await closeToasts(page);
    });

    await t.test("a file that is dropped shows its plan, and is imported when that is agreed to", async () => {
        const ca = new Ca("Plant CA");
        await drop(page, "plant-ca.pem", fs.readFileSync(ca.cert));
        const dialog = page.getByRole("dialog", { name: /Import/ });
        await dialog.locator(".plan li", { hasText: "Plant CA" }).waitFor();
        assert.match(await dialog.locator(".plan").textContent(), /Into issuers/);
        problems.push(...(await inspect(page, "story-6-import")));
        assert.equal(await rowOf(page, "Plant CA").count(), 0, "nothing is changed by looking");
        await dialog.getByRole("button", { name: "Import as shown" }).click();
        await seen(page, "Plant CA", "issuers");
        await closeToasts(page);

        await drop(page, "nonsense.der", Buffer.from("no certificate at all"));
        await page.locator("dialog .problem").waitFor();
        assert.ok(await page.locator("dialog").getByRole("button", { name: "Import as shown" }).isDisabled());
        await page.keyboard.press("Escape");
    });

    await t.test("the own certificate is renewed, and a request is made", async () => {
        const own = () => page.locator(".grid-body > .row[data-list=own]").first().getAttribute("data-id");
        const before = await own();
        await page.getByRole("button", { name: "Own certificate" }).click();
        const dialog = page.getByRole("dialog", { name: "Own certificate" });
        await dialog.getByRole("button", { name: "Renew" }).waitFor();
        problems.push(...(await inspect(page, "story-7-own")));
        const download = page.waitForEvent("download");
        await dialog.getByRole("button", { name: /Make a request/ }).click();
        await page
            .getByRole("dialog", { name: /Make a request/ })
            .getByRole("button", { name: /Make a request/ })
            .click();
        assert.match(fs.readFileSync(await (await download).path(), "utf8"), /BEGIN CERTIFICATE REQUEST/);
        await dialog.getByRole("button", { name: "Renew" }).click();
        await page.getByRole("dialog", { name: "Renew the own certificate?" }).getByRole("button", { name: "Renew" }).click();
        await dialog.locator(".dialog-status", { hasText: "renewed" }).waitFor();
        await dialog.getByRole("button", { name: "Close" }).last().click();
        await page.waitForFunction(
            ([had]) => [...document.querySelectorAll(".row[data-list=own]")].some((row) => row.dataset.id !== had),
            [before],
        );
        await closeToasts(page);
    });

    await t.test("a pairing window lets the client in provisionally, and confirmed for good", async () => {
        await page.getByRole("button", { name: "Pairing" }).click();
        const dialog = page.getByRole("dialog", { name: "Pairing window" });
        await dialog.getByRole("button", { name: "Open the window" }).click();
        await dialog.getByRole("timer").waitFor();
        // Who knocks is let in from then on.
        const arrival = dialog.locator(".arrivals li", { hasText: name });
        await until(async () => {
            await attempt();
            return (await arrival.count()) > 0;
        });
        assert.match(await dialog.getByRole("timer").textContent(), /^\d+:\d\d$/);
        problems.push(...(await inspect(page, "story-8-pairing")));
        await dialog.getByRole("button", { name: "Confirm" }).click();
        await dialog.locator(".arrivals li.confirmed").waitFor();
        await dialog.getByRole("button", { name: "Close the window" }).click();
        await dialog.getByRole("button", { name: "Open the window" }).waitFor();
        await page.keyboard.press("Escape");
        await seen(page, name, "trusted");
        const done = await attempt();
        assert.equal(done.code, 0, done.output);
    });

    await t.test("the history says who has done what", async () => {
        await page.getByRole("button", { name: "History" }).click();
        const dialog = page.getByRole("dialog", { name: "History of changes" });
        await dialog.locator("tbody tr").first().waitFor();
        assert.match(await dialog.textContent(), /operator.*trust/s);
        problems.push(...(await inspect(page, "story-9-history")));
        await page.keyboard.press("Escape");
    });

    assert.deepEqual(problems, [], "axe found something serious");
    assert.deepEqual(page.complaints, []);
    assert.equal(await server.stop(), 0, server.output);
    assert.equal(await gateway.stop(), 0);
});
