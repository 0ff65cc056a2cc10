// Driving the page in a real browser: `uatrust serve` on folders, Chromium, and what the tests look at. Nothing here knows
// what is expected of them.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { after } = require("node:test");
const { createRequire } = require("node:module");
const { Server, folder, freePort } = require("../interop/harness.js");

const fromTools = createRequire(path.join(process.env.UATRUST_PLAYWRIGHT, "package.json"));
const { chromium } = fromTools("playwright-core");
const axeSource = fs.readFileSync(fromTools.resolve("axe-core/axe.min.js"), "utf8");
const pictures = process.env.UATRUST_SCREENSHOTS;
fs.mkdirSync(pictures, { recursive: true });

const patience = 60000; // for a busy machine; whoever waits goes on as soon as it is there

let browser = null;
after(() => browser?.close());
async function chrome() {
    browser ||= await chromium.launch({
        executablePath: process.env.UATRUST_CHROMIUM,
        args: [
            "--no-sandbox",
            "--headless",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
            "--disable-component-update",
            "--disable-sync",
        ],
    });
    return browser;
}

// `uatrust serve` on these folders. at: the address of an earlier one, that browsers know. command: how it is started, if not directly.
async function serve(pkis, { at, more = [], command = [process.env.UATRUST_TOOL] } = {}) {
    const listen = at || `127.0.0.1:${await freePort()}`;
    const args = ["serve", "--listen", listen, "--who", "operator", ...pkis.flatMap((each) => ["--pki", each]), ...more];
    const server = new Server(command[0], [...command.slice(1), ...args], (line) => /^https?:\/\//.test(line));
    server.url = (await server.ready).trim();
    server.listen = listen;
    return server;
}

// A browser of its own. What the page's console complains about is kept in page.complaints: a violation of the
// Content-Security-Policy, an exception that nobody caught.
async function openBrowser(options = {}) {
    const context = await (await chrome()).newContext({ viewport: { width: 1440, height: 860 }, locale: "en-GB", ...options });
    context.setDefaultTimeout(patience);
    return context;
}

async function openPage(context, url, first = "#grid") {
    const page = await context.newPage();
    page.complaints = [];
    page.on("pageerror", (error) => page.complaints.push(String(error.stack || error)));
    page.on("console", (message) => {
        const text = message.text();
        if (message.type() === "error" && !text.startsWith("Failed to load resource")) page.complaints.push(text);
    });
    // Who listens only when the key is pressed may be too late for the answer.
    page.on("filechooser", () => {});
    await page.goto(url);
    await page.waitForSelector(first);
    return page;
}

// The row of that name in that state.
const rowOf = (page, name, list) =>
    page
        .locator(`.grid-body > .row${list ? `[data-list="${list}"]` : ""}`)
        .filter({ has: page.locator(".c-name .first", { hasText: name }) });

async function seen(page, name, list) {
    await rowOf(page, name, list).first().waitFor();
    return rowOf(page, name, list).first();
}

async function chooseInMenu(page, label) {
    await page.getByRole("menuitem", { name: label, exact: true }).click();
}

const toasted = (page, text) => page.locator(".toast", { hasText: text }).first().waitFor();

async function closeToasts(page) {
    for (let left = await page.locator(".toast").count(); left > 0; left--) {
        await page
            .locator(".toast")
            .first()
            .getByRole("button", { name: /Close|Schließen/ })
            .click();
    }
}

// A picture for people, and a check for machines: what axe finds serious or critical. Nothing scrolls but grid, panels and
// dialogues.
async function inspect(page, name) {
    await page.screenshot({ path: path.join(pictures, `${name}.png`) });
    await page.evaluate(axeSource);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    // What a value that is not there leaves where text should be.
    const odd = (await page.locator("body").innerText()).match(/.*\b(undefined|null|NaN|false|\[object)\b.*/);
    const moved = await page.evaluate(() => document.scrollingElement.scrollTop + document.scrollingElement.scrollLeft);
    return [
        ...(odd ? [`${name}: it says "${odd[0]}"`] : []),
        ...(moved ? [`${name}: the page has been scrolled by ${moved}`] : []),
        ...violations
            .filter((each) => ["serious", "critical"].includes(each.impact))
            .map((each) => `${name}: ${each.id}: ${each.help}: ${each.nodes.map((node) => node.html).join(" | ")}`),
    ];
}

// What a file manager does when a file is dragged over the page and let go.
async function drop(page, name, content, target = "#grid") {
    const data = await page.evaluateHandle(
        ({ file, octets }) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(octets)], file));
            return transfer;
        },
        { file: name, octets: [...content] },
    );
    for (const event of ["dragenter", "dragover", "drop"]) await page.dispatchEvent(target, event, { dataTransfer: data });
}

module.exports = { chooseInMenu, closeToasts, drop, folder, inspect, openBrowser, openPage, patience, rowOf, seen, serve, toasted };
