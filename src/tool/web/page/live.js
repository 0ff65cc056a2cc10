// What happens at the program while the page is open, and coming back after it was away.
import * as api from "./api.js";
import { t } from "./i18n.js";
import { announce, toast } from "./toasts.js";
import { emit, findEntry, group, keyOf, load, loadGroups, setPairing, setProblems, state } from "./state.js";

const retryLost = 1000;
const retryEnded = 2000;

function connection(to) {
    if (state.connection === to) return;
    state.connection = to;
    emit("connection");
    announce(t(`connection.${to}`), to !== "live");
}

// show(groupId, list, id): brings an entry into sight.
export function goLive({ show }) {
    let source = null;
    let waiting = 0;

    function listen() {
        source = new EventSource("/api/events");
        source.addEventListener("open", () => connection("live"));
        source.addEventListener("error", () => lost());
        source.addEventListener("changed", (event) => changed(JSON.parse(event.data)));
        source.addEventListener("pairing", (event) => {
            const told = JSON.parse(event.data);
            setPairing(told.group, told.pairing);
        });
        source.addEventListener("problems", (event) => {
            const told = JSON.parse(event.data);
            setProblems(told.group, told.problems);
        });
    }

    function lost() {
        source?.close();
        source = null;
        if (state.connection === "live") connection("lost");
        clearTimeout(waiting);
        waiting = setTimeout(comeBack, state.connection === "ended" ? retryEnded : retryLost);
    }

    // Everything may have changed meanwhile, the groups as well.
    async function comeBack() {
        try {
            state.session = await api.session();
            const problem = await loadGroups();
            if (problem) throw problem;
            listen();
        } catch (error) {
            connection(error.http === 401 ? "ended" : "lost");
            lost();
        }
    }

    async function changed({ group: id, changes = [] }) {
        try {
            await load(id);
        } catch {
            return;
        } // lost() is told by the stream itself
        for (const change of changes.filter((each) => each.list === "rejected" && ["added", "refused"].includes(each.kind)).slice(0, 3))
            arrived(id, change);
    }

    // An entry that the operator has just put there is no news.
    function arrived(id, change) {
        const row = findEntry(id, change.id, "rejected");
        if (!row || !row.entry.lastSeen || Date.now() - Date.parse(row.entry.lastSeen) > 15000) return;
        if (told.get(row.key) === row.entry.lastSeen) return;
        told.set(row.key, row.entry.lastSeen);
        toast({
            text: t(row.entry.attempts > 1 ? "news.again" : "news.rejected", {
                name: row.entry.name,
                group: group(id)?.name,
                n: row.entry.attempts,
            }),
            symbol: "rejected",
            kind: "news",
            action: { label: t("action.why"), run: () => show(keyOf(id, row.entry)) },
        });
    }
    const told = new Map();

    api.onSessionEnd(() => {
        connection("ended");
        lost();
    });
    listen();
}
