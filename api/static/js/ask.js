// Ask, follow up, and the answer's permalink.

import { answerBody, footnoted, sentenceParts, understood } from "./answer.js";
import { events, get } from "./api.js";
import { bdi, day, element, say } from "./dom.js";
import { asked, forget, keep } from "./kept.js";
import { closeSource, openSource } from "./source.js";
import { trouble } from "./states.js";

let turns = []; // {question, text} of this conversation
let busy = null; // AbortController of the answer that is being made

export async function askView(main, parameters) {
  turns = [];
  busy?.abort();
  document.body.classList.remove("talking");
  const thread = element("div", { id: "thread" });
  const form = questionForm(thread);
  const start = element("div", { id: "start" });
  main.replaceChildren(element("h1", { class: "unseen" }, "Ask the archive"), form, start, thread);
  start.append(element("p", { class: "lead" }, "Every sentence of an answer points at the exact characters of a stored article, and is checked against them."));
  const id = parameters.get("answer");
  if (id) return shownAgain(thread, id);
  fillStart(start, form);
  form.querySelector("textarea").focus({ preventScroll: true });
}

function questionForm(thread) {
  const field = element("textarea", { id: "question", rows: 1, maxlength: 2000, required: true, placeholder: "What do you want to know?" });
  const button = element("button", { type: "submit" }, "Ask");
  const send = (event) => {
    event?.preventDefault();
    if (!busy && field.value.trim()) {
      ask(thread, field.value.trim());
      field.value = "";
      grow(field);
    }
  };
  field.addEventListener("input", () => grow(field));
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
  });
  return element("form", { id: "ask", class: "ask", onsubmit: send }, element("label", { for: "question" }, "Question"), element("div", { class: "row" }, field, button));
}

