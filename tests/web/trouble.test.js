// What goes wrong while the page is open: two operators at one entry, a pairing window of somebody else, a program that is killed, a
// folder that goes away, and certificates made to harm.
"use strict";

const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const test = require("node:test");
const { chooseInMenu, inspect, openBrowser, openPage, rowOf, seen, serve, toasted } = require("./browser.js");
const { certificate, pki, place } = require("./folders.js");

// A second browser with the session of the first: the address works once.
async function secondBrowser(first) {
    const context = await openBrowser();
    await context.addCookies(await first.cookies());
    return context;
}

test("two browsers change the same entry", async () => {
    const server = await serve([pki({ rejected: ["Alpha"], trusted: ["Bravo"] })]);
    const first = await openBrowser();
    const one = await openPage(first, server.url);
    await seen(one, "Alpha", "rejected");
    const second = await secondBrowser(first);
    // What the first one does reaches the second too late.
    await second.route("**/api/events", (route) => route.abort());
    const other = await openPage(second, server.url.split("?")[0]);
    await seen(other, "Alpha", "rejected");
    await second.route("**/api/groups", (route) => route.abort());
    await second.route("**/api/groups/*/entries", (route) => route.abort());

    await (await seen(one, "Alpha", "rejected")).click({ button: "right" });
    await chooseInMenu(one, "Delete");
    await one.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await rowOf(one, "Alpha").waitFor({ state: "detached" });

    await rowOf(other, "Alpha").click({ button: "right" });
    await second.unroute("**/api/groups/*/entries");
    await chooseInMenu(other, "Block");
    await other.getByRole("dialog").getByRole("button", { name: "Block" }).click();
    await other.locator(".toast.bad").waitFor();
    assert.ok((await other.locator(".toast.bad .toast-words").textContent()).length > 20, "it says what happened");
    await rowOf(other, "Alpha").waitFor({ state: "detached" });
    assert.equal(await rowOf(other, "Bravo").count(), 1);
    assert.deepEqual([...one.complaints, ...other.complaints], []);
    await server.stop();
});

test("a change in one browser is seen in the other without reload", async () => {
    const server = await serve([pki({ rejected: ["Alpha"] })]);
    const first = await openBrowser();
    const one = await openPage(first, server.url);
    const other = await openPage(await secondBrowser(first), server.url.split("?")[0]);
    await seen(other, "Alpha", "rejected");
    await (await seen(one, "Alpha", "rejected")).click();
    await one.locator("[data-action=trust]").click();
    await seen(other, "Alpha", "trusted");

    // Undo is for one's own last change, not for what somebody else has done since.
    await (await seen(other, "Alpha", "trusted")).click();
    await other.locator("[data-action=reject]").click();
    await seen(one, "Alpha", "rejected");
    await one.locator("#grid").focus();
    await one.keyboard.press("Control+z");
    await toasted(one, "Something else was changed since");
    await other.locator("#grid").focus();
    await other.keyboard.press("Control+z");
    await seen(one, "Alpha", "trusted");
    await server.stop();
});

test("a pairing window that another process has open is shown, and decided in there", async (t) => {
    const at = pki({ trusted: ["Alpha"] });
    const server = await serve([at]);
    const page = await openPage(await openBrowser(), server.url);
    await seen(page, "Alpha", "trusted");
    const arguments_ = ["pair", "--pki", at, "--who", "Ada", "--for", "10m"];
    const pair = spawn(process.env.UATRUST_TOOL, arguments_, { stdio: ["pipe", "ignore", "ignore"] });
    t.after(() => pair.kill("SIGKILL"));
    const notice = page.locator(".pairing-notice", { hasText: `Opened by Ada in another program (process ${pair.pid})` });
    await notice.waitFor();
    await notice.getByRole("button", { name: "Look" }).click();
    const dialog = page.getByRole("dialog", { name: "Pairing window" });
    await dialog.getByText("Devices are confirmed and dropped there.").waitFor();
    assert.match(await dialog.getByRole("timer").textContent(), /^(10:00|9:\d\d)$/);
    assert.equal(await dialog.getByRole("button", { name: /Close the window|Confirm|Drop|Open the window/ }).count(), 0);
    assert.deepEqual(await inspect(page, "trouble-pairing"), []);
    pair.stdin.write("close\n");
    await dialog.getByRole("button", { name: "Open the window" }).waitFor();
    await page.keyboard.press("Escape");
    await notice.waitFor({ state: "detached" });
    assert.deepEqual(page.complaints, []);
    await server.stop();
});

