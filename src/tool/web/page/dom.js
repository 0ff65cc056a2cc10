// Making elements. Text goes in as text, never as HTML: a certificate's names are chosen by strangers.

const svgSpace = "http://www.w3.org/2000/svg";

// el("button", { class: "quiet", onclick: f, "aria-label": "..." }, "text", child, null, [more])
// A value of false, null or undefined leaves the attribute out; true gives an empty one.
export function el(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (value === false || value === null || value === undefined) continue;
        if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
        else made.setAttribute(name, value === true ? "" : String(value));
    }
    add(made, children);
    return made;
}

export function add(parent, ...children) {
    for (const child of children.flat(Infinity)) {
        if (child === false || child === null || child === undefined) continue;
        parent.append(child instanceof Node ? child : document.createTextNode(String(child)));
    }
    return parent;
}

// One path each, drawn with a line of 1.75 in a square of 24.
const drawings = {
    rejected: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M8.5 8.5l7 7M15.5 8.5l-7 7",
    trusted: "M12 2.5 4 5.5v6c0 5 3.3 8.4 8 10 4.7-1.6 8-5 8-10v-6zM8.5 12l2.5 2.5 4.5-5",
    provisional: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3 2",
    issuers: "M6 3h9l4 4v14H6zM9 9h6M9 13h6M9 17h3",
    blocked: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M5.7 5.7l12.6 12.6",
    own: "M14.5 9.5a4.5 4.5 0 1 0-4.3 4.5l1.8-1.8h2V10zM13 13l7 7M17 17l2-2M7.5 9h.1",
    crl: "M5 4h14v16H5zM8 8h8M8 12l8 0M8 16h4M15 15l3 3M18 15l-3 3",
    warning: "M12 4 2.5 20h19zM12 10v4.5M12 17.3v.2",
    ok: "M5 12.5l4.5 4.5L19 7",
    failed: "M6 6l12 12M18 6 6 18",
    skipped: "M6 12h12",
    pin: "M9 4h6l-1 6 3 3H7l3-3zM12 13v7",
    more: "M12 5.5v.1M12 12v.1M12 18.5v.1",
    up: "M12 19V6M6 11l6-6 6 6",
    down: "M12 5v13M6 13l6 6 6-6",
    close: "M6 6l12 12M18 6 6 18",
    search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5 21 21",
    import: "M12 4v11M7 10.5l5 5 5-5M4 20h16",
    export: "M12 16V5M7 9.5l5-5 5 5M4 20h16",
    history: "M4 12a8 8 0 1 0 2.5-5.8L4 8.5M4 4v4.5h4.5M12 8v4.5l3 1.8",
    pairing: "M9.5 7.5 12 5a4.2 4.2 0 0 1 6 6l-2.5 2.5M14.5 16.5 12 19a4.2 4.2 0 0 1-6-6l2.5-2.5M9.5 14.5l5-5",
    undo: "M8 5 4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11h-4",
    server: "M4 5h16v5H4zM4 14h16v5H4zM7.5 7.5h.1M7.5 16.5h.1",
    client: "M4 5h16v10H4zM9 19h6M12 15v4",
    user: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4.5 20.5c.8-4 3.7-6 7.5-6s6.7 2 7.5 6",
    other: "M3.5 6h6l2 2.5h9V19h-17z",
    copy: "M9 9h11v11H9zM5 15H4V4h11v1",
    trash: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5",
    question: "M9 9a3 3 0 1 1 4.2 2.7c-.8.4-1.2 1-1.2 2.3M12 17.8v.1M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
    eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
};

// Decoration beside words that say the same: hidden from screen readers.
export function icon(name) {
    const svg = document.createElementNS(svgSpace, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("focusable", "false");
    const path = document.createElementNS(svgSpace, "path");
    path.setAttribute("d", drawings[name] || drawings.other);
    svg.append(path);
    return svg;
}

// What the program or a peer says is English whatever the page speaks: screen readers are told.
export const english = (text, attributes = {}) => el("span", { lang: "en", ...attributes }, text);

export function button(label, onclick, { symbol, kind = "", ...more } = {}) {
    return el("button", { type: "button", class: kind, onclick, ...more }, symbol && icon(symbol), el("span", { class: "label" }, label));
}

export function download(name, type, ...parts) {
    const url = URL.createObjectURL(new Blob(parts, { type }));
    const link = el("a", { href: url, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
}

// The names of files that people make of certificates: no character that a system minds.
export const fileName = (name, ending) =>
    `${
        name
            .replace(/[^\p{L}\p{N} ._-]+/gu, "_")
            .trim()
            .slice(0, 80) || "certificate"
    }${ending}`;
