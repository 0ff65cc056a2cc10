// The chain of a certificate as a tree, the root on top, with the outcome of each step of OPC 10000-4, 6.1.3 for each certificate.
import { button, el, english, icon } from "./dom.js";
import { t } from "./i18n.js";
import { outcomeOf, stepName, stepReason } from "./told.js";

const outcomes = { passed: "ok", failed: "failed", suppressed: "warning" };

// told: the details of an entry. jump(link) gives what opens that certificate, or null.
export function chainTree(told, jump) {
    const { chain = [], verdict } = told;
    const report = verdict?.report || {};
    const judged = report.chain || [];
    const links = chain.length ? chain : judged.map((each) => ({ name: each.subject, role: each.role, id: each.sha256, list: null }));
    if (!links.length) return el("p", { class: "soft" }, t("chain.none"));
    const positionOf = (link, at) =>
        judged.find((each) => link.id && each.sha256 === link.id)?.position ?? (judged[at] ? judged[at].position : -1);
    let tree = null;
    // From the leaf outwards: each issuer takes what it has issued in.
    links.forEach((link, at) => {
        const position = positionOf(link, at);
        const steps = (report.steps || []).filter((step) => step.position === position);
        tree = el("ul", { class: "chain" }, certificate(told, link, steps, jump(link), tree));
    });
    return tree;
}

function certificate(told, link, steps, open, below) {
    const failed = steps.filter((step) => outcomeOf(step) === "failed");
    const outcome = failed.length ? "failed" : steps.length ? "passed" : "skipped";
    const role = t(`chain.${link.role || "issuer"}`);
    const place = link.list ? t(`list.${link.list}`) : t("chain.sent");
    return el(
        "li",
        {},
        el(
            "div",
            { class: "link" },
            el(
                "span",
                { class: `mark o-${outcome}` },
                icon(outcomes[outcome] || "skipped"),
                el("span", { class: "unseen" }, t(`outcome.${outcome}`)),
            ),
            el(
                "div",
                {},
                open ? button(link.name, open, { kind: "link" }) : el("strong", {}, link.name),
                el("div", { class: "soft" }, `${role} – ${place}`),
            ),
        ),
        failed.map((step) => el("p", { class: "failure" }, stepReason(told, step))),
        steps.length > 0 &&
            el("details", {}, el("summary", {}, t("chain.steps", { n: steps.length })), el("ol", { class: "steps" }, steps.map(stepLine))),
        below,
    );
}

function stepLine(step) {
    const outcome = outcomeOf(step);
    return el(
        "li",
        { value: step.step, class: `o-${outcome}` },
        el("span", { class: "mark" }, icon(outcomes[outcome] || "skipped")),
        el(
            "div",
            {},
            stepName(step),
            " ",
            el("span", { class: "soft" }, t(`outcome.${outcome}`)),
            ["failed", "suppressed"].includes(outcome) && [
                step.expected && el("div", { class: "evidence" }, t("chain.expected"), " ", english(step.expected)),
                step.found && el("div", { class: "evidence" }, t("chain.found"), " ", english(step.found)),
            ],
        ),
    );
}
