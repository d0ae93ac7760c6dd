// One question and its answer: while it is made, and as its record has it.

import { below, madeHow, understood } from "./answer.js";
import { bdi, element, say } from "./dom.js";
import { sentenceParts } from "./sentence.js";
import { sharing } from "./share.js";
import { openSource } from "./source.js";
import { events } from "./stream.js";
import { counted, day } from "./words.js";

export class Exchange {
  constructor(question) {
    this.question = question;
    this.status = element("p", { class: "status" });
    this.body = element("div", { class: "body" }, this.status);
    this.article = element("article", { class: "exchange" }, element("h2", { class: "question" }, bdi(question)), this.body);
    this.clear();
  }

  clear() {
    this.made = new Map();
    this.status.textContent = "Looking through the archive…";
    this.body.replaceChildren(this.status);
    this.body.setAttribute("aria-busy", "true");
  }

  // Asks, and shows what comes as it comes; what is there stays where it is. Returns the record.
  async ask(history, signal) {
    for await (const [name, told] of events("/v1/ask", { question: this.question, history }, signal)) {
      if (name === "understood") this.body.append(understood(told.standalone));
      else if (name === "evidence") this.status.textContent = told.passages.length ? `Reading ${counted(told.passages.length, "passage")}…` : "Nothing was found.";
      else if (name === "sentence") this.draft(told.n, told.text);
      else if (name === "citations") this.made.get(told.n)?.cite(told.citations);
      else if (name === "verdict") this.made.get(told.n)?.judge(told);
      else if (name === "withdrawn") this.withdraw();
      else if (name === "done") return this.finish(told);
    }
    return null;
  }

  draft(n, text) {
    const sentence = sentenceParts(text, (citation, from) => openSource(placeOf(citation), [], from));
    const before = this.made.get(n);
    this.made.set(n, sentence);
    if (before) before.line.replaceWith(sentence.line);
    else this.body.append(sentence.line);
  }

  withdraw() {
    for (const one of this.made.values()) one.line.remove();
    this.made.clear();
    this.status.textContent = "Taken back; writing anew…";
  }

  // The record is what counts: sentences that differ from it are shown anew.
  finish(record, keptFrom = null) {
    const open = (citation, from) => openSource(placeOf(citation), othersOf(record, citation), from);
    this.status.textContent = madeHow(record) + (keptFrom ? ` · answered ${day(keptFrom)}, kept as it was` : "");
    const lines = record.sentences.map((sentence) => {
      const line = sentenceParts(sentence.text, open);
      line.shorten(record.short_answer);
      line.cite(record.citations.filter((one) => sentence.citations.includes(one.n)));
      line.judge(sentence);
      return line.line;
    });
    const focused = [...this.body.querySelectorAll("button")].indexOf(document.activeElement);
    this.body.replaceChildren(this.status, ...(record.standalone ? [understood(record.standalone)] : []), ...polarity(record), ...lines, ...below(record, open), sharing(record));
    if (focused >= 0) this.body.querySelectorAll("button")[focused]?.focus({ preventScroll: true });
    this.body.removeAttribute("aria-busy");
    say(record.status === "no_evidence" ? `No answer. ${record.text}` : `Answer: ${record.text}`);
    return record;
  }

  stopped(box) {
    this.body.removeAttribute("aria-busy");
    this.body.replaceChildren(box);
  }
}

// A yes/no question's answer in a word, before the sentence it rests on.
function polarity(record) {
  const word = { yes: "Yes", no: "No", mixed: "Reports differ, or the story moved on" }[record.polarity];
  return word ? [element("p", { class: "polarity" }, word)] : [];
}

function placeOf({ n, article, start, end, quote }) {
  return { n, article: article.id, version: article.version, start, end, quote };
}

function othersOf(record, citation) {
  const same = (one) => one.article.id === citation.article.id && one.article.version === citation.article.version;
  return record.citations.filter((one) => same(one) && one.n !== citation.n).map(placeOf);
}
