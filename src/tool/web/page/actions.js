// What can be done with entries, and doing it.
import * as api from "./api.js";
import { download, el, english, fileName } from "./dom.js";
import { t } from "./i18n.js";
import { confirm } from "./dialog.js";
import { failure, toast } from "./toasts.js";
import { load } from "./state.js";
import { offerUndo } from "./undo.js";
import { phoneGroups } from "./phone.js";
import { errorWords } from "./told.js";

const mostAtOnce = 1000; // the program takes no more in one request

const changeable = (row) => !row.group.readOnly;
const among =
    (...lists) =>
    (row) =>
        changeable(row) && row.entry.kind === "certificate" && lists.includes(row.entry.list);
const rejected = among("rejected");
const issued = among("rejected", "trusted");

// danger: asked before. single: for one entry only.
export const actions = {
    trust: { symbol: "trusted", applies: among("rejected", "issuers") },
    "trust-issuer": { symbol: "issuers", applies: (row) => issued(row) && !row.entry.selfSigned, single: true },
    reject: { symbol: "rejected", applies: among("trusted", "issuers") },
    block: { symbol: "blocked", applies: among("rejected", "trusted", "issuers"), danger: true },
    unblock: { symbol: "undo", applies: among("blocked") },
    delete: { symbol: "trash", applies: (row) => changeable(row) && row.entry.list !== "own", danger: true, hint: "Del" },
    pin: { symbol: "pin", applies: (row) => rejected(row) && !row.entry.pinned },
    unpin: { symbol: "pin", applies: (row) => rejected(row) && row.entry.pinned },
};

// The rows that an action is for; none when it does not apply.
export function targets(action, rows) {
    const { applies, single } = actions[action];
    const fitting = rows.filter(applies);
    return single && rows.length !== 1 ? [] : fitting;
}

const nameOf = (row) => row.entry.name || row.entry.subject || row.entry.id.slice(0, 8);

// Asks where that is due, then does it. True when something was changed.
export async function carryOut(action, rows) {
    const fitting = targets(action, rows);
    if (!fitting.length) return false;
    try {
        if (action === "trust-issuer") return await trustIssuer(fitting[0]);
        let withIssuers = false;
        if (action === "trust" && fitting.length === 1) {
            const answer = await whatItNeeds(fitting[0]);
            if (answer === null) return false;
            withIssuers = answer;
        }
        if (actions[action].danger && !(await reallyDo(action, fitting))) return false;
        return await perform(action, fitting, withIssuers);
    } catch (error) {
        failure(error);
        return false;
    }
}

function listOfNames(rows) {
    const shown = rows.slice(0, 8);
    return el(
        "ul",
        { class: "names" },
        shown.map((row) =>
            el(
                "li",
                {},
                el("strong", {}, nameOf(row)),
                row.entry.thumbprint && el("code", {}, row.entry.thumbprint.slice(0, 8).toUpperCase()),
            ),
        ),
        rows.length > shown.length && el("li", {}, t("and.more", { n: rows.length - shown.length })),
    );
}

const reallyDo = (action, rows) =>
    confirm({
        title: t(`ask.${action}`, { n: rows.length }),
        yes: t(`action.${action}`),
        content: [listOfNames(rows), el("p", {}, t(`ask.${action}.why`))],
    });

// A certificate of a CA also needs the CAs above it and their CRLs. True: take along what is known; null: do nothing.
async function whatItNeeds(row) {
    if (row.entry.selfSigned) return false;
    const offer = await api.offer(row.group.id, row.entry.id);
    const known = offer.issuers.length + offer.crls.length;
    if (!known && !offer.missing.length) return false;
    const take = el("input", { type: "checkbox", id: "take-along", checked: known > 0 });
    const yes = await confirm({
        title: t("ask.trust", { name: nameOf(row) }),
        yes: t("action.trust"),
        kind: "primary",
        content: [
            known > 0 && el("div", { class: "choice" }, take, el("label", { for: "take-along" }, t("offer.take"))),
            known > 0 &&
                el(
                    "ul",
                    {},
                    offer.issuers.map((each) => el("li", {}, t("offer.issuer", { name: each.name }))),
                    offer.crls.map((each) => el("li", {}, t("offer.crl", { name: each.issuer }))),
                ),
            offer.missing.length > 0 &&
                el(
                    "div",
                    { class: "problem" },
                    el(
                        "div",
                        {},
                        el("p", {}, t("offer.missing")),
                        el(
                            "ul",
                            {},
                            offer.missing.map((each) => el("li", {}, english(each))),
                        ),
                    ),
                ),
        ],
    });
    return yes ? known > 0 && take.checked : null;
}

