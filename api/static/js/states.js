// What went wrong, in words that help, with what to do next.

import { setKey } from "./api.js";
import { element } from "./dom.js";

const HEADINGS = {
  offline: "Not connected",
  key: "A key is needed",
  missing: "Not here",
  large: "Too large",
  busy: "Too many questions at once",
  unavailable: "Not just now",
  empty: "No articles yet",
  broken: "The connection broke",
  refused: "That can’t be used",
};
const FOR_GOOD = new Set(["refused", "missing", "large"]);

export function trouble(fault, retry) {
  const heading = HEADINGS[fault.kind] || "Something failed";
  const box = element("section", { class: "trouble", role: "alert" }, element("h2", {}, heading), element("p", {}, fault.message));
  const way = wayOn(fault, retry);
  if (way) box.append(way);
  return box;
}

function wayOn(fault, retry) {
  if (fault.kind === "key") return keyForm(retry);
  if (fault.kind === "empty") return toArchive();
  if (fault.kind === "missing") return element("p", {}, element("a", { href: "/", "data-view": "ask" }, "Ask something else"));
  if (!retry || FOR_GOOD.has(fault.kind)) return null;
  if (fault.kind === "busy") return countdown(fault.waitS || 5, retry);
  return element("button", { type: "button", onclick: retry }, "Try again");
}

export function toArchive() {
  return element("p", {}, element("a", { href: "/?archive", "data-view": "archive" }, "Add articles in the archive"), ", or run “byline ingest PATH”.");
}

function keyForm(retry) {
  const field = element("input", { type: "password", id: "key", autocomplete: "off", required: true });
  const keep = (event) => {
    event.preventDefault();
    setKey(field.value.trim());
    retry?.();
  };
  return element(
    "form",
    { class: "row", onsubmit: keep },
    element("label", { for: "key" }, "Key"),
    field,
    element("button", {}, "Use it"),
    element("p", { class: "hint" }, "It is kept until this tab is closed. “byline keys add” makes one."),
  );
}

function countdown(seconds, retry) {
  const button = element("button", { type: "button", disabled: true, onclick: retry });
  const tick = (left) => {
    button.textContent = left > 0 ? `Try again in ${left} s` : "Try again";
    button.disabled = left > 0;
    if (left > 0) setTimeout(tick, 1000, left - 1);
  };
  tick(Math.ceil(seconds));
  return button;
}
