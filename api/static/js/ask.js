// Ask, follow up, and answers under their address.

import { get } from "./api.js";
import { element } from "./dom.js";
import { Exchange } from "./exchange.js";
import { keep } from "./kept.js";
import { closeSource } from "./source.js";
import { startOf } from "./start.js";
import { trouble } from "./states.js";

const TURNS = 20; // that a follow-up is understood by
const CHARS = 20_000; // of an answer that is sent with it

let turns = []; // records of this conversation
let busy = null; // AbortController of the answer that is being made

export function leaveAsk() {
  busy?.abort();
  busy = null;
}

export async function askView(main, parameters) {
  turns = [];
  const thread = element("div", { id: "thread" });
  const form = questionForm(thread);
  main.replaceChildren(
    element("h1", {}, "Ask the archive"),
    element("p", { class: "lead" }, "Each sentence of an answer stands at exact characters of a stored article, and is checked against them."),
    form,
    thread,
  );
  const ids = parameters.getAll("answer");
  if (ids.length) return shownAgain(thread, ids);
  const field = form.querySelector("textarea");
  thread.before(startOf((question) => ((field.value = question), form.requestSubmit())));
  field.focus({ preventScroll: true });
}

function questionForm(thread) {
  const field = element("textarea", { id: "question", rows: 1, maxlength: 2000, placeholder: "Your question" });
  const button = element("button", { type: "submit" }, "Ask");
  const send = (event) => {
    event?.preventDefault();
    if (busy) return busy.abort();
    if (!field.value.trim()) return null;
    ask(thread, field.value.trim());
    field.value = "";
    return null;
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (!busy) send();
    }
  });
  return element("form", { id: "ask", class: "ask", onsubmit: send }, element("label", { for: "question", class: "unseen" }, "Question"), element("div", { class: "row" }, field, button));
}

function talk() {
  document.getElementById("start")?.remove();
  document.body.classList.add("talking");
  document.getElementById("question").placeholder = "Follow up, or ask anew";
}

async function ask(thread, question) {
  closeSource();
  talk();
  const exchange = new Exchange(question);
  thread.append(exchange.article);
  exchange.article.scrollIntoView({ block: "start" });
  await answer(exchange);
}

async function answer(exchange) {
  const mine = new AbortController();
  busy = mine;
  const button = document.querySelector("#ask button");
  button.textContent = "Stop";
  const again = () => busy || (exchange.clear(), answer(exchange));
  try {
    const record = await exchange.ask(before(), mine.signal);
    if (record) kept(record);
  } catch (fault) {
    if (fault.name !== "AbortError") exchange.stopped(trouble(fault, again));
    else if (busy === mine) exchange.stopped(element("p", { class: "actions" }, element("span", { class: "hint" }, "Stopped."), element("button", { type: "button", class: "quiet", onclick: again }, "Ask it again")));
  } finally {
    if (busy === mine) busy = null;
    button.textContent = "Ask";
  }
}

function before() {
  const said = turns.flatMap((one) => [{ role: "user", content: one.question }, { role: "assistant", content: one.text.slice(0, CHARS) }]);
  return said.slice(-2 * TURNS);
}

// The address shows the conversation again: a reload loses nothing, and Back goes to the start.
function kept(record) {
  keep(record);
  turns.push(record);
  const address = `/?${new URLSearchParams(turns.map((one) => ["answer", one.id]))}`;
  if (turns.length === 1) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
}

async function shownAgain(thread, ids) {
  try {
    const records = await Promise.all(ids.slice(-TURNS).map((id) => get(`/v1/answers/${encodeURIComponent(id)}`)));
    talk();
    for (const record of records) {
      const exchange = new Exchange(record.question);
      exchange.finish(record, record.answered_at);
      thread.append(exchange.article);
    }
    turns = records;
  } catch (fault) {
    thread.append(trouble(fault, () => (thread.replaceChildren(), shownAgain(thread, ids))));
  }
}