test("the program is killed and started again: the page says so and goes on by itself", async () => {
    const at = pki({ rejected: ["Alpha"] });
    const server = await serve([at]);
    const context = await openBrowser();
    const page = await openPage(context, server.url);
    await seen(page, "Alpha", "rejected");
    await page.locator(".connection[data-state=live]").waitFor();
    server.process.kill("SIGKILL");
    await page.locator(".away", { hasText: "does not answer" }).waitFor();
    await rowOf(page, "Alpha").click();
    await page.locator("[data-action=trust]").click();
    await page.locator(".toast.bad", { hasText: "does not answer" }).waitFor();

    const again = await serve([at], { at: server.listen });
    await page.locator(".away", { hasText: "session has ended" }).waitFor();
    place(at, "rejected", "Bravo.der", certificate("/O=Acme/CN=Bravo"));
    await openPage(context, again.url); // the new address, in another tab
    await page.locator(".away").waitFor({ state: "hidden" });
    await seen(page, "Bravo", "rejected");
    await rowOf(page, "Alpha").click();
    await page.locator("[data-action=trust]").click();
    await seen(page, "Alpha", "trusted");
    place(at, "rejected", "Charlie.der", certificate("/O=Acme/CN=Charlie"));
    await seen(page, "Charlie", "rejected");
    assert.deepEqual(page.complaints, []);
    await again.stop();
});

test("a folder goes away while it is shown, and comes back", async () => {
    const at = pki({ rejected: ["Alpha"], trusted: ["Bravo"] });
    const server = await serve([at]);
    const page = await openPage(await openBrowser(), server.url);
    await seen(page, "Bravo", "trusted");
    fs.renameSync(at, `${at}.away`);
    await page.locator(".notices .problem").first().waitFor();
    fs.renameSync(`${at}.away`, at);
    await page.locator(".notices .problem").first().waitFor({ state: "detached" });
    await seen(page, "Bravo", "trusted");
    await seen(page, "Alpha", "rejected");
    assert.deepEqual(page.complaints, []);
    await server.stop();
});

test("names that want to be more than names are shown as they are", async () => {
    const at = pki({});
    const names = [
        "<img src=x onerror=alert(1)>",
        "<script>document.title='owned'<\\/script>",
        '" autofocus onfocus=alert(1) x="',
        "${7*7}{{7*7}}",
    ];
    names.forEach((name, index) => place(at, "rejected", `${index}.der`, certificate(`/CN=${name}`)));
    const server = await serve([at]);
    const page = await openPage(await openBrowser(), server.url);
    page.on("dialog", (dialog) => {
        page.complaints.push(dialog.message());
        dialog.dismiss();
    });
    const title = await page.title();
    await page.waitForFunction((count) => document.querySelectorAll(".grid-body > .row").length === count, names.length);
    for (let index = 0; index < names.length; index++) {
        await page.locator(".grid-body > .row").nth(index).dblclick();
        await page.locator(".details .phone").waitFor();
    }
    const shown = await page.locator(".grid-body .first").allTextContents();
    assert.ok(shown.includes("<img src=x onerror=alert(1)>"), shown.join());
    assert.ok(
        shown.some((each) => each.includes("${7*7}{{7*7}}")),
        shown.join(),
    );
    assert.equal(await page.locator(".grid-body img, .details img, #app script, [onerror], [onfocus]").count(), 0);
    assert.equal(await page.title(), title);
    assert.deepEqual(page.complaints, []);
    await server.stop();
});

test("the page loads nothing from elsewhere, and refuses what its policy forbids", async () => {
    const server = await serve([pki({ trusted: ["Alpha"] })]);
    const context = await openBrowser();
    const hosts = new Set();
    context.on("request", (request) => hosts.add(new URL(request.url()).host));
    const page = await openPage(context, server.url);
    await seen(page, "Alpha", "trusted");
    assert.deepEqual([...hosts], [server.listen]);
    const ran = await page.evaluate(async () => {
        const script = document.createElement("script");
        script.textContent = "globalThis.ran = true";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", '<p id="styled" style="color: rgb(1, 2, 3)">x</p>');
        return { script: globalThis.ran === true, style: getComputedStyle(document.getElementById("styled")).color === "rgb(1, 2, 3)" };
    });
    assert.deepEqual(ran, { script: false, style: false });
    await server.stop();
});

test("a browser that the program does not know is told what to do, and goes on when it is let in", async () => {
    const server = await serve([pki({ trusted: ["Alpha"] })]);
    const context = await openBrowser();
    const page = await context.newPage();
    await page.goto(server.url.split("?")[0]);
    await page.locator("#signin", { hasText: "Open the address that the program printed" }).waitFor();
    await openPage(context, server.url);
    await seen(page, "Alpha", "trusted");
    await server.stop();
});
