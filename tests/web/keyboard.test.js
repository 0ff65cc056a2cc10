// Everything without a pointer: the grid, the context menu, the details, the dialogues, and back.
"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const { openBrowser, openPage, patience, seen, serve, toasted } = require("./browser.js");
const { certificate, pki } = require("./folders.js");

const focused = (page) =>
    page.evaluate(() => {
        const at = document.activeElement;
        return at.id || at.getAttribute("role") || at.getAttribute("aria-label") || at.textContent.trim();
    });
const activeName = (page) =>
    page.evaluate(() => {
        const row = document.getElementById(document.getElementById("grid").getAttribute("aria-activedescendant"));
        return row?.querySelector(".first")?.firstChild.textContent;
    });
const selectedNames = (page) =>
    page.evaluate(() => [...document.querySelectorAll(".row[aria-selected=true] .first")].map((each) => each.firstChild.textContent));
const spoken = (page, text) =>
    page.waitForFunction((wanted) => document.getElementById("polite").textContent.includes(wanted), text, { timeout: patience });

async function tabTo(page, wanted) {
    for (let step = 0; step < 60; step++) {
        await page.keyboard.press("Tab");
        if ((await focused(page)) === wanted) return;
    }
    assert.fail(`Tab does not lead to ${wanted}`);
}

test("a keyboard is enough", async (t) => {
    const server = await serve([pki({ rejected: ["Alpha", "Bravo"], trusted: ["Charlie", "Delta", "Echo"] })]);
    const page = await openPage(await openBrowser(), server.url);
    await seen(page, "Echo", "trusted");

    await t.test("the first stop leads past everything to the grid", async () => {
        await page.keyboard.press("Tab");
        assert.equal(await focused(page), "To the certificates");
        await page.keyboard.press("Enter");
        assert.equal(await focused(page), "grid");
    });

    await t.test("arrows, Home, End and Shift move and select", async () => {
        await page.keyboard.press("Home");
        assert.equal(await activeName(page), "Alpha");
        await page.keyboard.press("ArrowDown");
        assert.equal(await activeName(page), "Bravo");
        await page.keyboard.press("End");
        assert.equal(await activeName(page), "Echo");
        await page.keyboard.press("Shift+ArrowUp");
        assert.deepEqual(await selectedNames(page), ["Delta", "Echo"]);
        await spoken(page, "2 selected");
        await page.keyboard.press("Control+a");
        assert.equal((await selectedNames(page)).length, 5);
        await page.keyboard.press("Escape");
        assert.deepEqual(await selectedNames(page), []);
        await page.keyboard.press("Home");
        await page.keyboard.press("Control+ArrowDown");
        await page.keyboard.press("Control+ArrowDown");
        await page.keyboard.press("Space");
        assert.deepEqual(await selectedNames(page), ["Alpha", "Charlie"]);
    });

    await t.test("the context menu opens at the row, and gives the focus back", async () => {
        await page.keyboard.press("Home");
        await page.keyboard.press("Shift+F10");
        assert.equal(await focused(page), "menuitem");
        assert.equal(await page.evaluate(() => document.activeElement.textContent), "Trust");
        await page.keyboard.press("Escape");
        assert.equal(await focused(page), "grid");
        await page.keyboard.press("ContextMenu");
        await page.keyboard.press("w");
        assert.equal(await page.evaluate(() => document.activeElement.textContent), "Why?");
        await page.keyboard.press("Home");
        await page.keyboard.press("Enter");
        await seen(page, "Alpha", "trusted");
        await toasted(page, "Trusted: Alpha");
        assert.equal(await focused(page), "grid");
        assert.equal(await activeName(page), "Alpha", "the entry is followed to its new list");
    });

    await t.test("Control Z takes it back", async () => {
        await page.keyboard.press("Control+z");
        await seen(page, "Alpha", "rejected");
    });

    await t.test("Enter shows the details, Escape leads back to the row", async () => {
        await page.keyboard.press("Home");
        await page.keyboard.press("Enter");
        await page.locator(".details .phone").waitFor();
        assert.equal(await focused(page), "details-title");
        await page.keyboard.press("Escape");
        assert.equal(await focused(page), "grid");
        assert.equal(await page.locator(".details").isVisible(), false);
    });

    await t.test("Delete asks, and the answer that changes nothing has the focus", async () => {
        await page.keyboard.press("Delete");
        await page.getByRole("dialog", { name: "Delete this entry?" }).waitFor();
        assert.equal(await focused(page), "Cancel");
        await page.keyboard.press("Enter");
        await page.getByRole("dialog").waitFor({ state: "detached" });
        assert.equal(await focused(page), "grid");
        assert.equal(await activeName(page), "Alpha");
    });

    await t.test("columns are sorted from their headers", async () => {
        await page.keyboard.press("Tab");
        assert.equal(await focused(page), "State");
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("Enter");
        await page.keyboard.press("Enter");
        await page.locator("[role=columnheader][aria-sort=descending]", { hasText: "Name" }).waitFor();
        await page.keyboard.press("Shift+Tab");
        assert.equal(await focused(page), "grid");
        await page.keyboard.press("Home");
        assert.equal(await activeName(page), "Echo");
    });

    await t.test("a file is imported without dragging", async () => {
        await page.evaluate(() => document.activeElement.blur());
        await tabTo(page, "Import");
        await page.keyboard.press("Enter");
        assert.equal(await focused(page), "Choose files");
        const asked = page.waitForEvent("filechooser");
        await page.keyboard.press("Enter");
        await (
            await asked
        ).setFiles({ name: "foxtrot.der", mimeType: "application/octet-stream", buffer: certificate("/O=Acme/CN=Foxtrot") });
        await page.locator(".plan li", { hasText: "Foxtrot" }).waitFor();
        await page.waitForFunction(() => document.activeElement.textContent === "Import as shown");
        await page.keyboard.press("Enter");
        await seen(page, "Foxtrot", "trusted");
    });

    await t.test("the search leads into the grid", async () => {
        await tabTo(page, "search");
        await page.keyboard.type("foxtrot");
        await page.waitForFunction(() => document.querySelectorAll(".grid-body > .row").length === 1);
        await page.keyboard.press("ArrowDown");
        assert.equal(await focused(page), "grid");
    });

    assert.deepEqual(page.complaints, []);
    assert.equal(await server.stop(), 0, server.output);
});
