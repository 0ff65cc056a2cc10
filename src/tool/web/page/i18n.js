// The page's language, and how it writes dates. Words are in messages.js.
import { languages, messages } from "./messages.js";

const kept = "uatrust-language";
const locales = { en: "en-GB", de: "de-DE" }; // en-GB: 3 Jan 2027 is the same day everywhere
let current = choose();

function choose() {
    let wished = navigator.languages || [];
    try {
        const chosen = localStorage.getItem(kept);
        if (chosen) wished = [chosen, ...wished];
    } catch {
        /* a browser that keeps nothing still has a language */
    }
    return wished.map((each) => each.slice(0, 2).toLowerCase()).find((each) => languages.includes(each)) || "en";
}

export const language = () => current;

export function setLanguage(to) {
    current = to;
    document.documentElement.lang = to;
    try {
        localStorage.setItem(kept, to);
    } catch {
        /* for this visit then */
    }
}

// t("selected", { n: 3 }): the text of that key. "one|many" chooses by n.
export function t(key, values = {}) {
    const row = messages[key];
    if (!row) throw new Error(`no message ${key}`);
    const forms = row[languages.indexOf(current)].split("|");
    const text = forms[forms.length > 1 && values.n !== 1 ? 1 : 0];
    return text.replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === "number" ? number(values[name]) : (values[name] ?? "")));
}

export const has = (key) => key in messages;

const day = { day: "numeric", month: "short", year: "numeric" };
const minute = { ...day, hour: "2-digit", minute: "2-digit" };

// Formatters are costly to make, and a grid wants thousands of dates.
const formatters = new Map();
function formatter(name, make) {
    const key = `${current} ${name}`;
    if (!formatters.has(key)) formatters.set(key, make(locales[current]));
    return formatters.get(key);
}

export const number = (value) => formatter("number", (at) => new Intl.NumberFormat(at)).format(value);
export const date = (iso) => (iso ? formatter("day", (at) => new Intl.DateTimeFormat(at, day)).format(new Date(iso)) : "");
export const dateTime = (iso) => (iso ? formatter("minute", (at) => new Intl.DateTimeFormat(at, minute)).format(new Date(iso)) : "");

const units = [
    ["year", 365 * 86400],
    ["month", 30 * 86400],
    ["day", 86400],
    ["hour", 3600],
    ["minute", 60],
];

// "in 3 days", "2 minutes ago"
export function relative(iso, now = Date.now()) {
    const seconds = (new Date(iso).getTime() - now) / 1000;
    const words = formatter("relative", (at) => new Intl.RelativeTimeFormat(at, { numeric: "auto" }));
    for (const [unit, length] of units) {
        if (Math.abs(seconds) >= length) return words.format(Math.trunc(seconds / length), unit);
    }
    return words.format(0, "minute");
}

// 605 -> 10:05
export function clock(seconds) {
    const left = Math.max(0, Math.round(seconds));
    return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
}

document.documentElement.lang = current;
