// What the grid shows of all entries, and in which order. Knows nothing of elements.
import { language } from "./i18n.js";

export const states = ["rejected", "trusted", "issuers", "blocked", "own", "crl"];
export const soonDays = 30;
const dayLength = 86400000;

export const stateOf = (entry) => (entry.kind === "crl" ? "crl" : entry.list);
// What the state column says: a certificate that a pairing window has let in is not simply trusted.
export const shownState = (entry) => (entry.provisional ? "provisional" : stateOf(entry));
export const keyOf = (group, entry) => `${group} ${entry.list} ${entry.kind} ${entry.id}`;

// none: it has no end; over, soon: less than 30 days; future: not yet valid; ok
export function validity(entry, now = Date.now()) {
    if (!entry.notAfter) return { level: "none", days: Infinity };
    const days = (Date.parse(entry.notAfter) - now) / dayLength;
    if (days < 0) return { level: "over", days };
    if (entry.notBefore && Date.parse(entry.notBefore) > now) return { level: "future", days };
    return { level: days < soonDays ? "soon" : "ok", days };
}

// Digits of a thumbprint are written with blanks, colons and in either case.
const plain = (text) => text.toLowerCase();
const timeOf = (text) => (text ? Date.parse(text) || 0 : 0);
const digits = (text) => text.replace(/[\s:-]/g, "").toLowerCase();

export function makeRow(group, entry) {
    return {
        key: keyOf(group.id, entry),
        group,
        entry,
        text: plain(
            [entry.name, entry.subject, entry.applicationUri, entry.issuer, entry.source, entry.status, entry.reason]
                .filter(Boolean)
                .join("\n"),
        ),
        lastSeen: timeOf(entry.lastSeen),
        ends: entry.notAfter ? timeOf(entry.notAfter) : Infinity,
        digits: `${(entry.thumbprint || "").toLowerCase()} ${entry.id}`,
    };
}

function matcher(search) {
    const words = plain(search).split(/\s+/).filter(Boolean);
    const fingerprint = digits(search);
    const isFingerprint = /^[0-9a-f]{4,}$/.test(fingerprint);
    return (row) => words.every((word) => row.text.includes(word)) || (isFingerprint && row.digits.includes(fingerprint));
}

const byText = (get) => (a, b) => {
    const [x, y] = [get(a.entry) || "", get(b.entry) || ""];
    if (!x !== !y) return x ? -1 : 1; // what has none comes last
    return collator().compare(x, y);
};

let collating = null;
function collator() {
    if (collating?.language !== language()) {
        collating = { language: language(), compare: new Intl.Collator(language(), { numeric: true }).compare };
    }
    return collating;
}

const lastSeen = (a, b) => a.lastSeen - b.lastSeen;
const order = {
    state: (a, b) => states.indexOf(stateOf(a.entry)) - states.indexOf(stateOf(b.entry)) || lastSeen(b, a),
    name: byText((entry) => entry.name),
    group: (a, b) => collator().compare(a.group.name, b.group.name),
    applicationUri: byText((entry) => entry.applicationUri),
    issuer: byText((entry) => entry.issuer),
    notAfter: (a, b) => (a.ends === b.ends ? 0 : a.ends < b.ends ? -1 : 1),
    lastSeen,
    attempts: (a, b) => (a.entry.attempts || 0) - (b.entry.attempts || 0),
    thumbprint: (a, b) => (a.entry.thumbprint || a.entry.id).localeCompare(b.entry.thumbprint || b.entry.id),
};
// Less than 30 days left, or none.
export const expires = (row, now = Date.now()) => row.ends - now < soonDays * dayLength;
export const columns = ["state", "name", "group", "applicationUri", "issuer", "notAfter", "lastSeen", "attempts", "thumbprint"];
// The way round that people want first.
export const firstDirection = (column) => (["lastSeen", "attempts"].includes(column) ? -1 : 1);

const passes = (row, view, now) => {
    if (view.group && row.group.id !== view.group) return false;
    if (view.expiring && !expires(row, now)) return false;
    return true;
};

// view: { group, state, expiring, search, column, direction }. Gives the rows shown, and how many each state would show.
export function select(all, view, now = Date.now()) {
    const matches = view.search.trim() ? matcher(view.search) : () => true;
    const counts = Object.fromEntries(states.map((state) => [state, 0]));
    const rows = [];
    let total = 0;
    for (const row of all) {
        if (!passes(row, view, now) || !matches(row)) continue;
        const state = stateOf(row.entry);
        counts[state]++;
        total++;
        if (!view.state || view.state === state) rows.push(row);
    }
    const compare = order[view.column];
    const tie = order.name;
    rows.sort((a, b) => view.direction * compare(a, b) || tie(a, b) || (a.key < b.key ? -1 : 1));
    return { rows, counts, total };
}
