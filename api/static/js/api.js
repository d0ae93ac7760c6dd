// The service: JSON, streams of events, and what can go wrong.

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

function headers(more) {
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

function sending(body, more = {}) {
  if (body instanceof FormData) return { method: "POST", body, headers: headers(more) };
  return { method: "POST", body: JSON.stringify(body ?? {}), headers: headers({ "Content-Type": "application/json", ...more }) };
}

async function reply(path, options) {
  let answered;
  try {
    answered = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Fault("offline", "The service can’t be reached. Check that it runs and that you are connected.");
  }
  if (answered.ok) return answered;
  throw await faultOf(answered);
}

async function faultOf(answered) {
  const told = await answered.json().catch(() => ({}));
  const kinds = { 401: "key", 403: "key", 404: "missing", 413: "large", 429: "busy", 503: "unavailable" };
  const kind = told.title === "StoreEmpty" ? "empty" : kinds[answered.status] || "refused";
  const detail = told.detail || `The service replied ${answered.status}.`;
  return new Fault(kind, detail, answered.status, Number(answered.headers.get("Retry-After")) || 0);
}

// Each event's name and payload, by `POST` with a body or by `GET` without one. Ends with "done" or throws.
export async function* events(path, body, signal) {
  const accept = { Accept: "text/event-stream" };
  const options = body === undefined ? { headers: headers(accept) } : sending(body, accept);
  const answered = await reply(path, { ...options, signal });
  let ended = false;
  for await (const [name, payload] of parsed(answered.body)) {
    if (name === "error") throw new Fault("refused", payload.detail, payload.status);
    ended = name === "done";
    yield [name, payload];
  }
  if (!ended) throw new Fault("broken", "The connection broke before the end.");
}

async function* parsed(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read().catch(() => ({ done: true }));
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const lines = block.split("\n");
      const name = lines.find((line) => line.startsWith("event: "))?.slice(7);
      const text = lines.find((line) => line.startsWith("data: "))?.slice(6);
      if (name && text) yield [name, JSON.parse(text)];
    }
  }
}
