// How it looks: dark and light, on a phone, in German; for people the pictures, for machines what axe finds. And the words:
// each in every language.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const test = require("node:test");
const { folder, inspect, openBrowser, openPage, seen, serve } = require("./browser.js");
const { certificate, pki, place } = require("./folders.js");

const sources = path.join(__dirname, "..", "..", "src", "tool", "web", "page");

function plant() {
    const at = folder("plant");
    const first = pki(
        { rejected: ["Line 4 client", "Historian west"], trusted: ["HMI 1", "HMI 2", "MES connector"], issuers: ["Plant CA"] },
        "pkiserver",
        at,
    );
    place(first, "trusted", "soon.der", certificate("/O=Acme/CN=Batch server", 12));
    pki({ rejected: ["PLC 7"], trusted: ["PLC 8"] }, "pkiclient", at);
    return [first, path.join(at, "pkiclient")];
}

// Each look goes through the same states.
async function lookAt(page, look) {
    const found = [];
    await seen(page, "Line 4 client", "rejected");
    found.push(...(await inspect(page, `${look}-list`)));
    await page.locator("#grid").focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("Shift+F10");
    await page.getByRole("menu").waitFor();
    found.push(...(await inspect(page, `${look}-menu`)));
    await page.keyboard.press("Escape");
    await page.keyboard.press("Enter");
    await page.locator(".details .phone").waitFor();
    found.push(...(await inspect(page, `${look}-details`)));
    await page.keyboard.press("Escape");
    for (const [index, name] of ["import", "own", "pairing", "history"].entries()) {
        await page.locator(".top-buttons button").nth(index).click();
        await page.locator("dialog[open]").waitFor();
        await page.waitForFunction(() => !document.querySelector("dialog")?.textContent.includes("Loading"));
        found.push(...(await inspect(page, `${look}-${name}`)));
        await page.keyboard.press("Escape");
        await page.locator("dialog").waitFor({ state: "detached" });
    }
    // Nothing may be wider than the window.
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(overflow <= 0, `${look}: ${overflow} pixels too wide`);
    return found;
}

const looks = {
    light: {},
    dark: { colorScheme: "dark" },
    german: { locale: "de-AT" },
    phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
    "phone-dark-german": { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, colorScheme: "dark", locale: "de-DE" },
};
for (const [look, options] of Object.entries(looks)) {
    test(look, async () => {
        const server = await serve(plant());
        const page = await openPage(await openBrowser(options), server.url);
        assert.equal(await page.getAttribute("html", "lang"), options.locale ? "de" : "en");
        assert.deepEqual(await lookAt(page, look), []);
        assert.deepEqual(page.complaints, []);
        await server.stop();
    });
}

test("the language is chosen by the browser, can be switched, and is remembered", async () => {
    const server = await serve(plant());
    const page = await openPage(await openBrowser({ locale: "fr-FR" }), server.url);
    await page.getByRole("button", { name: "History" }).waitFor();
    await page.locator(".language").selectOption("de");
    await page.getByRole("button", { name: "Verlauf" }).waitFor();
    await seen(page, "Line 4 client", "rejected");
    await page.goto(server.url.split("?")[0]);
    await page.getByRole("button", { name: "Verlauf" }).waitFor();
    await server.stop();
});

test("the groups stand side by side, and one can be looked at alone", async () => {
    const server = await serve(plant());
    const page = await openPage(await openBrowser(), server.url);
    await seen(page, "PLC 7", "rejected");
    assert.match(
        await page.locator(".card[data-group]", { hasText: "pkiclient" }).textContent(),
        /servers this machine connects to.*1 rejected/,
    );
    await page.locator(".card", { hasText: "pkiclient" }).click();
    await page.waitForFunction(
        () => ![...document.querySelectorAll(".grid-body .first")].some((each) => each.textContent.includes("HMI 1")),
    );
    await seen(page, "PLC 7", "rejected");
    await page.locator(".chip", { hasText: "Trusted" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".grid-body > .row").length === 1);
    await seen(page, "PLC 8", "trusted");
    await page.locator(".card", { hasText: "All groups" }).click();
    await page.locator(".chip", { hasText: "All" }).click();
    await page.locator(".chip", { hasText: "Expires soon" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".grid-body > .row").length === 1);
    assert.match(await (await seen(page, "Batch server", "trusted")).textContent(), /1[12] days left/);
    await server.stop();
});

test("each text is there in every language, and each is used", async () => {
    const { languages, messages } = await import(
        `data:text/javascript,${encodeURIComponent(fs.readFileSync(path.join(sources, "messages.js"), "utf8"))}`
    );
    const code = fs
        .readdirSync(sources)
        .filter((each) => each.endsWith(".js") && each !== "messages.js")
        .map((each) => fs.readFileSync(path.join(sources, each), "utf8"))
        .join("\n");
    const placeholders = (text) =>
        [...text.matchAll(/\{(\w+)\}/g)]
            .map((each) => each[1])
            .filter((each) => each !== "n")
            .sort()
            .filter((each, at, all) => each !== all[at - 1]);
    // `field.${name}` stands for all keys of that form.
    const forms = [...code.matchAll(/`([^`\n]*\$\{[^`\n]*)`/g)]
        .map((each) => each[1].split(/\$\{(?:[^{}]|\{[^}]*\})*\}/))
        .filter((pieces) => pieces.join("").replace(/\./g, "").length > 1)
        .map((pieces) => new RegExp(`^${pieces.map((each) => each.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("[\\w-]+")}$`));
    for (const [key, texts] of Object.entries(messages)) {
        assert.equal(texts.length, languages.length, key);
        assert.ok(
            texts.every((each) => each.trim()),
            key,
        );
        for (const text of texts) assert.deepEqual(placeholders(text), placeholders(texts[0]), key);
        assert.ok(code.includes(`"${key}"`) || forms.some((each) => each.test(key)), `${key} is used nowhere`);
    }
    for (const [, key] of code.matchAll(/\bt\("([^"]+)"/g)) assert.ok(key in messages, `${key} has no text`);
});

test("every module is fetched ahead, and none is longer than an evening's reading allows", () => {
    const index = fs.readFileSync(path.join(sources, "index.html"), "utf8");
    const ahead = [...index.matchAll(/modulepreload" href="\/assets\/(\S+)"/g)].map((each) => each[1]).sort();
    const needed = new Set();
    const walk = (file) => {
        for (const [, next] of fs.readFileSync(path.join(sources, file), "utf8").matchAll(/from "\.\/(\w+\.js)"/g)) {
            if (!needed.has(next)) {
                needed.add(next);
                walk(next);
            }
        }
    };
    walk("app.js");
    assert.deepEqual(ahead, [...needed].sort());
    for (const each of fs.readdirSync(sources)) assert.ok(fs.readFileSync(path.join(sources, each), "utf8").split("\n").length < 400, each);
});
