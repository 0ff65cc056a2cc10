// For a browser that the program does not know: what to do, and where there is a password, a form for it.
import { el } from "./dom.js";
import { t } from "./i18n.js";
import { ApiError, login, session } from "./api.js";
import { field, problem } from "./dialog.js";

const place = document.getElementById("signin");
const pollEvery = 2000;

async function known() {
    try {
        await session();
        return location.assign("/");
    } catch (error) {
        return error;
    }
}

const wrong = () => ({ message: t("signin.wrong"), remedy: t("signin.wrong.remedy") });

function form() {
    const password = el("input", { type: "password", autocomplete: "current-password", required: true });
    const told = el("div", { role: "alert" });
    const made = el(
        "form",
        {
            onsubmit: async (event) => {
                event.preventDefault();
                told.replaceChildren();
                try {
                    await login(password.value);
                    location.assign("/");
                } catch (error) {
                    if (!(error instanceof ApiError)) throw error;
                    told.replaceChildren(problem(error.status === "BadUserAccessDenied" ? wrong() : error));
                    password.select();
                }
            },
        },
        field(t("signin.password"), password),
        el("button", { type: "submit", class: "primary" }, t("signin")),
        told,
    );
    setTimeout(() => password.focus());
    return made;
}

const error = await known();
const withPassword = error?.answer?.login === "password";
place.replaceChildren(
    el("h1", {}, el("img", { src: "/assets/icon.svg", alt: "", width: 32, height: 32 }), "uatrust"),
    el("p", {}, t(withPassword ? "signin.with.password" : "signin.with.address")),
    withPassword ? form() : el("p", { class: "soft" }, t("signin.new.address")),
    ...(error?.http !== 401 ? [problem(error)] : []),
);
// Another tab may let this browser in.
setInterval(known, pollEvery);
