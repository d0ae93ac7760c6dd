// Before anything was asked: questions that this archive answers, and what was asked in this browser.

import { get } from "./api.js";
import { bdi, element, quiet, say } from "./dom.js";
import { asked, forget } from "./kept.js";
import { toArchive, trouble } from "./states.js";
import { shortDay } from "./words.js";

const SHOWN = 8;

export function startOf(choose) {
  const examples = element("div", { class: "examples" });
  fillExamples(examples, choose);
  // The examples take a moment, so they stand last: what comes late moves nothing.
  return element("div", { id: "start", class: "start" }, history(), examples);
}

async function fillExamples(box, choose) {
  try {
    const { questions } = await get("/v1/examples");
    if (!questions.length) return box.append(...(await nothingYet()));
    const lines = questions.map((question) => element("li", {}, element("button", { type: "button", class: "example", onclick: () => choose(question) }, bdi(question))));
    box.append(element("section", {}, element("h2", {}, "This archive can answer"), element("ul", {}, ...lines)));
  } catch (fault) {
    box.replaceChildren(trouble(fault, () => (box.replaceChildren(), fillExamples(box, choose))));
  }
}

async function nothingYet() {
  const { articles } = await get("/v1/stats");
  if (articles) return [];
  return [element("section", { class: "trouble" }, element("h2", {}, "No articles yet"), element("p", {}, "The archive is empty, so there is nothing to answer from."), toArchive())];
}

function history() {
  const before = asked();
  if (!before.length) return null;
  const box = element("section", { class: "history" }, element("h2", {}, "You asked"));
  const line = (one) => element("li", {}, element("a", { href: `/?answer=${one.id}`, "data-view": "answer" }, bdi(one.question)), element("span", { class: "hint" }, shortDay(one.at)));
  const fill = (many) => {
    const more = before.length > many ? quiet(`All ${before.length}`, () => fill(before.length)) : null;
    const lines = element("ul", {}, ...before.slice(0, many).map(line));
    box.replaceChildren(box.firstChild, lines, element("p", { class: "actions" }, ...[more, quiet("Clear the list", clear)].filter(Boolean)));
  };
  const clear = () => {
    forget();
    box.remove();
    say("The list is cleared.");
  };
  fill(SHOWN);
  return box;
}
