// 10 000 certificates: only a window of them are elements, and all of them can be reached.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const test = require("node:test");
const { inspect, openBrowser, openPage, serve } = require("./browser.js");
const { certificate, pki } = require("./folders.js");

const many = 10000;
const nameOf = (index) => `Device ${String(index).padStart(5, "0")}`;

// Copies of one certificate with another name: nobody asks for their signatures before they are judged.
function fill(at) {
    const model = certificate(`/O=Acme/CN=${nameOf(0)}`);
    const places = [];
    for (let from = model.indexOf(nameOf(0)); from >= 0; from = model.indexOf(nameOf(0), from + 1)) places.push(from);
    for (let index = 0; index < many; index++) {
        const copy = Buffer.from(model);
        for (const from of places) copy.write(nameOf(index), from, "latin1");
        fs.writeFileSync(path.join(at, "trusted", "certs", `${index}.der`), copy);
    }
}

test(`${many} certificates`, async (t) => {
    const at = pki({ rejected: ["Newcomer"] });
    fill(at);
    const server = await serve([at]);
    const page = await openPage(await openBrowser(), server.url);
    const rows = page.locator(".grid-body > .row");
    const named = (name) => rows.filter({ has: page.locator(".first", { hasText: name }) });
    await page.waitForFunction((count) => document.getElementById("grid").getAttribute("aria-rowcount") === String(count), many + 2);
    assert.ok((await rows.count()) < 80, "only those in sight are drawn");
    assert.deepEqual(await inspect(page, "many"), []);

    await t.test("the wheel and the keyboard reach the end, and the beginning again", async () => {
        await page.locator("#grid").evaluate((grid) => {
            grid.scrollTop = grid.scrollHeight;
        });
        await named(nameOf(many - 1)).waitFor();
        assert.ok((await rows.count()) < 80);
        await page.locator("#grid").focus();
        await page.keyboard.press("Home");
        await named("Newcomer").waitFor();
        await page.keyboard.press("End");
        await named(nameOf(many - 1)).waitFor();
        assert.equal(await page.locator(".row.active").getAttribute("aria-rowindex"), String(many + 2));
        await page.keyboard.press("PageUp");
        assert.ok((await rows.count()) < 80);
    });

    await t.test("all can be selected, and one is found among them", async () => {
        await page.keyboard.press("Control+a");
        await page.locator(".selected-count", { hasText: "10,001 selected" }).waitFor();
        await page.keyboard.press("Escape");
        await page.locator("#search").fill(`${nameOf(4711)}`);
        await page.waitForFunction(() => document.querySelectorAll(".grid-body > .row").length < 10);
        await named(nameOf(4711)).click();
        await page.locator("[data-action=reject]").click();
        await page.locator('.row[data-list="rejected"]', { hasText: nameOf(4711) }).waitFor();
    });

    assert.deepEqual(page.complaints, []);
    await server.stop();
});
