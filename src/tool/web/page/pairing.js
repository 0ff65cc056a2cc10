// The pairing window: for some minutes, who knocks is let in provisionally, and confirmed or dropped by fingerprint.
import * as api from "./api.js";
import { add, button, el, icon } from "./dom.js";
import { clock, t } from "./i18n.js";
import { field, groupChoice, nothingWritable, openDialog } from "./dialog.js";
import { phoneGroups } from "./phone.js";
import { announce } from "./toasts.js";
import { currentGroup, group, load, on, setPairing, state } from "./state.js";

export const secondsLeft = (pairing) => Math.max(0, Math.round((pairing.ends - Date.now()) / 1000));
export const waiting = (pairing) => (pairing?.entries || []).filter((each) => each.state === "provisional").length;

// Of a window that another process has open.
export const openedBy = ({ of }) => t("pairing.of", { who: of.who, process: String(of.process) });

let live = null; // the open dialogue

export function openPairing(groupId = null) {
    const clients = state.groups.filter((each) => !each.readOnly || each.pairing);
    if (!clients.length) return nothingWritable(t("pairing.title"));
    let target =
        groupId ||
        (currentGroup() && !currentGroup().readOnly ? currentGroup().id : null) ||
        clients.find((each) => each.role === "server")?.id ||
        clients[0]?.id;
    const asked = openDialog({
        title: t("pairing.title"),
        kind: "wide",
        onClosed: () => {
            clearInterval(ticking);
            live = null;
        },
    });
    const content = el("div", {});
    add(
        asked.body,
        groupChoice(clients, target, (id) => {
            target = id;
            shown = "";
            view();
        }),
        content,
    );
    let shown = "";
    const timer = el("span", { role: "timer", class: "countdown" });
    live = { view };
    view();
    const ticking = setInterval(tick, 1000);

    function tick() {
        const pairing = group(target)?.pairing;
        if (pairing) timer.textContent = clock(secondsLeft(pairing));
    }

    function view() {
        const pairing = group(target)?.pairing;
        const now = JSON.stringify([target, pairing && [pairing.until, pairing.entries]]);
        tick();
        if (now === shown) return; // what is typed or has the focus stays
        shown = now;
        const focused = content.contains(document.activeElement);
        content.replaceChildren(...(pairing ? openView(pairing) : startView()));
        asked.buttons.replaceChildren(
            button(t("close"), () => asked.close()),
            ...(pairing && !pairing.of
                ? [
                      button(
                          t("pairing.end"),
                          () =>
                              attempt(
                                  () => api.closePairing(target),
                                  () => null,
                              ),
                          { kind: "danger" },
                      ),
                  ]
                : []),
        );
        if (focused) content.querySelector("button, h3")?.focus();
    }

    function startView() {
        const minutes = el(
            "select",
            {},
            [5, 10, 30, 60].map((each) => el("option", { value: each * 60, selected: each === 10 }, t("minutes", { n: each }))),
        );
        const most = el("input", { type: "number", min: 1, max: 100, value: 5, required: true });
        const endpoint = el("input", { type: "text", placeholder: "opc.tcp://…", spellcheck: "false" });
        const form = el(
            "form",
            {
                onsubmit: (event) => {
                    event.preventDefault();
                    attempt(
                        () =>
                            api.openPairing(target, {
                                seconds: Number(minutes.value),
                                max: Number(most.value),
                                endpoint: endpoint.value.trim() || null,
                            }),
                        (told) => told,
                    );
                },
            },
            el("p", {}, t("pairing.why")),
            el(
                "div",
                { class: "fields" },
                field(t("pairing.for"), minutes),
                field(t("pairing.max"), most),
                field(t("pairing.endpoint"), endpoint, t("pairing.endpoint.hint")),
            ),
            el("div", { class: "row-of-buttons" }, el("button", { type: "submit", class: "primary" }, icon("pairing"), t("pairing.start"))),
        );
        return [form];
    }

    function openView(pairing) {
        tick();
        return [
            el(
                "p",
                { class: "pairing-now" },
                icon("provisional"),
                t("pairing.open"),
                " ",
                timer,
                el(
                    "span",
                    { class: "soft" },
                    t("pairing.taken", { n: pairing.entries.length, max: pairing.max }),
                    pairing.endpoint && ` · ${pairing.endpoint}`,
                ),
            ),
            pairing.of && el("p", {}, openedBy(pairing)),
            el("p", { class: "soft" }, t(pairing.of ? "pairing.of.how" : "pairing.how")),
            pairing.entries.length
                ? el("ul", { class: "arrivals" }, pairing.entries.map(arrival))
                : el("p", { class: "nothing" }, t("pairing.nobody")),
        ].filter(Boolean);
    }

    const arrival = (each) =>
        el(
            "li",
            { class: each.state },
            el(
                "div",
                { class: "arrival-head" },
                el("h3", { tabindex: "-1" }, each.name),
                el(
                    "span",
                    { class: `state s-${{ provisional: "provisional", confirmed: "trusted", dropped: "rejected" }[each.state]}` },
                    icon({ provisional: "provisional", confirmed: "trusted", dropped: "rejected" }[each.state]),
                    t(`pairing.${each.state}`),
                ),
            ),
            phoneGroups(each.phone || []),
            each.state === "provisional" &&
                !group(target).pairing.of &&
                el(
                    "div",
                    { class: "row-of-buttons" },
                    button(
                        t("pairing.confirm"),
                        () =>
                            attempt(
                                () => api.confirmPairing(target, each.id),
                                (told) => told,
                            ),
                        { kind: "primary", symbol: "trusted" },
                    ),
                    button(
                        t("pairing.drop"),
                        () =>
                            attempt(
                                () => api.dropPairing(target, each.id),
                                (told) => told,
                            ),
                        { symbol: "rejected" },
                    ),
                ),
        );

    async function attempt(run, pairingOf) {
        asked.busy(true);
        asked.say();
        try {
            setPairing(target, pairingOf(await run()));
            await load(target);
        } catch (error) {
            asked.fail(error);
        }
        asked.busy(false);
    }
}

// Groups change under an open dialogue, and it follows. Registered again with each shell.
export function watchPairing() {
    const before = new Map(state.groups.map((each) => [each.id, waiting(each.pairing)]));
    on("groups", () => {
        live?.view();
        for (const each of state.groups) {
            const now = waiting(each.pairing);
            if (now > (before.get(each.id) || 0)) {
                const words = each.pairing.of ? "pairing.of.arrived" : "pairing.arrived";
                announce(t(words, { name: each.pairing.entries.at(-1).name, who: each.pairing.of?.who }), true);
            }
            before.set(each.id, now);
        }
    });
}
