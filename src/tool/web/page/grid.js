// One grid over all lists. Only the rows in sight, and a few beyond, are elements: 10 000 certificates scroll as 10 do.
// The grid itself has the focus and names the active row (aria-activedescendant), so that rows may come and go.
import { el, icon } from "./dom.js";
import { t } from "./i18n.js";
import { columns, firstDirection } from "./rows.js";
import { makeRow } from "./gridrow.js";
import { menuIsOpen } from "./menu.js";
import { announce } from "./toasts.js";
import { emit, on, refreshView, setView, severalGroups, state } from "./state.js";

const beyond = 8; // rows drawn above and below those in sight

// handlers: open(row, "show" | "why"), menu(row, { x, y }), remove(), undo()
export function makeGrid(handlers) {
    const head = el("div", { role: "rowgroup", class: "grid-head" });
    const body = el("div", { role: "rowgroup", class: "grid-body" });
    const grid = el(
        "div",
        { role: "grid", id: "grid", class: "grid", tabindex: "0", "aria-multiselectable": "true", "aria-label": t("grid.label") },
        head,
        body,
    );
    const nothing = el("p", { class: "nothing", role: "status" });
    const drawn = new Map(); // index -> element
    let rowHeight = 44;
    let anchor = null; // where a selection with Shift begins: a key
    let queued = false;

    const rows = () => state.shown.rows;
    const indexOf = (key) => rows().findIndex((row) => row.key === key);
    const pageSize = () => Math.max(1, Math.floor((grid.clientHeight - head.offsetHeight) / rowHeight) - 1);

    // --- drawing

    function drawHead() {
        const { column: sorted, direction } = state.view;
        const shown = columns.filter((column) => column !== "group" || severalGroups());
        const had = head.contains(document.activeElement) ? document.activeElement.dataset.column : null;
        const headers = shown.map((column) => {
            const way = column === sorted ? direction : 0;
            const turn = el(
                "button",
                {
                    type: "button",
                    class: "sort",
                    "data-column": column,
                    tabindex: column === sorted ? "0" : "-1",
                    onclick: () => setView({ column, direction: way ? -way : firstDirection(column) }),
                },
                el("span", {}, t(`column.${column}`)),
                way !== 0 && icon(way > 0 ? "up" : "down"),
            );
            return el(
                "div",
                { role: "columnheader", class: `cell c-${column}`, "aria-sort": way > 0 ? "ascending" : way < 0 ? "descending" : "none" },
                turn,
            );
        });
        head.replaceChildren(
            el(
                "div",
                { role: "row", class: "row", "aria-rowindex": "1" },
                el("div", { role: "columnheader", class: "cell c-check" }, el("span", { class: "unseen" }, t("column.check"))),
                headers,
                el("div", { role: "columnheader", class: "cell c-more" }, el("span", { class: "unseen" }, t("column.more"))),
            ),
        );
        grid.classList.toggle("with-group", severalGroups());
        grid.setAttribute("aria-colcount", shown.length + 2);
        if (had) head.querySelector(`[data-column="${had}"]`)?.focus();
    }

    function draw() {
        queued = false;
        const wanted = parseFloat(getComputedStyle(grid).getPropertyValue("--row-height"));
        if (wanted && wanted !== rowHeight) {
            rowHeight = wanted;
            drawn.clear();
            body.replaceChildren();
        }
        const all = rows();
        body.style.height = `${all.length * rowHeight}px`;
        const top = Math.max(0, grid.scrollTop - 0);
        const first = Math.max(0, Math.floor(top / rowHeight) - beyond);
        const last = Math.min(all.length, Math.ceil((top + grid.clientHeight) / rowHeight) + beyond);
        const active = state.active ? indexOf(state.active) : -1;
        const keep = (index) => (index >= first && index < last) || index === active;
        for (const [index, element] of drawn)
            if (!keep(index)) {
                element.remove();
                drawn.delete(index);
            }
        const inOrder = [];
        for (let index = first; index < last; index++) inOrder.push(index);
        if (active >= 0 && (active < first || active >= last)) inOrder.splice(active < first ? 0 : inOrder.length, 0, active);
        let after = null;
        for (const index of inOrder) {
            let element = drawn.get(index);
            if (!element) {
                element = makeRow(all[index], index);
                element.style.transform = `translateY(${index * rowHeight}px)`;
                drawn.set(index, element);
                if (after) after.after(element);
                else body.prepend(element);
            }
            mark(element, all[index], index === active);
            after = element;
        }
        if (active >= 0) grid.setAttribute("aria-activedescendant", `row-${active}`);
        else grid.removeAttribute("aria-activedescendant");
    }

    function mark(element, row, active) {
        const selected = state.selected.has(row.key);
        element.setAttribute("aria-selected", String(selected));
        element.classList.toggle("active", active);
        element.classList.toggle("fresh", (state.fresh.get(row.key) || 0) > Date.now());
    }

    function later() {
        if (queued) return;
        queued = true;
        requestAnimationFrame(draw);
    }

    function redraw() {
        drawn.clear();
        body.replaceChildren();
        grid.setAttribute("aria-rowcount", rows().length + 1);
        const awaited = state.groups.filter(({ id }) => !state.view.group || id === state.view.group);
        const loaded = awaited.every(({ id }) => state.rows.has(id) || state.problems.get(id)?.length);
        nothing.textContent = rows().length
            ? ""
            : t(
                  !loaded
                      ? "loading"
                      : state.view.search || state.view.expiring
                        ? "nothing.found"
                        : state.view.state
                          ? `nothing.${state.view.state}`
                          : "nothing",
              );
        drawHead();
        draw();
    }

    // --- moving and selecting

    function reveal(index) {
        const top = index * rowHeight;
        const room = grid.clientHeight - head.offsetHeight;
        if (top < grid.scrollTop) grid.scrollTop = top;
        else if (top + rowHeight > grid.scrollTop + room) grid.scrollTop = top + rowHeight - room;
    }

    function choose(index, { extend = false, keepSelection = false } = {}) {
        const all = rows();
        if (!all.length) return;
        const to = Math.max(0, Math.min(all.length - 1, index));
        const row = all[to];
        if (extend) {
            const from = Math.max(0, anchor ? indexOf(anchor) : to);
            anchor = all[from].key;
            state.selected = new Set(all.slice(Math.min(from, to), Math.max(from, to) + 1).map((each) => each.key));
        } else if (!keepSelection) {
            state.selected = new Set([row.key]);
            anchor = row.key;
        }
        state.active = row.key;
        reveal(to);
        draw();
        emit("selection");
        tell();
    }

    function toggle(index) {
        const row = rows()[index];
        if (!row) return;
        if (!state.selected.delete(row.key)) state.selected.add(row.key);
        state.active = anchor = row.key;
        draw();
        emit("selection");
        tell();
    }

    let told = 0;
    function tell() {
        const count = state.selected.size;
        if (count !== told && (count > 1 || told > 1)) announce(t("selected", { n: count }));
        told = count;
    }

    function menuAt(index) {
        const row = rows()[index];
        if (!row) return;
        if (!state.selected.has(row.key)) choose(index);
        reveal(index);
        draw();
        const box = drawn.get(index).getBoundingClientRect();
        handlers.menu(row, { x: box.left + Math.min(160, box.width / 3), y: box.top + rowHeight - 6 });
    }

    const keys = {
        ArrowDown: (at, how) => choose(at + 1, how),
        ArrowUp: (at, how) => choose(at < 0 ? 0 : at - 1, how),
        PageDown: (at, how) => choose(at + pageSize(), how),
        PageUp: (at, how) => choose(at - pageSize(), how),
        Home: (_, how) => choose(0, how),
        End: (_, how) => choose(rows().length - 1, how),
        " ": (at) => toggle(at),
        Enter: (at) => {
            if (at >= 0) handlers.open(rows()[at], "show");
        },
        ContextMenu: (at) => menuAt(Math.max(0, at)),
        Delete: () => handlers.remove(),
        Escape: () => {
            state.selected.clear();
            draw();
            emit("selection");
            tell();
        },
    };
    grid.addEventListener("keydown", (event) => {
        if (event.target !== grid) return;
        const at = state.active ? indexOf(state.active) : -1;
        const control = event.ctrlKey || event.metaKey;
        const letter = event.key.toLowerCase();
        let act = keys[event.key];
        if (event.shiftKey && event.key === "F10") act = keys.ContextMenu;
        else if (control && letter === "a")
            act = () => {
                state.selected = new Set(rows().map((row) => row.key));
                draw();
                emit("selection");
                tell();
            };
        else if (control && letter === "z") act = handlers.undo;
        else if (control && !["ArrowDown", "ArrowUp", "Home", "End", " "].includes(event.key)) act = null;
        if (!act || event.altKey) return;
        event.preventDefault();
        act(at, { extend: event.shiftKey, keepSelection: control });
    });
    head.addEventListener("keydown", (event) => {
        const sorts = [...head.querySelectorAll(".sort")].filter((each) => each.offsetParent);
        const at = sorts.indexOf(event.target);
        const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: sorts.length - 1 }[event.key];
        if (at < 0 || to === undefined) return;
        event.preventDefault();
        const next = sorts[(to + sorts.length) % sorts.length];
        sorts.forEach((each) => each.setAttribute("tabindex", each === next ? "0" : "-1"));
        next.focus();
    });
    grid.addEventListener("focus", () => {
        if (!state.active && rows().length && grid.matches(":focus-visible")) choose(0, { keepSelection: true });
    });

    const indexAt = (target) => {
        const element = target.closest?.(".grid-body > .row");
        return element ? Number(element.dataset.index) : -1;
    };
    body.addEventListener("click", (event) => {
        const index = indexAt(event.target);
        if (index < 0) return;
        const more = event.target.closest(".c-more button");
        if (event.target.closest(".c-check")) toggle(index);
        else if (more) {
            if (!state.selected.has(rows()[index].key)) choose(index);
            const box = more.getBoundingClientRect();
            handlers.menu(rows()[index], { x: box.right - 200, y: box.bottom });
            return;
        } else if (event.ctrlKey || event.metaKey) toggle(index);
        else choose(index, { extend: event.shiftKey });
        grid.focus({ preventScroll: true });
    });
    // Text under a double click or a click with Shift is not what was meant.
    body.addEventListener("mousedown", (event) => {
        if (event.shiftKey || event.detail > 1) event.preventDefault();
    });
    body.addEventListener("dblclick", (event) => {
        const index = indexAt(event.target);
        if (index >= 0 && !event.target.closest(".c-check, .c-more")) handlers.open(rows()[index], "show");
    });
    grid.addEventListener("contextmenu", (event) => {
        event.preventDefault();
        if (menuIsOpen()) return;
        const index = indexAt(event.target);
        if (index < 0) {
            if (event.target === grid && state.active) menuAt(indexOf(state.active));
            return;
        }
        if (!state.selected.has(rows()[index].key)) choose(index);
        grid.focus({ preventScroll: true });
        handlers.menu(rows()[index], { x: event.clientX, y: event.clientY });
    });

    grid.addEventListener("scroll", later, { passive: true });
    new ResizeObserver(later).observe(grid);
    on("rows", redraw);
    on("selection", later);
    // "2 minutes ago" grows old.
    const aging = setInterval(() => {
        if (grid.isConnected) redraw();
        else clearInterval(aging);
    }, 30000);

    return {
        element: el("div", { class: "grid-place" }, grid, nothing),
        grid,
        focus: () => grid.focus(),
        // Brings a row into sight, whatever is filtered away at the moment.
        go(key) {
            if (indexOf(key) < 0) Object.assign(state.view, { state: null, search: "", expiring: false, group: null });
            refreshView();
            const index = indexOf(key);
            if (index >= 0) choose(index);
        },
    };
}
