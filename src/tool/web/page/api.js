// The program's answers. What it refuses is an ApiError with its words: what happened, and what to do next.
import { t } from "./i18n.js";

export class ApiError extends Error {
    constructor(http, { status = "", message = "", remedy = "" } = {}, answer = {}) {
        super(message);
        Object.assign(this, { http, status, remedy, answer });
    }
}

let csrf = "";
let whenEnded = () => {};
// Called when the program no longer knows this browser.
export const onSessionEnd = (then) => {
    whenEnded = then;
};

async function request(method, path, { json, body, headers = {} } = {}) {
    const sent = { method, headers: { ...headers }, credentials: "same-origin", cache: "no-store" };
    if (method !== "GET") sent.headers["X-Uatrust-CSRF"] = csrf;
    if (json !== undefined) {
        sent.headers["Content-Type"] = "application/json";
        sent.body = JSON.stringify(json);
    } else if (body !== undefined) {
        sent.headers["Content-Type"] = "application/octet-stream";
        sent.body = body;
    }
    let response;
    try {
        response = await fetch(path, sent);
    } catch {
        throw new ApiError(0, { status: "BadConnectionClosed", message: t("error.network"), remedy: t("error.network.remedy") });
    }
    if (response.ok) return response;
    let told = {};
    try {
        told = await response.json();
    } catch {
        /* something between us and the program has answered */
    }
    if (response.status === 401 && path !== "/api/session") whenEnded();
    throw new ApiError(response.status, told.error || { message: t("error.http", { code: response.status }) }, told);
}

async function value(method, path, options) {
    const response = await request(method, path, options);
    return response.status === 204 ? null : response.json();
}

const of = (group) => `/api/groups/${encodeURIComponent(group)}`;
const at = (group, { list, id }) => `${of(group)}/entries/${encodeURIComponent(list)}/${encodeURIComponent(id)}`;

export async function session() {
    const told = await value("GET", "/api/session");
    csrf = told.csrf;
    return told;
}
export const groups = async () => (await value("GET", "/api/groups")).groups;
export const entries = (group) => value("GET", `${of(group)}/entries`);
export const details = (group, entry) => value("GET", at(group, entry));
export const offer = (group, id) => value("GET", `${of(group)}/offer/${encodeURIComponent(id)}`);
export const der = async (group, entry) => (await request("GET", `${at(group, entry)}/der`)).arrayBuffer();
export const pem = async (group, entry) => (await request("GET", `${at(group, entry)}/pem`)).text();
export const exportUrl = (group, list) => `${of(group)}/export?list=${encodeURIComponent(list)}`;

export const act = (group, action, items, withIssuers = false) =>
    value("POST", `${of(group)}/actions`, { json: { action, items: items.map(({ id, list }) => ({ id, list })), withIssuers } });
export const undo = (group) => value("POST", `${of(group)}/undo`, { json: {} });
export const history = (group) => value("GET", `${of(group)}/history`);

export function planImport(group, file, { passphrase, trustApplications, trustCas }) {
    const flags = `trustApplications=${Number(trustApplications)}&trustCas=${Number(trustCas)}`;
    const headers = passphrase ? { "X-Uatrust-Passphrase": encodeURIComponent(passphrase) } : {};
    return value("POST", `${of(group)}/import?name=${encodeURIComponent(file.name)}&${flags}`, { body: file, headers });
}
export const carryOutImport = (group, plan) => value("POST", `${of(group)}/import/${encodeURIComponent(plan)}`);

export const own = (group) => value("GET", `${of(group)}/own`);
export const renew = (group, key) => value("POST", `${of(group)}/own/renew`, { json: { key } });
export const signingRequest = (group, key) => value("POST", `${of(group)}/own/request`, { json: { key } });

export const openPairing = (group, wish) => value("POST", `${of(group)}/pairing`, { json: wish });
export const closePairing = (group) => value("DELETE", `${of(group)}/pairing`);
export const confirmPairing = (group, id) => value("POST", `${of(group)}/pairing/confirm`, { json: { id } });
export const dropPairing = (group, id) => value("POST", `${of(group)}/pairing/drop`, { json: { id } });

export const login = (password) => value("POST", "/api/login", { json: { password } });
export const logout = () => value("POST", "/api/logout");
