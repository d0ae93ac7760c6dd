// The service: requests, and what can go wrong.

const KEY = "byline-key";

export class Fault extends Error {
  constructor(kind, detail, status = 0, waitS = 0) {
    super(detail);
    this.kind = kind;
    this.status = status;
    this.waitS = waitS;
  }
}

export function setKey(key) {
  if (key) sessionStorage.setItem(KEY, key);
  else sessionStorage.removeItem(KEY);
}

export function headers(more) {
  const key = sessionStorage.getItem(KEY);
  return key ? { ...more, Authorization: `Bearer ${key}` } : more;
}

export async function get(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== "" && value != null) query.append(name, value);
  const asked = query.size ? `${path}?${query}` : path;
  return (await reply(asked, { headers: headers({ Accept: "application/json" }) })).json();
}

export async function post(path, body) {
  return (await reply(path, sending(body))).json();
}

export async function remove(path) {
  const done = await reply(path, { method: "DELETE", headers: headers({}) });
  return done.status === 202 ? done.json() : null;
}

export async function download(path) {
  return (await reply(path, { headers: headers({}) })).blob();
}

export function sending(body, more = {}) {
  if (body instanceof FormData) return { method: "POST", body, headers: headers(more) };
  return { method: "POST", body: JSON.stringify(body ?? {}), headers: headers({ "Content-Type": "application/json", ...more }) };
}

export async function reply(path, options) {
  let answered;
  try {
    answered = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    window.dispatchEvent(new Event("byline-unreached"));
    throw new Fault("offline", "The service can’t be reached. Check that it runs and that you are connected; nothing on this page is lost.");
  }
  if (answered.ok) return answered;
  throw await faultOf(answered);
}

async function faultOf(answered) {
  const told = await answered.json().catch(() => ({}));
  const detail = told.detail || `The service replied ${answered.status}.`;
  return new Fault(kindOf(told.title, answered.status), detail, answered.status, Number(answered.headers.get("Retry-After")) || 0);
}

export function kindOf(title, status) {
  if (title === "StoreEmpty") return "empty";
  const kinds = { 401: "key", 403: "key", 404: "missing", 413: "large", 429: "busy" };
  return kinds[status] || (status >= 500 ? "unavailable" : "refused");
}
