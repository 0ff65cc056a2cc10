// A fingerprint as two people read it to each other: groups of four, in numbered rows of four.
import { el } from "./dom.js";
import { t } from "./i18n.js";

export function phoneGroups(groups) {
    const rows = [];
    for (let at = 0; at < groups.length; at += 4) rows.push(groups.slice(at, at + 4));
    return el(
        "ol",
        { class: "phone", "aria-label": t("phone.label") },
        rows.map((row) =>
            el(
                "li",
                {},
                row.map((each, at) => [at > 0 && " ", el("span", {}, each)]),
            ),
        ),
    );
}
