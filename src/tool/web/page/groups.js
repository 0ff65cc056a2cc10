// The groups side by side, named by the role of the peers in them, and what is wrong with their folders.
import { button, el, english, icon } from "./dom.js";
import { clock, number, t } from "./i18n.js";
import { openedBy, openPairing, secondsLeft, waiting } from "./pairing.js";
import { expires, stateOf } from "./rows.js";
import { on, setView, state } from "./state.js";

function figures(group) {
    const rows = state.rows.get(group.id);
    if (!rows && !group.generation) return null; // the program has not looked yet
    if (!rows) return { rejected: group.counts?.rejected || 0, trusted: group.counts?.trusted || 0, expiring: 0 };
    const now = Date.now();
    const count = { rejected: 0, trusted: 0, expiring: 0 };
    for (const row of rows) {
        const of = stateOf(row.entry);
        if (of in count) count[of]++;
        if (!["rejected", "blocked"].includes(of) && expires(row, now)) count.expiring++;
    }
    return count;
}

function card(group) {
    const known = figures(group);
    const { rejected, trusted, expiring } = known || {};
    const problems = (state.problems.get(group.id) || []).length;
    return el(
        "button",
        {
            type: "button",
            class: "card",
            "data-group": group.id,
            "aria-pressed": String(state.view.group === group.id),
            title: group.path,
            onclick: () => setView({ group: state.view.group === group.id ? null : group.id }),
        },
        icon(["server", "client", "user"].includes(group.role) ? group.role : "other"),
        el(
            "span",
            { class: "card-words" },
            el("span", { class: "card-name" }, group.name, group.readOnly && el("span", { class: "tag" }, t("readOnly"))),
            el("span", { class: "card-role" }, t(`role.${group.role}`)),
            el(
                "span",
                { class: "card-figures" },
                !known && el("span", { class: "figure" }, t("loading")),
                known && el("span", { class: rejected ? "figure s-rejected" : "figure" }, t("figure.rejected", { n: rejected })),
                known && el("span", { class: "figure" }, t("figure.trusted", { n: trusted })),
                expiring > 0 && el("span", { class: "figure u-soon" }, t("figure.expiring", { n: expiring })),
                problems > 0 && el("span", { class: "figure u-over" }, t("figure.problems", { n: problems })),
            ),
        ),
    );
}

export function makeGroups() {
    const cards = el("nav", { class: "cards", "aria-label": t("groups") });
    const draw = () => {
        const focused = cards.contains(document.activeElement) ? (document.activeElement.dataset.group ?? "") : null;
        const all =
            state.groups.length > 1 &&
            el(
                "button",
                {
                    type: "button",
                    class: "card all",
                    "data-group": "",
                    "aria-pressed": String(!state.view.group),
                    onclick: () => setView({ group: null }),
                },
                el(
                    "span",
                    { class: "card-words" },
                    el("span", { class: "card-name" }, t("groups.all")),
                    el("span", { class: "card-role" }, t("groups.count", { n: state.groups.length })),
                ),
            );
        cards.replaceChildren(...[all, ...state.groups.map(card)].filter(Boolean));
        if (focused !== null) cards.querySelector(`[data-group="${CSS.escape(focused)}"]`)?.focus();
    };
    for (const topic of ["rows", "groups"]) on(topic, draw);
    draw();
    return cards;
}

export const groupAt = (element) => element?.closest?.("[data-group]")?.dataset.group || null;

// Beneath the cards: windows that stand open, and folders that are not in order.
export function makeNotices() {
    const place = el("div", { class: "notices" });
    let shown = "";
    const draw = () => {
        const open = state.groups.filter((each) => each.pairing);
        const wrong = state.groups.flatMap((each) => (state.problems.get(each.id) || []).map((problem) => ({ group: each, problem })));
        const now = JSON.stringify([
            open.map((each) => [each.id, each.pairing.until, each.pairing.of, waiting(each.pairing)]),
            wrong.map(({ problem }) => problem),
        ]);
        if (now === shown) return;
        shown = now;
        const visible = wrong.slice(0, 3);
        place.replaceChildren(
            ...open.map((each) =>
                el(
                    "div",
                    { class: "notice pairing-notice" },
                    icon("pairing"),
                    el(
                        "span",
                        {},
                        t("pairing.notice", { group: each.name }),
                        " ",
                        el("span", { class: "countdown", "data-pairing": each.id }, clock(secondsLeft(each.pairing))),
                        waiting(each.pairing) > 0 && [" – ", t("pairing.waiting", { n: waiting(each.pairing) })],
                        each.pairing.of && [" – ", openedBy(each.pairing)],
                    ),
                    button(t("pairing.look"), () => openPairing(each.id)),
                ),
            ),
            ...visible.map(({ group, problem }) =>
                el(
                    "div",
                    { class: "problem", role: "group", "aria-label": t("problem.of", { group: group.name }) },
                    icon("warning"),
                    el(
                        "div",
                        {},
                        el("strong", {}, group.name),
                        " ",
                        english(problem.message),
                        problem.remedy && el("div", { class: "remedy" }, english(problem.remedy)),
                    ),
                ),
            ),
            ...(wrong.length > visible.length ? [el("p", { class: "soft" }, t("problem.more", { n: wrong.length - visible.length }))] : []),
        );
    };
    const ticking = setInterval(() => {
        if (!place.isConnected) return clearInterval(ticking);
        for (const each of place.querySelectorAll("[data-pairing]")) {
            const pairing = state.groups.find((one) => one.id === each.dataset.pairing)?.pairing;
            if (pairing) each.textContent = clock(secondsLeft(pairing));
        }
        return undefined;
    }, 1000);
    on("groups", draw);
    draw();
    return place;
}