function grow(field) {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, 200)}px`;
}

async function fillStart(start, form) {
  const choose = (question) => {
    form.querySelector("textarea").value = question;
    form.requestSubmit();
  };
  const button = (question) => element("li", {}, element("button", { type: "button", class: "example", onclick: () => choose(question) }, bdi(question)));
  const examples = element("section", { class: "examples", hidden: true });
  start.append(examples, history());
  try {
    const { questions } = await get("/v1/examples");
    if (!questions.length) return start.prepend(await nothingYet());
    examples.hidden = false;
    examples.append(element("h2", {}, "This archive can answer"), element("ul", {}, ...questions.map(button)));
  } catch (fault) {
    start.prepend(trouble(fault, () => (start.replaceChildren(), fillStart(start, form))));
  }
}

async function nothingYet() {
  const { articles } = await get("/v1/stats");
  if (articles) return "";
  return element(
    "section",
    { class: "trouble" },
    element("h2", {}, "No articles yet"),
    element("p", {}, "The archive is empty. ", element("a", { href: "/?archive", "data-view": "archive" }, "Add some in the archive"), ", or run “byline ingest PATH”."),
  );
}

function history() {
  const before = asked();
  if (!before.length) return "";
  const lines = before.slice(0, 12).map((one) => element("li", {}, element("a", { href: `/?answer=${one.id}`, "data-view": "answer" }, bdi(one.question)), element("span", { class: "hint" }, ` ${day(one.at)}`)));
  const box = element("section", { class: "history" }, element("h2", {}, "You asked"), element("ul", {}, ...lines));
  const clear = () => {
    forget();
    box.remove();
    say("The list is cleared.");
  };
  box.append(element("button", { type: "button", class: "quiet", onclick: clear }, "Clear the list"));
  return box;
}

async function ask(thread, question) {
  closeSource();
  document.getElementById("start")?.remove();
  document.body.classList.add("talking");
  document.getElementById("question").placeholder = "Follow up, or ask something else";
  const shown = exchange(question);
  thread.append(shown.article);
  shown.article.scrollIntoView({ block: "start" });
  await answer(thread, shown, question);
}

function exchange(question) {
  const status = element("p", { class: "status" }, "Looking through the archive…");
  const body = element("div", { class: "body", "aria-busy": "true" }, status);
  const article = element("article", { class: "exchange" }, element("h2", { class: "question" }, bdi(question)), body);
  return { article, body, status };
}

async function answer(thread, shown, question) {
  busy = new AbortController();
  const submit = document.querySelector("#ask button");
  submit.disabled = true;
  const body = { question, history: turns.flatMap((one) => [{ role: "user", content: one.question }, { role: "assistant", content: one.text.slice(0, 20000) }]).slice(-40) };
  try {
    await follow(shown, events("/v1/ask", body, busy.signal));
  } catch (fault) {
    if (fault.name === "AbortError") return;
    shown.body.replaceChildren(trouble(fault, () => (shown.body.replaceChildren(shown.status), answer(thread, shown, question))));
  } finally {
    busy = null;
    submit.disabled = false;
    shown.body.removeAttribute("aria-busy");
  }
}

async function follow(shown, stream) {
  const made = new Map();
  const open = (citation, from) => openSource(placeOf(citation), [], from);
  for await (const [name, told] of stream) {
    if (name === "understood") shown.body.prepend(understood(told.standalone));
    else if (name === "evidence") shown.status.textContent = told.passages.length ? `Reading ${told.passages.length} passages…` : "Nothing was found.";
    else if (name === "sentence") {
      made.set(told.n, sentenceParts(told.n, told.text, open));
      shown.status.before(made.get(told.n).line);
    } else if (name === "citations") made.get(told.n)?.cite(told.citations);
    else if (name === "verdict") made.get(told.n)?.judge({ ...told, text: "" });
    else if (name === "withdrawn") {
      for (const one of made.values()) one.line.remove();
      made.clear();
      shown.status.textContent = "Taken back; writing anew…";
    } else if (name === "done") finish(shown, told);
  }
}

function finish(shown, record) {
  const open = (citation, from) => openSource(placeOf(citation), othersOf(record, citation), from);
  shown.body.replaceChildren(...answerBody(record, open), actions(record));
  turns.push({ question: record.question, text: record.text });
  keep(record);
  say(record.status === "no_evidence" ? `No answer. ${record.text}` : `Answer: ${record.text}`);
}

function placeOf({ article, start, end, quote }) {
  return { article: article.id, version: article.version, start, end, quote };
}

function othersOf(record, citation) {
  return record.citations.filter((one) => one.article.id === citation.article.id && one.article.version === citation.article.version && one !== citation);
}

function actions(record) {
  const copy = (text, told) => async () => {
    await navigator.clipboard.writeText(text);
    say(told);
    note.textContent = told;
  };
  const note = element("span", { class: "hint" });
  const link = `${location.origin}/?answer=${record.id}`;
  return element(
    "p",
    { class: "actions answer-actions" },
    element("button", { type: "button", class: "quiet", onclick: copy(footnoted(record), "Copied with footnotes.") }, "Copy with footnotes"),
    element("button", { type: "button", class: "quiet", onclick: copy(link, "The link is copied.") }, "Copy link"),
    element("span", { class: "hint" }, `${record.mode === "llm" ? "written by a language model, checked" : "quoted word for word"} · ${(record.timings_ms.total / 1000).toFixed(1)} s`),
    note,
  );
}

async function shownAgain(thread, id) {
  try {
    const record = await get(`/v1/answers/${encodeURIComponent(id)}`);
    document.body.classList.add("talking");
    const shown = exchange(record.question);
    thread.append(shown.article);
    finish(shown, record);
    shown.article.querySelector("h2").after(element("p", { class: "hint" }, `Answered ${day(record.answered_at)}, kept as it was.`));
    shown.body.removeAttribute("aria-busy");
  } catch (fault) {
    thread.append(trouble(fault, () => (thread.replaceChildren(), shownAgain(thread, id))));
  }
}
