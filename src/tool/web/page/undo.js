// Taking back the last change of this page. The program takes back the last change of a folder, whoever made it: so it is asked
// only while that is still ours, and older messages no longer offer it.
import * as api from "./api.js";
import { t } from "./i18n.js";
import { failure, toast } from "./toasts.js";
import { emit, load, state } from "./state.js";

let last = null; // { group, record, close }

async function newestRecord(group) {
    const { at, who, action, what } = (await api.history(group)).records.at(-1) || {};
    return JSON.stringify([at, who, action, what]);
}

export const canUndo = () => last !== null && state.groups.some((each) => each.id === last.group);

// Says what was done, with the offer to take it back under that label.
export async function offerUndo(group, message, label = t("undo")) {
    last?.close();
    last = { group, record: null, close: toast({ ...message, action: { label, run: undo } }) };
    const mine = last;
    emit("selection");
    try {
        mine.record = await newestRecord(group);
    } catch {
        /* undo() then finds that it does not know */
    }
}

export async function undo() {
    if (!canUndo()) return toast({ text: t("undo.nothing"), symbol: "undo", kind: "news" });
    const { group, record, close } = last;
    close();
    last = null;
    emit("selection");
    try {
        if ((await newestRecord(group)) !== record) return toast({ text: t("undo.notOurs"), symbol: "warning", kind: "bad" });
        const told = await api.undo(group);
        await offerUndo(
            group,
            { text: t("done.undo"), detail: [told.what, told.note].filter(Boolean).join(" "), symbol: "undo" },
            t("redo"),
        );
    } catch (error) {
        failure(error);
    }
    return load(group).catch(failure);
}
