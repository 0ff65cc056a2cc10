// The panel beside the grid: everything about one entry.
import * as api from "./api.js";
import { add, button, download, el, english, fileName, icon } from "./dom.js";
import { date, dateTime, t } from "./i18n.js";
import { problem } from "./dialog.js";
import { actions, carryOut, copy, menuItems, targets } from "./actions.js";
import { announcedValidity, stateWord } from "./gridrow.js";
import { shownState, validity } from "./rows.js";
import { chainTree } from "./chain.js";
import { why } from "./why.js";
import { phoneGroups } from "./phone.js";
import { findEntry, on, rowOf, state } from "./state.js";

// goTo(key) moves the grid to a row; startImport(group, hint) opens the import.
export function makeDetails({ goTo, startImport, focusGrid }) {
    const panel = el("aside", { class: "details", "aria-labelledby": "details-title", hidden: true });
    let shown = null; // { key, groupId, id, stamp }
    let asked = 0; // an answer that comes after the next question is not wanted

    function close() {
        const inside = panel.contains(document.activeElement);
        panel.hidden = true;
        panel.replaceChildren();
        document.body.classList.remove("with-details");
        shown = null;
        if (inside) focusGrid();
    }
    panel.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && !event.defaultPrevented) close();
    });

    const stampOf = ({ entry }) => [entry.list, entry.attempts, entry.lastSeen, entry.pinned, entry.provisional].join(" ");

    async function open(row, { focus = "show" } = {}) {
        const question = ++asked;
        shown = { key: row.key, groupId: row.group.id, id: row.entry.id, stamp: stampOf(row) };
        panel.hidden = false;
        document.body.classList.add("with-details");
        const sameAsBefore = panel.dataset.key === row.key;
        panel.dataset.key = row.key;
        if (!sameAsBefore) panel.replaceChildren(head(row), el("p", { class: "soft pad", role: "status" }, t("loading")));
        if (focus) panel.querySelector("h2")?.focus();
        let content;
        try {
            const told = await api.details(row.group.id, row.entry);
            content = row.entry.kind === "crl" ? crlSections(row, told) : certificateSections(row, told);
        } catch (error) {
            content = [el("section", {}, problem(error))];
            if (!("http" in error)) console.error(error);
        }
        if (question !== asked || !shown) return;
        const top = sameAsBefore ? panel.scrollTop : 0;
        const had = panel.contains(document.activeElement);
        panel.replaceChildren();
        add(panel, head(row), content);
        panel.scrollTop = top;
        if (focus === "why") {
            const place = panel.querySelector(".why h3") || panel.querySelector("h2");
            place.focus();
            place.scrollIntoView({ block: "start" });
        } else if (focus || had) panel.querySelector("h2").focus({ preventScroll: true });
    }

    function head(row) {
        const { entry } = row;
        const offered =
            menuItems([row], () => {}).length &&
            Object.keys(actions).filter((each) => !["pin", "unpin"].includes(each) && targets(each, [row]).length);
        return el(
            "header",
            {},
            el(
                "div",
                { class: "details-top" },
                el("span", { class: `state s-${shownState(entry)}` }, icon(shownState(entry)), stateWord(entry)),
                el("span", { class: "soft" }, row.group.name),
                button(t("close"), close, { symbol: "close", kind: "quiet symbol", "aria-label": t("details.close") }),
            ),
            el("h2", { id: "details-title", tabindex: "-1" }, entry.name || entry.subject || t("unnamed")),
            el(
                "div",
                { class: "details-actions" },
                offered.map((each) =>
                    button(t(`action.${each}`), () => carryOut(each, [row]), {
                        symbol: actions[each].symbol,
                        kind: each === "trust" ? "primary" : actions[each].danger ? "danger" : "",
                    }),
                ),
            ),
        );
    }

    const section = (title, ...content) => el("section", {}, el("h3", {}, title), content);
    const facts = (pairs) =>
        el(
            "dl",
            {},
            pairs
                .filter(([, value]) => value !== null && value !== undefined && value !== "" && value.length !== 0)
                .map(([name, value]) => [el("dt", {}, t(`field.${name}`)), el("dd", {}, value)]),
        );
    const lines = (values = []) => (values.length ? values.map((each) => el("div", {}, each)) : "");
    const code = (text) => text && el("code", {}, text);

    function until(entry) {
        if (!entry.notAfter) return t("validity.none");
        const note = announcedValidity(entry);
        return el("span", { class: `until u-${validity(entry).level}` }, dateTime(entry.notAfter), note && ` – ${note}`);
    }

    function certificateSections(row, told) {
        const { entry } = told;
        return [
            why(row, told, { cure: (each) => cure(row, each) }),
            told.phone?.length > 0 &&
                section(
                    t("phone.title"),
                    el("p", { class: "soft" }, t("phone.how")),
                    phoneGroups(told.phone),
                    button(t("copy.sha256"), () => copy(told.sha256, t("done.copy", { n: 1 })), { symbol: "copy" }),
                ),
            section(
                t("details.fields"),
                facts([
                    ["subject", entry.subject],
                    ["applicationUri", entry.applicationUri],
                    ["issuer", entry.issuer],
                    ["notBefore", dateTime(entry.notBefore)],
                    ["notAfter", until(entry)],
                    ["dnsNames", lines(told.dnsNames)],
                    ["ipAddresses", lines(told.ipAddresses)],
                    ["uris", lines((told.uris || []).filter((each) => each !== entry.applicationUri))],
                    ["keyUsage", (told.keyUsage || []).join(", ")],
                    ["extendedKeyUsage", (told.extendedKeyUsage || []).join(", ")],
                    ["keyType", told.keyType],
                    ["signatureAlgorithm", told.signatureAlgorithm],
                    ["serial", code(told.serial)],
                    ["thumbprint", code(entry.thumbprint)],
                    ["sha256", code(told.sha256)],
                    ["source", code(entry.source)],
                ]),
            ),
            section(
                t("details.chain"),
                chainTree(told, (each) => {
                    const found = findEntry(row.group.id, each.id, each.list);
                    return found && found.key !== row.key
                        ? () => {
                              goTo(found.key);
                              open(found);
                          }
                        : null;
                }),
            ),
            departures(told.departures),
            pemSection(row, told),
        ];
    }

    function crlSections(row, told) {
        return [
            section(
                t("details.crl"),
                facts([
                    ["issuer", told.issuer],
                    ["number", code(told.number)],
                    ["thisUpdate", dateTime(told.thisUpdate)],
                    ["nextUpdate", told.nextUpdate ? until(row.entry) : t("validity.none")],
                    ["signedBy", told.signedBy ? english(told.signedBy) : t("crl.unsigned")],
                    ["revokedCount", String(told.revokedCount)],
                    ["source", code(row.entry.source)],
                ]),
            ),
            told.revoked?.length > 0 &&
                section(
                    t("crl.revoked"),
                    el(
                        "div",
                        { class: "table-place", tabindex: "0", role: "region", "aria-label": t("crl.revoked") },
                        el(
                            "table",
                            {},
                            el(
                                "thead",
                                {},
                                el(
                                    "tr",
                                    {},
                                    ["serial", "revokedAt", "revokedFor"].map((each) => el("th", { scope: "col" }, t(`field.${each}`))),
                                ),
                            ),
                            el(
                                "tbody",
                                {},
                                told.revoked.map((each) =>
                                    el(
                                        "tr",
                                        {},
                                        el("td", {}, el("code", {}, each.serial)),
                                        el("td", {}, date(each.at)),
                                        el("td", {}, english(each.reason || "")),
                                    ),
                                ),
                            ),
                        ),
                    ),
                ),
            departures(told.departures),
            pemSection(row, told),
        ];
    }

    const departures = (list) =>
        list?.length > 0 &&
        section(
            t("details.departures"),
            el(
                "ul",
                { class: "departures" },
                list.map((each) =>
                    el(
                        "li",
                        { class: each.severity },
                        icon(each.severity === "refused" ? "failed" : "warning"),
                        el(
                            "span",
                            {},
                            el("strong", {}, t(`departure.${each.severity}`)),
                            " ",
                            english(each.text),
                            " ",
                            el("span", { class: "soft" }, each.clause),
                        ),
                    ),
                ),
            ),
        );

    function pemSection(row, told) {
        const name = row.entry.name || row.entry.id.slice(0, 8);
        const crl = row.entry.kind === "crl";
        return section(
            t("details.files"),
            el(
                "div",
                { class: "row-of-buttons" },
                button("PEM", () => download(fileName(name, crl ? ".crl.pem" : ".pem"), "application/x-pem-file", told.pem), {
                    symbol: "export",
                    "aria-label": t("download", { what: "PEM" }),
                }),
                button(
                    "DER",
                    async () => {
                        try {
                            download(
                                fileName(name, crl ? ".crl" : ".der"),
                                "application/octet-stream",
                                await api.der(row.group.id, row.entry),
                            );
                        } catch (error) {
                            panel.append(problem(error));
                        }
                    },
                    { symbol: "export", "aria-label": t("download", { what: "DER" }) },
                ),
                button(t("copy.pem"), () => copy(told.pem, t("done.copy.pem")), { symbol: "copy" }),
            ),
            el("details", {}, el("summary", {}, t("details.pem")), el("pre", { tabindex: "0", "aria-label": t("details.pem") }, told.pem)),
        );
    }

    // The action that would let it in next time.
    function cure(row, { action, id }) {
        if (action === "import-crl" || action === "import-issuer") return startImport(row.group.id, t(`cure.${action}.hint`));
        const other = id && id !== row.entry.id ? findEntry(row.group.id, id) : null;
        return carryOut(action, [action === "trust-issuer" ? row : other || row]);
    }

    // What is shown stays true: the entry may be refused again, or move to another list.
    on("rows", () => {
        if (!shown) return;
        const now = rowOf(shown.key) || findEntry(shown.groupId, shown.id);
        if (!now) return close();
        if (now.key !== shown.key || stampOf(now) !== shown.stamp) open(now, { focus: null });
    });
    let pause = 0;
    on("selection", () => {
        if (!shown || !state.active || state.active === shown.key || document.activeElement?.id !== "grid") return;
        clearTimeout(pause);
        pause = setTimeout(() => {
            const row = shown && rowOf(state.active);
            if (row) open(row, { focus: null });
        }, 150);
    });

    return { element: panel, open, close, isOpen: () => shown !== null, shownKey: () => shown?.key };
}
