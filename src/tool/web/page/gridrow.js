// One row of the grid.
import { el, icon } from "./dom.js";
import { date, dateTime, has, number, relative, t } from "./i18n.js";
import { shownState, validity } from "./rows.js";
import { severalGroups } from "./state.js";

export const stateWord = (entry) => t(`state.${shownState(entry)}`);
// A refusal in two or three words of the page's language; the program's own words are in the details.
export const shortReason = (entry) => (entry.status && has(`status.${entry.status}`) ? t(`status.${entry.status}`) : entry.status || "");

export function announcedValidity(entry) {
    const { level, days } = validity(entry);
    const n = Math.floor(Math.abs(days));
    if (level === "over") return n ? t("validity.over", { n }) : t("validity.overToday");
    if (level === "soon") return n ? t("validity.soon", { n }) : t("validity.soonToday");
    if (level === "future") return t("validity.future");
    return "";
}

const blank = () => el("span", { class: "blank", "aria-hidden": "true" }, "–");

function seen(iso) {
    const recent = Date.now() - Date.parse(iso) < 86400000;
    return el("span", { title: dateTime(iso) }, recent ? relative(iso) : date(iso));
}

const cells = {
    state: ({ entry }) =>
        el(
            "span",
            { class: `state s-${shownState(entry)}` },
            icon(shownState(entry)),
            el("span", { class: "word" }, stateWord(entry)),
            entry.pinned && el("span", { class: "pinned", title: t("pinned") }, icon("pin"), el("span", { class: "unseen" }, t("pinned"))),
        ),
    name: ({ entry }) => [
        el(
            "span",
            { class: "first" },
            entry.name || entry.subject || t("unnamed"),
            entry.ca && entry.kind !== "crl" && el("span", { class: "tag" }, "CA"),
        ),
        secondLine(entry),
    ],
    group: ({ group }) => group.name,
    applicationUri: ({ entry }) => entry.applicationUri || blank(),
    issuer: ({ entry }) => (entry.selfSigned ? el("span", { class: "soft" }, t("selfSigned")) : entry.issuer || blank()),
    notAfter: ({ entry }) => {
        if (!entry.notAfter) return blank();
        const { level } = validity(entry);
        const note = announcedValidity(entry);
        return el(
            "span",
            { class: `until u-${level}`, title: [dateTime(entry.notAfter), note].filter(Boolean).join(", ") },
            el("span", {}, date(entry.notAfter)),
            note && el("span", { class: "note" }, note),
        );
    },
    lastSeen: ({ entry }) => (entry.lastSeen ? seen(entry.lastSeen) : blank()),
    attempts: ({ entry }) => (entry.attempts ? number(entry.attempts) : blank()),
    thumbprint: ({ entry }) =>
        entry.thumbprint ? el("span", { class: "print", title: entry.thumbprint }, entry.thumbprint.slice(0, 8).toUpperCase()) : blank(),
};

function secondLine(entry) {
    const line = (text, more = "") => el("span", { class: `second ${more}` }, text);
    if (entry.list === "rejected" && entry.status) return line(shortReason(entry), "reason");
    if (entry.kind === "crl") return line(t("crl.of", { list: t(`list.${entry.list}`) }));
    return line(entry.subject && entry.subject !== `CN=${entry.name}` ? entry.subject : "");
}

export function makeRow(row, index) {
    const made = el("div", {
        role: "row",
        id: `row-${index}`,
        class: "row",
        "data-index": index,
        "data-id": row.entry.id,
        "data-list": row.entry.list,
        "aria-rowindex": index + 2,
    });
    made.append(el("div", { role: "gridcell", class: "cell c-check" }, el("span", { class: "box", "aria-hidden": "true" })));
    for (const [column, content] of Object.entries(cells)) {
        if (column === "group" && !severalGroups()) continue;
        const cell = el("div", { role: "gridcell", class: `cell c-${column}` }, content(row));
        made.append(cell);
    }
    made.append(
        el(
            "div",
            { role: "gridcell", class: "cell c-more" },
            el(
                "button",
                {
                    type: "button",
                    class: "quiet symbol",
                    tabindex: "-1",
                    "aria-label": t("menu.of", { name: row.entry.name || row.entry.subject || "" }),
                },
                icon("more"),
            ),
        ),
    );
    return made;
}
