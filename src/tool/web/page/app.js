// The page: what is where, and what starts it.
import * as api from "./api.js";
import { button, el, icon } from "./dom.js";
import { language, setLanguage, t } from "./i18n.js";
import { languages } from "./messages.js";
import { problem } from "./dialog.js";
import { carryOut, menuItems } from "./actions.js";
import { acceptDrops, openImport } from "./import.js";
import { groupAt, makeGroups, makeNotices } from "./groups.js";
import { goLive } from "./live.js";
import { makeDetails } from "./details.js";
import { makeFilters, makeToolbar } from "./toolbar.js";
import { makeGrid } from "./grid.js";
import { openHistory } from "./history.js";
import { openMenu } from "./menu.js";
import { openOwn } from "./own.js";
import { openPairing, watchPairing } from "./pairing.js";
import { toastShelf } from "./toasts.js";
import { undo } from "./undo.js";
import { forgetListeners, loadGroups, on, refreshView, rowOf, selectedRows, setGroups, setView, state } from "./state.js";

const app = document.getElementById("app");
let parts = null; // of the shell that is shown: { grid, details }

function searchField() {
    let pause = 0;
    const input = el("input", {
        type: "search",
        id: "search",
        placeholder: t("search"),
        "aria-label": t("search.label"),
        autocomplete: "off",
        spellcheck: "false",
        oninput: () => {
            clearTimeout(pause);
            pause = setTimeout(() => setView({ search: input.value }), 120);
        },
        onkeydown: (event) => {
            if (event.key === "ArrowDown") {
                event.preventDefault();
                parts.grid.focus();
            }
        },
    });
    input.value = state.view.search;
    on("rows", () => {
        if (!state.view.search && document.activeElement !== input) input.value = "";
    });
    return el("div", { class: "search" }, icon("search"), input);
}

function languageChoice() {
    const names = { en: "English", de: "Deutsch" };
    const choice = el(
        "select",
        {
            "aria-label": t("language"),
            class: "language",
            onchange: () => {
                setLanguage(choice.value);
                show();
                document.querySelector(".language").focus();
            },
        },
        languages.map((each) => el("option", { value: each, lang: each, selected: each === language() }, names[each])),
    );
    return choice;
}

function connectionLight() {
    const words = el("span", {});
    const light = el("div", { class: "connection" }, el("span", { class: "lamp", "aria-hidden": "true" }), words);
    const draw = () => {
        light.dataset.state = state.connection;
        words.textContent = t(`connection.${state.connection}.short`);
    };
    on("connection", draw);
    draw();
    return light;
}

function awayNotice() {
    const place = el("div", { class: "away", hidden: true });
    const draw = () => {
        place.hidden = state.connection === "live";
        place.replaceChildren(
            icon("warning"),
            el(
                "div",
                {},
                el("strong", {}, t(`connection.${state.connection}`)),
                " ",
                state.connection !== "live" && t(`connection.${state.connection}.remedy`),
            ),
            ...(state.connection === "ended" ? [button(t("signin"), () => location.reload())] : []),
        );
    };
    on("connection", draw);
    draw();
    return place;
}

// The shell is made anew when the language changes; what is known stays.
function show() {
    forgetListeners();
    const goTo = (key) => parts.grid.go(key);
    const details = makeDetails({
        goTo,
        startImport: (groupId, hint) => openImport({ groupId, hint }),
        focusGrid: () => parts.grid.focus(),
    });
    const open = (row, how) => details.open(row, { focus: how });
    const grid = makeGrid({
        open,
        menu: (row, at) => openMenu(menuItems(selectedRows(), open), at, grid.grid),
        remove: () => carryOut("delete", selectedRows()),
        undo: () => undo(),
    });
    const shown = parts?.details.shownKey();
    parts = { grid, details };
    const shade = el("div", { class: "shade", hidden: true }, el("p", {}, icon("import"), t("drop.here")));
    app.replaceChildren(
        el(
            "a",
            {
                class: "skip",
                href: "#grid",
                onclick: (event) => {
                    event.preventDefault();
                    grid.focus();
                },
            },
            t("skip"),
        ),
        el(
            "header",
            { class: "top" },
            el(
                "h1",
                {},
                el("img", { src: "/assets/icon.svg", alt: "", width: 24, height: 24 }),
                "uatrust",
                el("span", { class: "host" }, state.session?.host || ""),
            ),
            searchField(),
            el(
                "div",
                { class: "top-buttons" },
                button(t("import"), () => openImport(), { symbol: "import", title: t("import") }),
                button(t("own"), () => openOwn(), { symbol: "own", title: t("own") }),
                button(t("pairing"), () => openPairing(), { symbol: "pairing", title: t("pairing") }),
                button(t("history"), () => openHistory(), { symbol: "history", title: t("history") }),
            ),
            languageChoice(),
            connectionLight(),
        ),
        el("section", { class: "above", "aria-label": t("overview") }, awayNotice(), makeGroups(), makeNotices()),
        el(
            "main",
            {},
            el("div", { class: "bar" }, makeFilters(), makeToolbar({ open })),
            el("div", { class: "work" }, grid.element, details.element),
        ),
        toastShelf(),
        shade,
    );
    watchPairing();
    watchDrops.shade = shade;
    refreshView();
    if (shown && rowOf(shown)) details.open(rowOf(shown), { focus: null });
}

// Once for the page, whatever shell is shown.
function watchDrops() {
    const shade = {
        set hidden(on) {
            watchDrops.shade.hidden = on;
        },
    };
    acceptDrops(shade, groupAt);
}

async function start() {
    try {
        state.session = await api.session();
    } catch (error) {
        // The server gives the page only to whom it knows: this happens when the session ended in between.
        if (error.http === 401) return location.reload();
        app.replaceChildren(
            el(
                "main",
                { class: "alone" },
                el("h1", {}, "uatrust"),
                problem(error),
                button(t("again"), () => location.reload()),
            ),
        );
        return undefined;
    }
    setGroups(state.session.groups);
    document.title = `${t("title")} – ${state.session.host}`;
    show();
    watchDrops();
    await loadGroups();
    goLive({
        show: (key) => {
            parts.grid.go(key);
            const row = rowOf(key);
            if (row) parts.details.open(row, { focus: "why" });
        },
    });
    return undefined;
}

start();
