// Dialogues. <dialog> keeps the focus inside, closes on Escape and gives the focus back.
import { add, button, el, english, icon } from "./dom.js";
import { t } from "./i18n.js";
import { errorWords } from "./told.js";

let dialogs = 0;
// kind: "wide" or "narrow".
export function openDialog({ title, kind = "", onClosed = () => {} }) {
    const id = `dialog-${++dialogs}`; // one may ask inside another
    const heading = el("h2", { id, tabindex: "-1" }, title);
    const body = el("div", { class: "dialog-body" });
    const status = el("div", { class: "dialog-status", role: "status" });
    const buttons = el("div", { class: "dialog-buttons" });
    const dialog = el(
        "dialog",
        { class: kind, "aria-labelledby": id },
        el(
            "div",
            { class: "dialog-head" },
            heading,
            button(t("close"), () => dialog.close(), { symbol: "close", kind: "quiet symbol", "aria-label": t("close") }),
        ),
        body,
        status,
        buttons,
    );
    const back = document.activeElement;
    dialog.addEventListener("close", () => {
        dialog.remove();
        const place = back?.isConnected && back !== document.body ? back : document.querySelector("[role=grid]");
        place?.focus();
        onClosed();
    });
    document.body.append(dialog);
    dialog.showModal();
    heading.focus();
    return {
        dialog,
        body,
        buttons,
        close: () => dialog.close(),
        open: () => dialog.open,
        say: (...content) => status.replaceChildren(...content),
        fail: (error) => status.replaceChildren(problem(error)),
        busy: (on) =>
            buttons.querySelectorAll("button").forEach((each) => {
                each.disabled = on;
            }),
    };
}

export function problem(error) {
    const words = errorWords(error);
    return el(
        "div",
        { class: "problem" },
        icon("warning"),
        el(
            "div",
            {},
            words.foreign ? english(words.text) : el("span", {}, words.text),
            words.detail && el("div", { class: "remedy" }, words.foreignDetail ? english(words.detail) : words.detail),
        ),
    );
}

// For what needs a folder that can be changed.
export function nothingWritable(title) {
    const asked = openDialog({ title, kind: "narrow" });
    asked.body.append(problem({ message: t("readOnly.here"), remedy: t("readOnly.here.remedy") }));
    asked.buttons.append(button(t("close"), () => asked.close()));
}

// Asks before something that is hard to take back: the answer that changes nothing has the focus.
export function confirm({ title, content, yes, kind = "danger" }) {
    return new Promise((resolve) => {
        let answer = false;
        const asked = openDialog({ title, kind: "narrow", onClosed: () => resolve(answer) });
        add(asked.body, content);
        const no = button(t("cancel"), () => asked.close());
        add(
            asked.buttons,
            no,
            button(
                yes,
                () => {
                    answer = true;
                    asked.close();
                },
                { kind },
            ),
        );
        no.focus();
    });
}

// A dialogue about one group, where several are open: which one is asked first in it.
export function groupChoice(groups, chosen, onchange) {
    if (groups.length < 2) return null;
    const choice = el(
        "select",
        { id: "group-choice", onchange: () => onchange(choice.value) },
        groups.map((each) => el("option", { value: each.id, selected: each.id === chosen }, `${each.name} – ${t(`role.${each.role}`)}`)),
    );
    return el("div", { class: "field" }, el("label", { for: "group-choice" }, t("group")), choice);
}

let fields = 0;
export function field(label, input, hint = "") {
    const id = `field-${++fields}`;
    input.id = id;
    if (hint) input.setAttribute("aria-describedby", `${id}-hint`);
    return el(
        "div",
        { class: "field" },
        el("label", { for: id }, label),
        input,
        hint && el("p", { class: "hint", id: `${id}-hint` }, hint),
    );
}

export function choice(label, input, hint = "") {
    const id = `field-${++fields}`;
    input.id = id;
    if (hint) input.setAttribute("aria-describedby", `${id}-hint`);
    return el(
        "div",
        { class: "choice" },
        input,
        el("label", { for: id }, label),
        hint && el("p", { class: "hint", id: `${id}-hint` }, hint),
    );
}