async function trustIssuer(row) {
    const told = await api.details(row.group.id, row.entry);
    const issuer = told.chain?.[1];
    const yes = await confirm({
        title: t("ask.trust-issuer"),
        yes: t("action.trust-issuer.yes"),
        kind: "primary",
        content: [
            el("p", {}, t("ask.trust-issuer.who", { name: nameOf(row) }), " ", el("strong", {}, issuer?.name || row.entry.issuer)),
            el("p", {}, t("ask.trust-issuer.why")),
            issuer?.id && phoneGroups(issuer.id.toUpperCase().match(/.{4}/g)),
        ],
    });
    return yes ? perform("trust-issuer", [row], false) : false;
}

async function perform(action, rows, withIssuers) {
    const byGroup = Map.groupBy ? Map.groupBy(rows, (row) => row.group.id) : grouped(rows);
    let done = 0;
    for (const [id, ofGroup] of byGroup) {
        for (let at = 0; at < ofGroup.length; at += mostAtOnce) {
            const part = ofGroup.slice(at, at + mostAtOnce);
            const told = await api.act(
                id,
                action,
                part.map((row) => row.entry),
                withIssuers,
            );
            done += report(action, id, part, told);
        }
        await load(id);
    }
    return done > 0;
}

function grouped(rows) {
    const made = new Map();
    for (const row of rows) made.set(row.group.id, [...(made.get(row.group.id) || []), row]);
    return made;
}

// One message for what went well, and one for what did not: nothing is passed over in silence.
function report(action, group, rows, { results, undoable }) {
    const good = results.filter((each) => each.ok);
    const bad = results.filter((each) => !each.ok);
    if (good.length) {
        const text =
            good.length === 1
                ? t(`done.${action}`, { name: nameOf(rows.find((row) => row.entry.id === good[0].id) || rows[0]) })
                : t(`done.${action}.many`, { n: good.length });
        const message = { text, detail: good.length === 1 ? good[0].note : "", symbol: actions[action].symbol };
        if (undoable) offerUndo(group, message);
        else toast(message);
    }
    if (bad.length) {
        const words = errorWords({ http: 200, ...bad[0].error });
        const alone = results.length === 1;
        const text = alone ? words.text : t("failed.some", { n: bad.length, message: words.text });
        toast({ ...words, text, symbol: "warning", kind: "bad", foreign: words.foreign && alone });
    }
    return good.length;
}

// --- what changes nothing

export async function exportRows(rows) {
    try {
        const parts = [];
        for (let at = 0; at < rows.length; at += 8) {
            parts.push(...(await Promise.all(rows.slice(at, at + 8).map((row) => api.pem(row.group.id, row.entry)))));
        }
        const name = rows.length === 1 ? nameOf(rows[0]) : t("export.name", { n: rows.length });
        download(
            fileName(name, rows.every((row) => row.entry.kind === "crl") ? ".crl.pem" : ".pem"),
            "application/x-pem-file",
            parts.join(""),
        );
        toast({ text: t("done.export", { n: rows.length }), symbol: "export", kind: "news" });
    } catch (error) {
        failure(error);
    }
}

export async function copy(text, done) {
    try {
        await navigator.clipboard.writeText(text);
        toast({ text: done, symbol: "copy", kind: "news" });
    } catch {
        toast({ text: t("copy.by.hand"), detail: text, symbol: "copy", kind: "news" });
    }
}

export const copyThumbprints = (rows) =>
    copy(
        rows
            .map((row) => row.entry.thumbprint)
            .filter(Boolean)
            .join("\n"),
        t("done.copy", { n: rows.length }),
    );

// The context menu of the selected rows. open(row, "show" | "why") shows the details.
export function menuItems(rows, open) {
    const counted = (label, n) => (rows.length > 1 ? `${label} (${n})` : label);
    const item = (action) => {
        const fitting = targets(action, rows);
        const { symbol, danger, hint } = actions[action];
        return {
            label: counted(t(`action.${action}`), fitting.length),
            symbol,
            danger,
            hint,
            disabled: !fitting.length,
            run: () => carryOut(action, rows),
        };
    };
    const one = rows.length === 1;
    const certificates = rows.filter((row) => row.entry.thumbprint);
    const blocked = rows.some((row) => row.entry.list === "blocked");
    const pinned = one && rows[0].entry.pinned;
    return [
        item("trust"),
        item("trust-issuer"),
        item("reject"),
        item(blocked ? "unblock" : "block"),
        item("delete"),
        rows.some((row) => row.entry.list === "rejected") && item(pinned ? "unpin" : "pin"),
        null,
        { label: counted(t("action.export"), rows.length), symbol: "export", run: () => exportRows(rows) },
        { label: t("action.copy"), symbol: "copy", disabled: !certificates.length, run: () => copyThumbprints(certificates) },
        null,
        { label: t("action.show"), symbol: "eye", hint: "Enter", disabled: !one, run: () => open(rows[0], "show") },
        { label: t("action.why"), symbol: "question", disabled: !one || rows[0].entry.kind === "crl", run: () => open(rows[0], "why") },
    ].filter((each) => each !== false);
}
