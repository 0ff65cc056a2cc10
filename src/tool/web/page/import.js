// Files from a CA or an administrator: what would go where is shown first, nothing changes before it is agreed to.
import * as api from "./api.js";
import { add, button, el, english, icon } from "./dom.js";
import { t } from "./i18n.js";
import { choice, field, groupChoice, nothingWritable, openDialog, problem } from "./dialog.js";
import { toast } from "./toasts.js";
import { offerUndo } from "./undo.js";
import { currentGroup, load, state } from "./state.js";

const tooBig = 8 * 1024 * 1024;
// Nothing of it can be read without one, or a part.
const needsPassphrase = (each) => each.passphrase || each.error?.status === "BadSecurityChecksFailed";

// files: what was dropped, or none yet. hint: what is looked for.
export function openImport({ files = [], groupId = null, hint = "", onDone = () => {} } = {}) {
    const writable = state.groups.filter((each) => !each.readOnly);
    if (!writable.length || state.groups.find((each) => each.id === groupId)?.readOnly) return nothingWritable(t("import.title"));
    let target = (writable.find((each) => each.id === (groupId || currentGroup()?.id)) || writable[0]).id;
    let chosen = [...files];
    let plans = []; // { file, plan, items, changes, error }
    let turn = 0;
    const asked = openDialog({ title: t("import.title"), kind: "wide" });
    const picker = el("input", {
        type: "file",
        multiple: true,
        class: "unseen",
        tabindex: "-1",
        "aria-hidden": "true",
        onchange: () => {
            chosen = [...picker.files];
            picker.value = "";
            prepare();
        },
    });
    const choose = button(t("import.choose"), () => picker.click(), { symbol: "import" });
    const trustApplications = el("input", { type: "checkbox", checked: true, onchange: prepare });
    const trustCas = el("input", { type: "checkbox", onchange: prepare });
    const passphrase = el("input", { type: "password", autocomplete: "off" });
    const protectedBy = el("p", { class: "notice" });
    const passphraseField = el(
        "div",
        { hidden: true },
        protectedBy,
        el(
            "form",
            {
                class: "inline-form",
                onsubmit: (event) => {
                    event.preventDefault();
                    prepare();
                },
            },
            field(t("import.passphrase"), passphrase, t("import.passphrase.hint")),
            el("button", { type: "submit" }, t("import.try")),
        ),
    );
    const result = el("div", { class: "plans", "aria-live": "polite" });
    const yes = button(t("import.yes"), carryOut, { kind: "primary" });
    add(
        asked.body,
        hint && el("p", { class: "notice" }, hint),
        groupChoice(
            writable,
            target,
            (id) => {
                target = id;
                prepare();
            },
        ),
        el("div", { class: "drop-here" }, el("p", {}, t("import.drop")), choose, picker),
        el(
            "fieldset",
            {},
            el("legend", {}, t("import.where")),
            choice(t("import.trustApplications"), trustApplications),
            choice(t("import.trustCas"), trustCas, t("import.trustCas.hint")),
        ),
        passphraseField,
        result,
    );
    add(
        asked.buttons,
        button(t("cancel"), () => asked.close()),
        yes,
    );
    asked.dialog.addEventListener("drop", (event) => {
        const dropped = [...(event.dataTransfer?.files || [])];
        if (dropped.length) {
            event.preventDefault();
            event.stopPropagation();
            chosen = dropped;
            prepare();
        }
    });
    asked.dialog.addEventListener("dragover", (event) => event.preventDefault());
    yes.disabled = true;
    if (chosen.length) prepare();
    else choose.focus();

    async function prepare() {
        if (!chosen.length) return;
        const mine = ++turn;
        yes.disabled = true;
        result.replaceChildren(el("p", { class: "soft" }, t("import.reading")));
        const wish = { passphrase: passphrase.value, trustApplications: trustApplications.checked, trustCas: trustCas.checked };
        const made = [];
        for (const file of chosen) made.push(await planFor(file, wish));
        if (mine !== turn || !asked.open()) return;
        plans = made;
        passphraseField.hidden = !plans.some(needsPassphrase);
        protectedBy.textContent = t(passphrase.value ? "import.passphrase.wrong" : "import.passphrase.needed");
        result.replaceChildren(...plans.map(planView));
        const changing = plans.some((each) => each.changes);
        yes.disabled = !changing;
        asked.say();
        if (!passphraseField.hidden) {
            passphrase.focus();
            passphrase.select();
        } else if (changing) yes.focus();
    }

    async function planFor(file, wish) {
        if (file.size > tooBig) return { file, error: { message: t("import.tooBig", { name: file.name }), remedy: "", http: 0 } };
        try {
            return { file, ...(await api.planImport(target, file, wish)) };
        } catch (error) {
            return { file, error };
        }
    }

    function planView({ file, items = [], error, changes }) {
        return el(
            "section",
            { class: "plan" },
            el("h3", {}, file.name),
            error
                ? problem(error)
                : el(
                      "ul",
                      {},
                      items.map((each) =>
                          el(
                              "li",
                              { class: each.target },
                              icon(symbols[each.target]),
                              el(
                                  "div",
                                  {},
                                  el("span", { class: "target" }, t(`target.${each.target}`)),
                                  " ",
                                  el("strong", {}, english(each.what)),
                                  each.why && el("div", { class: "soft" }, english(each.why)),
                                  departuresOf(each).map((text) => el("div", { class: "warn" }, icon("warning"), english(text))),
                              ),
                          ),
                      ),
                  ),
            !error && !changes && el("p", { class: "soft" }, t("import.nothing")),
        );
    }

    async function carryOut() {
        asked.busy(true);
        const told = [];
        const failed = [];
        for (const each of plans.filter((one) => one.changes)) {
            try {
                told.push(await api.carryOutImport(target, each.plan));
            } catch (error) {
                failed.push({ ...each, error, changes: false });
            }
        }
        await load(target).catch(() => {});
        if (told.length) {
            const detail = told.map((each) => [each.what, each.note].filter(Boolean).join(" ")).join(" ");
            const message = { text: t("done.import", { n: told.length }), detail, symbol: "import" };
            // Each file is a change of its own.
            if (told.length === 1) offerUndo(target, message);
            else toast(message);
            onDone();
        }
        if (!failed.length) return asked.close();
        asked.busy(false);
        plans = failed;
        yes.disabled = true;
        result.replaceChildren(...failed.map(planView));
        return undefined;
    }
}

