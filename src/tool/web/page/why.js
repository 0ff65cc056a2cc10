// Why an entry was refused, or would be: in words, when, how often, from where, and what would cure it.
import { button, el, english, icon } from "./dom.js";
import { dateTime, language, relative, t } from "./i18n.js";
import { shortReason } from "./gridrow.js";
import { cureText, reason, remedy } from "./told.js";

const symbols = { trust: "trusted", "trust-issuer": "issuers", "import-crl": "import", "import-issuer": "import", unblock: "undo" };

export function why({ entry: row, group }, told, { cure }) {
    const { verdict, refusals = [], cures = [], entry = row } = told;
    const report = verdict?.report || {};
    const accepted = Boolean(verdict?.accepted);
    const last = refusals[0];
    const judged = entry.list !== "own" && verdict;
    return el(
        "section",
        { class: "why" },
        el("h3", { tabindex: "-1" }, t("why.title")),
        judged &&
            el(
                "div",
                { class: `verdict ${accepted ? "good" : "bad"}` },
                icon(accepted ? "ok" : "rejected"),
                el(
                    "div",
                    {},
                    el("strong", {}, t(accepted ? "why.accepted" : "why.refused", { why: shortReason(verdict) || verdict.status })),
                    !accepted && el("p", {}, reason(told)),
                    !accepted && el("p", { class: "remedy" }, remedy(told)),
                ),
            ),
        cures.length > 0 &&
            el(
                "div",
                { class: "cures" },
                el("h4", {}, t("cure.title")),
                el(
                    "ul",
                    {},
                    cures.map((each) =>
                        el(
                            "li",
                            {},
                            el("span", {}, cureText(told, each), each.name && el("span", { class: "soft" }, " ", each.name)),
                            each.action !== "none" &&
                                !group.readOnly &&
                                button(t(`cure.${each.action}`), () => cure(each), { symbol: symbols[each.action] }),
                        ),
                    ),
                ),
            ),
        entry.attempts > 0 &&
            el(
                "p",
                { class: "attempts" },
                t("why.attempts", {
                    n: entry.attempts,
                    first: dateTime(entry.firstSeen),
                    last: dateTime(entry.lastSeen),
                    ago: relative(entry.lastSeen),
                }),
                last?.peerAddress && [" ", t("why.from", { address: last.peerAddress })],
                last?.endpointUrl && [" ", t("why.at", { endpoint: last.endpointUrl })],
            ),
        entry.attempts > 0 &&
            entry.reason &&
            entry.reason !== report.reason &&
            el("p", { class: "soft" }, t("why.then"), " ", thenBecause(entry)),
        refusals.length > 0 && attempts(refusals),
        judged &&
            verdict.explanation &&
            el(
                "details",
                {},
                el("summary", {}, t("why.full")),
                el("pre", { lang: "en", tabindex: "0", "aria-label": t("why.full") }, verdict.explanation),
            ),
    );
}

// Of what was then only the status has words of the page.
const thenBecause = (entry) => (language() === "en" ? english(entry.reason) : [shortReason(entry), ". ", english(entry.reason)]);

function attempts(refusals) {
    const columns = ["at", "status", "peerAddress", "endpointUrl", "claimedUri"];
    return el(
        "details",
        {},
        el("summary", {}, t("why.list", { n: refusals.length })),
        el(
            "div",
            { class: "table-place", tabindex: "0", role: "region", "aria-label": t("why.list", { n: refusals.length }) },
            el(
                "table",
                {},
                el(
                    "thead",
                    {},
                    el(
                        "tr",
                        {},
                        columns.map((each) => el("th", { scope: "col" }, t(`field.${each}`))),
                    ),
                ),
                el(
                    "tbody",
                    {},
                    refusals.map((each) =>
                        el(
                            "tr",
                            {},
                            el("td", {}, dateTime(each.at)),
                            el("td", { title: each.reason }, shortReason(each)),
                            el("td", {}, each.peerAddress || "–"),
                            el("td", {}, each.endpointUrl || "–"),
                            el("td", {}, each.applicationUri || "–"),
                        ),
                    ),
                ),
            ),
        ),
    );
}
