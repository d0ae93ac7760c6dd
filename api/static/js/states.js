// What went wrong, in words that help, with what to do next.

import { setKey } from "./api.js";
import { element, say } from "./dom.js";

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

export function trouble(fault, retry) {
  const heading = HEADINGS[fault.kind] || "Something failed";
  const box = element("section", { class: "trouble", role: "alert" }, element("h2", {}, heading), element("p", {}, fault.message));
  if (fault.kind === "key") box.append(keyForm(retry));
  else if (fault.kind === "empty") box.append(element("p", {}, element("a", { href: "/?archive", "data-view": "archive" }, "Add articles in the archive")));
  else if (fault.kind === "busy") box.append(countdown(fault.waitS || 5, retry));
  else if (retry && fault.kind !== "refused" && fault.kind !== "missing") {
    box.append(element("button", { type: "button", onclick: retry }, "Try again"));
  }
  say(`${heading}. ${fault.message}`);
  return box;
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
