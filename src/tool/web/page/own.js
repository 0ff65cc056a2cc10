// The application's own certificate: until when, for which names, and getting another.
import * as api from "./api.js";
import { add, button, download, el, english, fileName, icon } from "./dom.js";
import { dateTime, t } from "./i18n.js";
import { confirm, groupChoice, openDialog } from "./dialog.js";
import { announcedValidity } from "./gridrow.js";
import { validity } from "./rows.js";
import { copy } from "./actions.js";
import { openImport } from "./import.js";
import { toast } from "./toasts.js";
import { currentGroup, load, state } from "./state.js";

export function openOwn(groupId = null) {
    let target = groupId || currentGroup()?.id || state.groups[0]?.id;
    const asked = openDialog({ title: t("own.title"), kind: "wide" });
    const content = el("div", { class: "own" }, el("p", { class: "soft" }, t("loading")));
    add(
        asked.body,
        groupChoice(state.groups, target, (id) => {
            target = id;
            refresh();
        }),
        content,
    );
    add(
        asked.buttons,
        button(t("close"), () => asked.close()),
    );
    refresh();

    async function refresh() {
        try {
            const told = await api.own(target);
            if (asked.open()) content.replaceChildren(...view(told));
        } catch (error) {
            content.replaceChildren();
            asked.fail(error);
        }
    }

    function view(told) {
        const readOnly = state.groups.find((each) => each.id === target)?.readOnly;
        const install = button(
            t("own.install"),
            () => {
                asked.close();
                openImport({ groupId: target, hint: t("own.install.hint") });
            },
            { symbol: "import" },
        );
        if (!told.present) return [el("p", {}, t("own.none")), notices(told.notices), !readOnly && install].filter(Boolean);
        const entry = told.entry || {};    // not there yet when it was renewed this moment
        const note = announcedValidity(entry);
        return [
            el(
                "div",
                { class: "own-head" },
                icon("own"),
                el(
                    "div",
                    {},
                    el("strong", {}, entry.name || entry.subject),
                    el("div", { class: "soft" }, told.applicationUri || entry.applicationUri),
                    el(
                        "div",
                        { class: `until u-${validity(entry).level}` },
                        t("own.until", { date: dateTime(entry.notAfter) }),
                        note && ` – ${note}`,
                    ),
                    el(
                        "div",
                        { class: "soft" },
                        [
                            told.keyType,
                            entry.selfSigned ? t("selfSigned") : entry.issuer,
                            told.backups > 0 && t("own.backups", { n: told.backups }),
                        ]
                            .filter(Boolean)
                            .join(" · "),
                    ),
                ),
            ),
            notices(told.notices),
            names(told.names),
            !readOnly &&
                el(
                    "div",
                    { class: "row-of-buttons" },
                    button(t("own.renew"), renew, { symbol: "undo", kind: told.notices?.length ? "primary" : "" }),
                    button(t("own.request"), request, { symbol: "export" }),
                    install,
                ),
            el(
                "div",
                { class: "row-of-buttons" },
                button(t("copy.pem"), () => copy(told.pem, t("done.copy.pem")), { symbol: "copy" }),
                button(t("download", { what: "PEM" }), () => download(fileName(entry.name, ".pem"), "application/x-pem-file", told.pem), {
                    symbol: "export",
                }),
            ),
        ].filter(Boolean);
    }

    const notices = (list = []) =>
        list.length > 0 &&
        el(
            "div",
            {},
            list.map((each) =>
                el(
                    "div",
                    { class: "problem" },
                    icon("warning"),
                    el("div", {}, english(each.message), each.remedy && el("div", { class: "remedy" }, english(each.remedy))),
                ),
            ),
        );

    function names(list = []) {
        if (!list.length) return null;
        const mark = (on) => [
            el("span", { class: `mark o-${on ? "passed" : "failed"}` }, icon(on ? "ok" : "failed")),
            el("span", { class: "unseen" }, t(on ? "yes" : "no")),
        ];
        return el(
            "div",
            {},
            el("h3", {}, t("own.names")),
            el("p", { class: "soft" }, t("own.names.why")),
            el(
                "table",
                {},
                el(
                    "thead",
                    {},
                    el(
                        "tr",
                        {},
                        ["own.name", "own.inCertificate", "own.onMachine"].map((each) => el("th", { scope: "col" }, t(each))),
                    ),
                ),
                el(
                    "tbody",
                    {},
                    list.map((each) =>
                        el(
                            "tr",
                            {},
                            el("th", { scope: "row" }, each.name),
                            el("td", {}, mark(each.inCertificate)),
                            el("td", {}, mark(each.onMachine)),
                        ),
                    ),
                ),
            ),
        );
    }

    const keyChoice = () => {
        const input = (value, checked) => el("input", { type: "radio", name: "key", value, id: `key-${value}`, checked });
        const line = (value, checked) =>
            el(
                "div",
                { class: "choice" },
                input(value, checked),
                el("label", { for: `key-${value}` }, t(`own.key.${value}`)),
                el("p", { class: "hint" }, t(`own.key.${value}.hint`)),
            );
        return el("fieldset", {}, el("legend", {}, t("own.key")), line("same", true), line("new", false));
    };
    const chosenKey = (fields) => fields.querySelector("input:checked").value;

    async function renew() {
        const fields = keyChoice();
        if (
            !(await confirm({
                title: t("own.renew.ask"),
                yes: t("own.renew"),
                kind: "primary",
                content: [el("p", {}, t("own.renew.why")), fields],
            }))
        )
            return;
        try {
            const done = await api.renew(target, chosenKey(fields));
            await load(target).catch(() => {});
            toast({ text: t("done.renew"), detail: [done.what, done.note].filter(Boolean).join(" "), symbol: "own" });
            await refresh();
            asked.say(icon("ok"), " ", t("done.renew"));
        } catch (error) {
            asked.fail(error);
        }
    }

    async function request() {
        const fields = keyChoice();
        if (
            !(await confirm({
                title: t("own.request.ask"),
                yes: t("own.request"),
                kind: "primary",
                content: [el("p", {}, t("own.request.why")), fields],
            }))
        )
            return;
        try {
            const { pem } = await api.signingRequest(target, chosenKey(fields));
            download("application.csr", "application/x-pem-file", pem);
            asked.say(
                el("p", {}, t("own.request.done")),
                el("pre", { tabindex: "0", "aria-label": t("own.request") }, pem),
                button(t("copy.pem"), () => copy(pem, t("done.copy.pem")), { symbol: "copy" }),
            );
        } catch (error) {
            asked.fail(error);
        }
    }
}
