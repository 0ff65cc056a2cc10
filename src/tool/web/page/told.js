// What the program says of a certificate, in the language of the page. In English it is the program's own sentences; another language
// has its own for what the program names, and shows the program's where it has none.
import { el, english } from "./dom.js";
import { dateTime, language } from "./i18n.js";
import { reasons } from "./reasons.js";

const own = () => reasons[language()];
const foreign = new Set(["said", "expected", "found"]); // English inside a sentence of another language

function sentence(text, values) {
    const parts = text.split(/\{(\w+)\}/);
    return el(
        "span",
        {},
        parts.map((part, at) => (at % 2 ? (foreign.has(part) ? values[part] && english(values[part]) : (values[part] ?? "")) : part)),
    );
}

// What a sentence on a step names. told: the details of an entry.
function valuesOf({ chain = [], verdict }, step) {
    const judged = verdict.report.chain || [];
    const at = judged[step.position] || {};
    const nameAt = (position) => chain[position]?.name || judged[position]?.subject || "";
    return {
        name: nameAt(step.position),
        above: nameAt(step.position + 1) || at.issuer,
        issuer: at.issuer,
        thumbprint: at.thumbprint,
        from: dateTime(at.notBefore),
        until: dateTime(at.notAfter),
        said: step.message,
        expected: step.expected,
        found: step.found,
    };
}

export const outcomeOf = ({ outcome = "" }) => {
    const known = { Passed: "passed", Failed: "failed", Suppressed: "suppressed" };
    return known[outcome] || "skipped";
};
// Steps come in the order that decides (OPC 10000-4, 6.1.3).
const decisive = (report) => (report?.steps || []).find((step) => outcomeOf(step) === "failed");

const ofCause = (told, step, which) => {
    const texts = step && own()?.causes[step.cause];
    return texts && sentence(texts[which], valuesOf(told, step));
};

export const stepName = ({ name }) => own()?.steps[name] || english(name);
export const stepReason = (told, step) => ofCause(told, step, 0) || english(step.message || step.name);

export function reason(told) {
    const { report = {} } = told.verdict;
    return ofCause(told, decisive(report), 0) || (report.reason && english(report.reason));
}

export function remedy(told) {
    const { report = {} } = told.verdict;
    return ofCause(told, decisive(report), 1) || (report.remedy && english(report.remedy));
}

export function cureText(told, { action, text }) {
    const { accepted, report = {} } = told.verdict;
    if (action === "none" && !accepted) return remedy(told) || english(text);
    const words = own()?.cures[action];
    return words ? sentence(words, { issuer: report.chain?.at(-1)?.issuer }) : english(text);
}

// An error in the language of the page, as far as its status says what has happened; the program's words are the detail then. What the
// page itself has found is in its language already.
export function errorWords({ http = 0, status = "", message = "", remedy: whatToDo = "" }) {
    const words = http > 0 && (own()?.errors[status] || own()?.errors[""]);
    if (!words) return { text: message, detail: whatToDo, foreign: http > 0, foreignDetail: http > 0 };
    return { text: words, detail: [message, whatToDo].filter(Boolean).join(" "), foreign: false, foreignDetail: true };
}
