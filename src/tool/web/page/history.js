// Who has changed what in a folder's lists, and taking the last change back.
import * as api from "./api.js";
import { add, button, el, english } from "./dom.js";
import { dateTime, t } from "./i18n.js";
import { groupChoice, openDialog, problem } from "./dialog.js";
import { load, currentGroup, state } from "./state.js";

export function openHistory() {
    let target = currentGroup()?.id || state.groups[0]?.id;
    const asked = openDialog({ title: t("history.title"), kind: "wide" });
    const content = el("div", {});
    const undo = button(
        t("history.undo"),
        async () => {
            asked.busy(true);
            try {
                const told = await api.undo(target);
                asked.say(t("done.undo"), " ", english(told.what));
                await load(target);
            } catch (error) {
                asked.fail(error);
            }
            asked.busy(false);
            refresh();
        },
        { symbol: "undo" },
    );
    add(
        asked.body,
        groupChoice(state.groups, target, (id) => {
            target = id;
            asked.say();
            refresh();
        }),
        content,
    );
    add(
        asked.buttons,
        undo,
        button(t("close"), () => asked.close()),
    );
    refresh();

    async function refresh() {
        content.replaceChildren(el("p", { class: "soft" }, t("loading")));
        try {
            const { records, problems = [] } = await api.history(target);
            undo.disabled = !records.length;
            const newest = [...records].reverse();
            content.replaceChildren(
                ...problems.map((each) => problem({ ...each, http: 200 })),
                newest.length
                    ? el(
                          "div",
                          { class: "table-place", tabindex: "0", role: "region", "aria-label": t("history.title") },
                          el(
                              "table",
                              { class: "history" },
                              el(
                                  "thead",
                                  {},
                                  el(
                                      "tr",
                                      {},
                                      ["at", "who", "action", "what"].map((each) => el("th", { scope: "col" }, t(`field.${each}`))),
                                  ),
                              ),
                              el(
                                  "tbody",
                                  {},
                                  newest
                                      .slice(0, 500)
                                      .map((each) =>
                                          el(
                                              "tr",
                                              {},
                                              el("td", {}, dateTime(each.at)),
                                              el("td", {}, each.who),
                                              el("td", {}, english(each.action)),
                                              el("td", {}, english(each.what)),
                                          ),
                                      ),
                              ),
                          ),
                      )
                    : el("p", { class: "nothing" }, t("history.none")),
            );
        } catch (error) {
            content.replaceChildren();
            asked.fail(error);
        }
    }
}
