// The context menu (the menu pattern of the ARIA Authoring Practices).
import { el, icon } from "./dom.js";
import { t } from "./i18n.js";

let open = null;
export const menuIsOpen = () => open !== null;

// items: [{ label, symbol, disabled, danger, hint, run }], null for a line between. Opens at { x, y } of the window.
export function openMenu(items, { x, y }, back) {
    open?.close(false);
    const menu = el("div", { class: "menu", role: "menu", "aria-label": t("menu") });
    const close = (focus = true) => {
        if (!open) return;
        open = null;
        menu.remove();
        document.removeEventListener("pointerdown", outside, true);
        window.removeEventListener("resize", away);
        if (focus) back?.focus();
    };
    const away = () => close(false);
    const outside = (event) => {
        if (!menu.contains(event.target)) close(false);
    };
    const made = items.map((item) =>
        item === null
            ? el("div", { role: "separator", class: "menu-line" })
            : el(
                  "button",
                  {
                      type: "button",
                      role: "menuitem",
                      tabindex: "-1",
                      class: item.danger ? "danger" : "",
                      "aria-disabled": item.disabled ? "true" : null,
                      onclick: () => {
                          if (!item.disabled) {
                              close();
                              item.run();
                          }
                      },
                  },
                  icon(item.symbol),
                  el("span", { class: "label" }, item.label),
                  item.hint && el("kbd", { "aria-hidden": "true" }, item.hint),
              ),
    );
    menu.append(...made);
    const choices = made.filter((each) => each.getAttribute("role") === "menuitem");
    const go = (step) => {
        const at = choices.indexOf(document.activeElement);
        choices[(at + step + choices.length) % choices.length].focus();
    };
    const keys = {
        ArrowDown: () => go(1),
        ArrowUp: () => go(choices.includes(document.activeElement) ? -1 : 0),
        Home: () => choices[0].focus(),
        End: () => choices.at(-1).focus(),
        Escape: () => close(),
        Tab: () => close(),
    };
    menu.addEventListener("keydown", (event) => {
        event.stopPropagation();
        if (keys[event.key]) {
            event.preventDefault();
            keys[event.key]();
        } else if (event.key.length === 1 && !event.ctrlKey && !event.altKey && event.key !== " ") {
            const at = choices.indexOf(document.activeElement);
            const turn = [...choices.slice(at + 1), ...choices.slice(0, at + 1)];
            turn.find((each) => each.textContent.toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
        }
    });
    menu.addEventListener("contextmenu", (event) => event.preventDefault());
    document.querySelector("main").append(menu);
    open = { close };
    const box = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(4, Math.min(x, window.innerWidth - box.width - 4))}px`;
    menu.style.top = `${Math.max(4, y + box.height + 4 > window.innerHeight ? Math.min(y, window.innerHeight - box.height - 4) : y)}px`;
    document.addEventListener("pointerdown", outside, true);
    window.addEventListener("resize", away);
    (choices.find((each) => !each.hasAttribute("aria-disabled")) || choices[0]).focus();
}
