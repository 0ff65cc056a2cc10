// A German operator: why somebody is refused and what to do, in German. What the program says in English stays within reach, and is
// marked as English.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const test = require("node:test");
const { Ca, openssl } = require("../interop/harness.js");
const { chooseInMenu, inspect, openBrowser, openPage, rowOf, seen, serve } = require("./browser.js");
const { pki, place } = require("./folders.js");

const sources = path.join(__dirname, "..", "..", "src", "tool", "web");
const read = (file) => fs.readFileSync(path.join(sources, file), "utf8");
const load = (file) => import(`data:text/javascript,${encodeURIComponent(read(path.join("page", file)))}`);

test("each language has words for whatever the program names, and they name nothing that is not there", async () => {
    const { languages } = await load("messages.js");
    const { reasons } = await load("reasons.js");
    const known = ["name", "above", "issuer", "thumbprint", "from", "until", "said", "expected", "found"];
    // That no cause of the program is without words is seen to in the unit tests, which know them all.
    const cures = [...read("judging.cpp").matchAll(/\bcure\(\s*"([\w-]+)"/g)].map((each) => each[1]);
    const errors = [...read("answer.cpp").matchAll(/case StatusCode::(\w+)/g)].map((each) => each[1]);
    assert.ok(cures.length > 5 && errors.length > 10);
    assert.deepEqual(Object.keys(reasons), languages.slice(1));
    for (const [language, { steps, causes, cures: ofCures, errors: ofErrors }] of Object.entries(reasons)) {
        for (const each of cures) assert.ok(ofCures[each], `${language}: the cure ${each}`);
        for (const each of errors) assert.ok(ofErrors[each], `${language}: the error ${each}`);
        for (const [cause, texts] of Object.entries(causes)) assert.equal(texts.length, 2, `${language}: ${cause}`);
        for (const text of [steps, causes, ofCures, ofErrors].flatMap((each) => Object.values(each).flat())) {
            assert.ok(text.trim(), language);
            for (const [, name] of text.matchAll(/\{(\w+)\}/g)) assert.ok(known.includes(name), `${language}: ${text}`);
        }
    }
});

// The verdict of an entry: its two sentences, and what of them is English.
async function verdictOf(page, name, list) {
    await (await seen(page, name, list)).dblclick();
    const panel = page.locator(".details", { has: page.locator("h2", { hasText: name }) });
    const [reason, remedy] = [panel.locator(".verdict p").first(), panel.locator(".verdict p.remedy")];
    await remedy.waitFor();
    return {
        panel,
        reason: await reason.textContent(),
        remedy: await remedy.textContent(),
        english: await panel.locator(".verdict [lang=en]").allTextContents(),
    };
}

test("reasons, remedies, cures and steps are German, and true of each case", async () => {
    const ca = new Ca("Plant CA");
    const stranger = new Ca("Other CA");
    const at = pki({ rejected: ["Line 4 client"], blocked: ["Old panel"] });
    const former = new Ca("Former CA");
    former.sign = (request, out, extensions) =>
        openssl(
            ...["ca", "-config", former.conf, "-batch", "-notext", "-extensions", extensions, "-in", request, "-out", out],
            ...["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"],
        );
    place(at, "trusted", "former.pem", fs.readFileSync(former.cert));
    place(at, "rejected", "over.pem", fs.readFileSync(former.issue("Batch server", "urn:plant:batch").cert));
    place(at, "issuers", "ca.pem", fs.readFileSync(ca.cert));
    place(at, "rejected", "panel.pem", fs.readFileSync(ca.issue("Line 4 panel", "urn:plant:panel").cert));
    place(at, "trusted", "panel5.pem", fs.readFileSync(ca.issue("Line 5 panel", "urn:plant:panel5").cert));
    place(at, "trusted", "foreign.pem", fs.readFileSync(stranger.issue("Foreign panel", "urn:other:panel").cert));
    const server = await serve([at]);
    const page = await openPage(await openBrowser({ locale: "de-DE" }), server.url);
    const problems = [];

    const told = await verdictOf(page, "Line 4 client", "rejected");
    assert.equal(told.reason, "Line 4 client ist nicht in der Liste der Vertrauten.");
    assert.equal(told.remedy, "Wenn Sie diese Gegenstelle kennen, vertrauen Sie ihr.");
    assert.deepEqual(told.english, []);
    assert.match(await told.panel.locator(".cures li").first().textContent(), /^Diesem Zertifikat vertrauen, nachdem sein Fingerabdruck/);
    assert.equal(await told.panel.locator(".cures [lang=en]").count(), 0);
    const chain = told.panel.locator(".chain");
    assert.equal(await chain.locator(".failure").textContent(), told.reason);
    await chain.locator("summary").click();
    assert.match(await chain.locator(".steps").textContent(), /Aufbau des Zertifikats bestanden.*Vertrauensliste nicht bestanden/);
    const whole = told.panel.locator(".why pre");
    assert.equal(await whole.getAttribute("lang"), "en");
    assert.match(await whole.textContent(), /is not in the trusted list/);
    problems.push(...(await inspect(page, "german-why")));

    const over = await verdictOf(page, "Batch server", "rejected");
    assert.match(over.reason, /^Batch server ist seit .*2021.* abgelaufen\.$/);
    assert.match(over.remedy, /erneuern/);
    const issued = await verdictOf(page, "Line 4 panel", "rejected");
    assert.equal(issued.reason, "Weder Line 4 panel noch eine CA seiner Kette ist in der Liste der Vertrauten.");
    assert.match(issued.remedy, /oder der CA Plant CA, um allem zu vertrauen/);
    assert.match(await issued.panel.locator(".cures").textContent(), /Die Sperrliste der CA importieren: Hier ist keine\. Plant CA/);
    const unknown = await verdictOf(page, "Line 5 panel", "trusted");
    assert.match(unknown.reason, /^Ob Line 5 panel widerrufen wurde, ist nicht bekannt: Eine Sperrliste der CA Plant CA ist hier nicht/);
    assert.deepEqual(unknown.english, []);
    const foreign = await verdictOf(page, "Foreign panel", "trusted");
    assert.match(foreign.reason, /^Der Aussteller von Foreign panel fehlt: Die CA .*Other CA.* ist hier nicht bekannt\.$/);
    assert.match(await foreign.panel.locator(".cures").textContent(), /Das Zertifikat der CA .*Other CA.* importieren/);
    const blocked = await verdictOf(page, "Old panel", "blocked");
    assert.equal(blocked.reason, "Old panel wurde von einem Bediener blockiert.");
    assert.match(await blocked.panel.locator(".cures").textContent(), /Freigeben: Es kommt zurück/);

    assert.deepEqual(problems, []);
    assert.deepEqual(page.complaints, []);
    await server.stop();
});

test("an error says in German what has happened, and the program's words follow", async () => {
    const at = pki({ rejected: ["Alpha"] });
    const server = await serve([at]);
    const context = await openBrowser({ locale: "de-DE" });
    const page = await openPage(context, server.url);
    const row = await seen(page, "Alpha", "rejected");
    // What has happened meanwhile does not reach this page.
    await context.route("**/api/groups/*/actions", async (route) => {
        fs.rmSync(path.join(at, "rejected", "Alpha.der"), { force: true });
        await route.continue();
    });
    await row.click({ button: "right" });
    await chooseInMenu(page, "Vertrauen");
    const toast = page.locator(".toast.bad");
    await toast.waitFor();
    assert.equal(await toast.locator(".toast-words > span").first().textContent(), "Das ist nicht da, oder nicht mehr.");
    assert.equal(await toast.locator(".toast-words > span").first().getAttribute("lang"), null);
    assert.equal(await toast.locator(".toast-detail").getAttribute("lang"), "en");
    assert.ok((await toast.locator(".toast-detail").textContent()).length > 20);
    await rowOf(page, "Alpha").waitFor({ state: "detached" });
    await server.stop();
});
