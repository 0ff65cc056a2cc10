// Above the grid: which lists are shown, and what can be done with what is selected.
import { button, el, icon } from "./dom.js";
import { number, t } from "./i18n.js";
import { actions, carryOut, copyThumbprints, exportRows, targets } from "./actions.js";
import { openMenu } from "./menu.js";
import { states } from "./rows.js";
import { canUndo, undo } from "./undo.js";
import { on, selectedRows, setView, state } from "./state.js";

function chip(label, symbol, count, pressed, onclick, kind = "") {
    return el(
        "button",
        { type: "button", class: `chip ${kind}`, "aria-pressed": String(pressed), onclick },
        symbol && icon(symbol),
        el("span", {}, label),
        el("span", { class: "count" }, number(count)),
    );
}

export function makeFilters() {
    const place = el("div", { class: "filters", role: "group", "aria-label": t("filters") });
    const draw = () => {
        const {
            view,
            shown: { counts, total },
        } = state;
        const at = [...place.children].indexOf(document.activeElement);
        place.replaceChildren(
            chip(t("list.all"), null, total || 0, !view.state, () => setView({ state: null })),
            ...states.map((each) =>
                chip(
                    t(`list.${each}`),
                    each,
                    counts[each] || 0,
                    view.state === each,
                    () => setView({ state: view.state === each ? null : each }),
                    `s-${each}`,
                ),
            ),
            el(
                "button",
                {
                    type: "button",
                    class: "chip",
                    "aria-pressed": String(view.expiring),
                    onclick: () => setView({ expiring: !view.expiring }),
                },
                icon("warning"),
                el("span", {}, t("filter.expiring")),
            ),
        );
        if (at >= 0) place.children[at]?.focus();
    };
    on("rows", draw);
    draw();
    return place;
}

// Buttons for who does not use the context menu. They keep their places: what does not apply is off.
export function makeToolbar({ open }) {
    const status = el("span", { class: "soft selected-count" });
    const offered = ["trust", "reject", "block", "unblock", "delete"];
    const made = offered.map((action) =>
        button(t(`action.${action}`), () => carryOut(action, selectedRows()), {
            symbol: actions[action].symbol,
            "data-action": action,
            title: t(`action.${action}`),
        }),
    );
    const more = button(
        t("more"),
        () => {
            const box = more.getBoundingClientRect();
            openMenu(
                [
                    {
                        label: t("action.show"),
                        symbol: "eye",
                        disabled: selectedRows().length !== 1,
                        run: () => open(selectedRows()[0], "show"),
                    },
                    {
                        label: t("action.trust-issuer"),
                        symbol: "issuers",
                        disabled: !targets("trust-issuer", selectedRows()).length,
                        run: () => carryOut("trust-issuer", selectedRows()),
                    },
                    {
                        label: t("action.pin"),
                        symbol: "pin",
                        disabled: !targets("pin", selectedRows()).length,
                        run: () => carryOut("pin", selectedRows()),
                    },
                    { label: t("action.export"), symbol: "export", run: () => exportRows(selectedRows()) },
                    { label: t("action.copy"), symbol: "copy", run: () => copyThumbprints(selectedRows()) },
                ],
                { x: box.left, y: box.bottom + 4 },
                more,
            );
        },
        { symbol: "more", "aria-haspopup": "menu", title: t("more") },
    );
    const back = button(t("undo"), () => undo(), { symbol: "undo", "data-action": "undo", title: `${t("undo")} (Ctrl+Z)` });
    const bar = el("div", { class: "toolbar", role: "group", "aria-label": t("toolbar") }, made, more, back, status);
    const draw = () => {
        const rows = selectedRows();
        for (const each of made) {
            const fitting = targets(each.dataset.action, rows).length;
            each.disabled = !fitting;
            if (each.dataset.action === "unblock") each.hidden = !fitting;
            if (each.dataset.action === "block") each.hidden = targets("unblock", rows).length > 0 && !fitting;
        }
        more.disabled = !rows.length;
        back.disabled = !canUndo();
        bar.classList.toggle("with-selection", rows.length > 0);
        status.textContent = rows.length > 1 ? t("selected", { n: rows.length }) : "";
    };
    on("selection", draw);
    draw();
    return bar;
}
