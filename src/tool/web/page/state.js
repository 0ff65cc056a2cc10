// What the page knows, in one place, and who wants to be told when it changes.
import * as api from "./api.js";
import { keyOf, makeRow, select } from "./rows.js";

export const state = {
    session: null,
    groups: [],
    rows: new Map(), // group id -> rows
    problems: new Map(), // group id -> what is wrong with the folder
    view: { group: null, state: null, expiring: false, search: "", column: "state", direction: 1 },
    shown: { rows: [], counts: {}, total: 0 },
    selected: new Set(), // keys
    active: null, // key
    fresh: new Map(), // keys that have just come, until when they are shown as such
    connection: "live", // "lost": the program does not answer; "ended": it does not know us
};

const listeners = new Map();
export function on(topic, then) {
    if (!listeners.has(topic)) listeners.set(topic, new Set());
    listeners.get(topic).add(then);
}
// Topics: rows (what is shown), selection, groups (names, problems, pairing), connection.
export function emit(topic) {
    for (const then of listeners.get(topic) || []) then();
}
export const forgetListeners = () => listeners.clear();

export const group = (id) => state.groups.find((each) => each.id === id);
// The group that something without a row is about: the shown one, or the only one.
export const currentGroup = () => group(state.view.group) || (state.groups.length === 1 ? state.groups[0] : null);
export const severalGroups = () => state.groups.length > 1 && !state.view.group;

export function rowOf(key) {
    for (const rows of state.rows.values()) {
        const found = rows.find((row) => row.key === key);
        if (found) return found;
    }
    return null;
}
export const findEntry = (groupId, id, list) =>
    (state.rows.get(groupId) || []).find((row) => row.entry.id === id && (!list || row.entry.list === list)) || null;

// In the order of the grid; what a filter hides is not acted upon.
export const selectedRows = () => state.shown.rows.filter((row) => state.selected.has(row.key));

export function refreshView() {
    state.shown = select([...state.rows.values()].flat(), state.view);
    const visible = new Set(state.shown.rows.map((row) => row.key));
    for (const key of state.selected) if (!visible.has(key)) state.selected.delete(key);
    if (state.active && !visible.has(state.active)) state.active = null;
    emit("rows");
    emit("selection");
}

export function setView(change) {
    Object.assign(state.view, change);
    refreshView();
}

// An entry that has changed its list stays selected: the eye follows it.
function follow(before, after) {
    const now = new Set(after.map((row) => row.key));
    const gone = before.filter((row) => !now.has(row.key) && (state.selected.has(row.key) || state.active === row.key));
    if (!gone.length) return;
    const places = new Map(after.map((row) => [row.entry.id, row.key]));
    for (const row of gone) {
        const moved = places.get(row.entry.id);
        if (state.selected.delete(row.key) && moved) state.selected.add(moved);
        if (state.active === row.key) state.active = moved || null;
    }
}

// One request a group at a time: a change during one is fetched by the next.
const loading = new Map();
export function load(id) {
    const running = loading.get(id);
    if (running) {
        running.again ||= running.done.then(() => load(id));
        return running.again;
    }
    const job = { again: null };
    job.done = fetchEntries(id).finally(() => loading.delete(id));
    loading.set(id, job);
    return job.done;
}

async function fetchEntries(id) {
    const told = await api.entries(id);
    const of = group(id);
    if (!of) return;
    const before = state.rows.get(id) || [];
    const known = new Map(before.map((row) => [row.key, row]));
    const rows = told.entries.map((entry) => makeRow(of, entry));
    for (const row of rows) {
        const old = known.get(row.key);
        if (before.length && (!old || old.entry.attempts !== row.entry.attempts)) state.fresh.set(row.key, Date.now() + 4000);
    }
    state.rows.set(id, rows);
    follow(before, rows);
    setProblems(id, told.problems || []);
    refreshView();
}

export function setProblems(id, problems) {
    state.problems.set(id, problems);
    emit("groups");
}

export function setPairing(id, pairing) {
    const of = group(id);
    if (!of) return;
    of.pairing = pairing && { ...pairing, ends: Date.now() + pairing.left * 1000 };
    emit("groups");
}

export function setGroups(groups) {
    state.groups = groups;
    for (const each of groups) {
        setPairing(each.id, each.pairing);
        if (!state.rows.has(each.id)) state.problems.set(each.id, each.problems || []);
    }
}

export async function loadGroups() {
    const groups = await api.groups();
    setGroups(groups);
    for (const id of [...state.rows.keys()]) if (!group(id)) state.rows.delete(id);
    if (state.view.group && !group(state.view.group)) state.view.group = null;
    emit("groups");
    // One folder that cannot be read does not keep the others from being shown.
    const all = await Promise.allSettled(groups.map((each) => load(each.id)));
    all.forEach((each, at) => {
        const { message, remedy = "" } = each.reason || {};
        if (each.status === "rejected" && each.reason.http) setProblems(groups[at].id, [{ source: groups[at].path, message, remedy }]);
    });
    return all.find((each) => each.status === "rejected" && !each.reason.http)?.reason;
}

export { keyOf };
