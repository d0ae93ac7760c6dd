// The keyboard. Single letters can be switched off: speech input and a slip of the hand press them too.

import { closeSource } from "./source.js";

const NAME = "byline-no-letters";
const dialog = document.getElementById("keys");

export function watchKeys() {
  document.getElementById("keys-open").addEventListener("click", () => dialog.showModal());
  const letters = document.createElement("label");
  const box = document.createElement("input");
  Object.assign(box, { type: "checkbox", id: "letters", checked: !localStorage.getItem(NAME) });
  box.addEventListener("change", () => (box.checked ? localStorage.removeItem(NAME) : localStorage.setItem(NAME, "1")));
  letters.append(box, " Use single keys");
  dialog.querySelector("form").before(letters);
  document.addEventListener("keydown", pressed);
}

function pressed(event) {
  if (event.key === "Escape" && !dialog.open) return closeSource();
  if (event.ctrlKey || event.metaKey || event.altKey || dialog.open || localStorage.getItem(NAME)) return;
  if (event.target.closest?.("input, textarea, select")) return;
  const does = { "/": toField, "?": () => dialog.showModal(), n: () => step(1), p: () => step(-1) }[event.key];
  if (does?.() !== false && does) event.preventDefault();
}

function toField() {
  const field = document.querySelector("#question, #draft, #search");
  if (!field || field.closest("[hidden]")) return false;
  field.focus();
  return true;
}

// The next quote of the article that is open, claim of the draft, or citation of the answers.
function step(by) {
  const button = document.getElementById(by > 0 ? "next-quote" : "previous-quote");
  if (button) return button.click();
  const claims = [...document.querySelectorAll(".in-draft")];
  if (claims.length) return claims.at((claims.findIndex((one) => one.ariaPressed === "true") + by) % claims.length).click();
  const chips = [...document.querySelectorAll(".chip")];
  if (!chips.length) return false;
  const at = chips.indexOf(document.activeElement);
  return chips.at((at < 0 && by < 0 ? 0 : at + by) % chips.length).focus();
}