const symbols = {
    trusted: "trusted",
    issuers: "issuers",
    "trusted-crls": "crl",
    "issuers-crls": "crl",
    own: "own",
    nothing: "skipped",
    refused: "failed",
};

// Sentences, or objects with one.
const departuresOf = ({ departures }) => (Array.isArray(departures) ? departures : []).map((each) => each.text || String(each));

// Files that are dropped anywhere on the page. groupAt(element) is the group whose card lies under the pointer.
export function acceptDrops(shade, groupAt) {
    const hasFiles = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
    let depth = 0;
    const show = (on) => {
        shade.hidden = !on;
    };
    document.addEventListener("dragenter", (event) => {
        if (hasFiles(event)) {
            depth++;
            show(!document.querySelector("dialog[open]"));
        }
    });
    document.addEventListener("dragleave", (event) => {
        if (hasFiles(event) && --depth <= 0) {
            depth = 0;
            show(false);
        }
    });
    document.addEventListener("dragover", (event) => {
        if (hasFiles(event)) event.preventDefault();
    });
    document.addEventListener("drop", (event) => {
        if (!hasFiles(event) || event.defaultPrevented) return;
        event.preventDefault();
        depth = 0;
        show(false);
        if (!document.querySelector("dialog[open]")) openImport({ files: event.dataTransfer.files, groupId: groupAt(event.target) });
    });
}
