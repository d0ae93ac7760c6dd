// A sentence of an answer: its words, the citations that it rests on, and what was checked.

import { bdi, element, shortened } from "./dom.js";
import { day, outlet, shortDay } from "./words.js";

const TOLD = { supported: "supported", unsupported: "not supported", contradicted: "contradicted", unchecked: "not checked" };
const SIGNS = { supported: "✓", unsupported: "?", contradicted: "✕", unchecked: "?" };

export function reasons(sentence) {
  return sentence.checks.filter((check) => !check.ok).map((check) => check.detail).join("; ") || "it could not be checked";
}

// A draft until `judge` is called.
export function sentenceParts(text, openCitation) {
  const words = element("span", { class: "words" }, text);
  const chips = element("span", { class: "chips" });
  const mark = element("span", { class: "marked" }, element("span", { class: "unjudged" }, "draft"));
  const line = element("div", { class: "sentence is-draft" }, words, element("div", { class: "support" }, chips, mark));
  return {
    line,
    text,
    shorten(short) {
      words.replaceChildren(...withShort(text, short));
    },
    cite(citations) {
      chips.replaceChildren(...citations.map((one) => chip(one, openCitation)));
    },
    judge(sentence) {
      const bad = sentence.verdict !== "supported";
      line.className = `sentence is-${sentence.verdict}`;
      mark.replaceChildren(verdictMark(sentence, bad));
      line.querySelector(".flag")?.remove();
      if (bad) line.append(element("p", { class: "flag" }, reasons(sentence)));
    },
  };
}

function withShort(text, short) {
  const at = short ? text.indexOf(short) : -1;
  if (at < 0) return [text];
  return [text.slice(0, at), element("strong", { class: "short" }, short), text.slice(at + short.length)];
}

function chip(citation, openCitation) {
  const name = shortened(outlet(citation.article), 40);
  const label = `Citation ${citation.n}: ${name}, ${day(citation.article.published)}. Opens the article.`;
  const opens = (event) => openCitation(citation, event.currentTarget);
  return element("button", { type: "button", class: "chip", "aria-label": label, onclick: opens }, element("b", {}, String(citation.n)), bdi(name), element("span", {}, shortDay(citation.article.published)));
}

let tips = 0;

// The reason shows on hover, on focus and on a tap; Escape puts it away.
function verdictMark(sentence, bad) {
  const id = `tip-${++tips}`;
  const lines = sentence.checks.map((check) => element("li", {}, `${check.ok ? "✓" : "✕"} ${check.kind}: ${check.detail}`));
  const tip = element("span", { class: "tip", role: "tooltip", id }, element("ul", {}, ...(lines.length ? lines : [element("li", {}, "nothing was checked")])));
  const button = element(
    "button",
    { type: "button", class: `verdict ${sentence.verdict}`, "aria-describedby": id, "aria-label": `Checked: ${TOLD[sentence.verdict]}` },
    bad ? `${SIGNS[sentence.verdict]} ${TOLD[sentence.verdict]}` : `${SIGNS.supported} checked`,
  );
  const shell = element("span", { class: "tipped" }, button, tip);
  const calm = () => shell.classList.remove("open", "shut");
  button.addEventListener("click", () => (shell.classList.remove("shut"), shell.classList.toggle("open")));
  for (const name of ["blur", "mouseleave"]) button.addEventListener(name, calm);
  button.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || getComputedStyle(tip).visibility === "hidden") return;
    event.stopPropagation();
    shell.classList.add("shut");
  });
  return shell;
}
