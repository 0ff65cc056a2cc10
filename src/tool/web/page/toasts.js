// Short messages at the edge, and what a screen reader is told.
import { button, el, english, icon } from "./dom.js";
import { t } from "./i18n.js";
import { errorWords } from "./told.js";

const undoable = 30000; // long enough to read, think and get there by keyboard
const plain = 8000;

// A screen reader speaks what changes in a live region. The same words twice are a change only when they were away between.
export function announce(text, urgent = false) {
    const region = document.getElementById(urgent ? "urgent" : "polite");
    region.textContent = "";
    setTimeout(() => {
        region.textContent = text;
    }, 50);
}

let shelf = null;
export function toastShelf() {
    shelf = el("section", { class: "toasts", "aria-label": t("notifications") });
    return shelf;
}

// { text, detail, symbol, kind: "good" | "bad" | "news", action: { label, run } }
// One with an action waits while a pointer or the focus is on it; an error stays until it is closed.
export function toast({ text, detail = "", symbol = "ok", kind = "good", action = null, foreign = false, foreignDetail = true }) {
    const close = () => {
        clearTimeout(timer);
        const focused = made.contains(document.activeElement);
        made.remove();
        if (focused) (shelf.querySelector("button") || document.querySelector("[role=grid]"))?.focus();
    };
    const words = el(
        "div",
        { class: "toast-words" },
        foreign ? english(text) : el("span", {}, text),
        detail && el("span", { lang: foreignDetail && "en", class: "toast-detail" }, detail),
    );
    const made = el(
        "div",
        { class: `toast ${kind}` },
        icon(symbol),
        words,
        action &&
            button(
                action.label,
                () => {
                    close();
                    action.run();
                },
                { kind: "link" },
            ),
        button(t("close"), close, { symbol: "close", kind: "quiet symbol", "aria-label": t("close") }),
    );
    let timer = 0;
    const wait = () => {
        if (kind !== "bad") timer = setTimeout(close, action ? undoable : plain);
    };
    for (const event of ["pointerenter", "focusin"]) made.addEventListener(event, () => clearTimeout(timer));
    for (const event of ["pointerleave", "focusout"])
        made.addEventListener(event, () => {
            clearTimeout(timer);
            wait();
        });
    made.addEventListener("keydown", (event) => {
        if (event.key === "Escape") close();
    });
    while (shelf.children.length > 3) shelf.firstElementChild.remove();
    shelf.append(made);
    wait();
    announce([text, detail, action && t("toast.undo.hint")].filter(Boolean).join(" "), kind === "bad");
    return close;
}

export function failure(error) {
    // No error of the program: one of this page.
    if (!("http" in error)) console.error(error);
    toast({ ...errorWords(error), symbol: "warning", kind: "bad" });
}
