// An answer: while it is made, and as its record has it.

import { bdi, day, element, originalLink, outlet, quotation, shortened } from "./dom.js";

const TOLD = { supported: "supported", unsupported: "not supported", contradicted: "contradicted", unchecked: "not checked" };
const SIGNS = { supported: "✓", unsupported: "?", contradicted: "✕", unchecked: "?" };

export function reasons(sentence) {
  return sentence.checks.filter((check) => !check.ok).map((check) => check.detail).join("; ") || "it could not be checked";
}

// A sentence with its chips and its verdict; a draft until `judge` is called.
export function sentenceParts(n, text, openCitation) {
  const words = element("span", { class: "words" }, text);
  const chips = element("span", { class: "chips" });
  const mark = element("span", { class: "marked" }, element("span", { class: "unjudged" }, "draft"));
  const line = element("p", { class: "sentence is-draft" }, words, " ", chips, mark);
  return {
    line,
    cite(citations) {
      chips.replaceChildren(...citations.flatMap((one) => [chip(one, openCitation), " "]));
    },
    judge(sentence) {
      line.className = `sentence is-${sentence.verdict}`;
      mark.replaceChildren(...verdictMark(sentence));
    },
  };
}

function chip(citation, openCitation) {
  const name = shortened(outlet(citation.article), 32);
  const label = `Citation ${citation.n}: ${name}, ${day(citation.article.published)}. Opens the article.`;
  return element(
    "button",
    { type: "button", class: "chip", "aria-label": label, onclick: (event) => openCitation(citation, event.currentTarget) },
    element("b", {}, String(citation.n)),
    " ",
    bdi(name),
    ` · ${day(citation.article.published)}`,
  );
}

let tips = 0;

function verdictMark(sentence) {
  const id = `tip-${++tips}`;
  const bad = sentence.verdict !== "supported";
  const lines = sentence.checks.map((check) => element("li", {}, `${check.ok ? "✓" : "✕"} ${check.kind}: ${check.detail}`));
  const tip = element("span", { class: "tip", role: "tooltip", id }, element("ul", {}, ...lines));
  const button = element(
    "button",
    { type: "button", class: `verdict ${sentence.verdict}`, "aria-describedby": id, "aria-label": `Checked: ${TOLD[sentence.verdict]}` },
    bad ? `${SIGNS[sentence.verdict]} ${TOLD[sentence.verdict]}` : SIGNS.supported,
  );
  const shell = element("span", { class: "tipped" }, button, tip);
  button.addEventListener("click", () => shell.classList.toggle("open"));
  button.addEventListener("blur", () => shell.classList.remove("open"));
  button.addEventListener("keydown", (event) => event.key === "Escape" && shell.classList.remove("open"));
  return bad ? [shell, element("span", { class: "flag" }, ` ${reasons(sentence)}`)] : [shell];
}

// The whole answer below its question.
export function answerBody(record, openCitation) {
  const parts = [];
  if (record.standalone) parts.push(understood(record.standalone));
  if (record.sentences.length) parts.push(...sentences(record, openCitation));
  else parts.push(element("p", { class: "abstains" }, record.text));
  if (record.notice) parts.push(element("p", { class: "note" }, record.notice));
  if (record.conflict) parts.push(conflictNote(record));
  if (record.removed.length) parts.push(takenOut(record.removed));
  if (record.citations.length) parts.push(sources(record, openCitation));
  if (!record.sentences.length && record.nearest.length) parts.push(nearest(record.nearest, openCitation));
  return parts;
}

export function understood(standalone) {
  return element("p", { class: "understood" }, "Understood as: ", element("q", {}, bdi(standalone)));
}

function sentences(record, openCitation) {
  return record.sentences.map((sentence, at) => {
    const made = sentenceParts(at + 1, sentence.text, openCitation);
    made.line.querySelector(".words").replaceChildren(...withShort(sentence.text, record.short_answer));
    made.cite(record.citations.filter((one) => sentence.citations.includes(one.n)));
    made.judge(sentence);
    return made.line;
  });
}

function withShort(text, short) {
  const at = short ? text.indexOf(short) : -1;
  if (at < 0) return [text];
  return [text.slice(0, at), element("strong", { class: "short" }, short), text.slice(at + short.length)];
}

function conflictNote(record) {
  const sides = record.citations.map((one) => element("li", {}, bdi(outlet(one.article)), `, ${day(one.article.published)}: `, element("q", {}, quotation(one.quote))));
  return element(
    "div",
    { class: "note" },
    element("p", {}, "The articles differ, or the story moved on. Compare the dates:"),
    element("ul", {}, ...sides),
  );
}

function takenOut(removed) {
  const lines = removed.map((one) => element("li", {}, element("s", {}, one.text), ` ${reasons(one)}`));
  return element("details", { class: "removed" }, element("summary", {}, `Taken out: ${removed.length}`), element("ul", {}, ...lines));
}

function sources(record, openCitation) {
  const cards = record.citations.map((one) => citationCard(one, openCitation));
  return element("section", { class: "sources" }, element("h3", {}, "Where it says so"), element("ol", { class: "cards" }, ...cards));
}

function citationCard(citation, openCitation) {
  const quote = element("blockquote", {}, ...quoted(citation));
  const open = element("button", { type: "button", class: "quiet", onclick: (event) => openCitation(citation, event.currentTarget) }, "Read it in the article");
  return element(
    "li",
    { id: `citation-${citation.n}`, value: citation.n },
    articleLine(citation.article),
    quote,
    element("p", { class: "actions" }, open, originalLink(citation.article, citation.quote)),
    citation.also_in.length ? element("p", { class: "hint" }, `Also in ${citation.also_in.length} near-duplicate${citation.also_in.length > 1 ? "s" : ""} of this article`) : null,
  );
}

function quoted({ quote, start, answer_span: span }) {
  if (!span) return [quotation(quote)];
  const points = Array.from(quote);
  const cut = (a, b) => points.slice(a - start, b - start).join("");
  return [cut(start, span[0]), element("mark", {}, cut(...span)), cut(span[1], start + points.length)];
}

export function articleLine(article) {
  const title = article.title ? element("span", { class: "title" }, bdi(article.title)) : null;
  const facts = element("span", { class: "facts" }, bdi(article.source || article.file), ` · ${day(article.published)}`);
  return element("p", { class: "article" }, title, facts);
}

function nearest(hits, openCitation) {
  const cards = hits.map((hit) => {
    const citation = { n: 0, article: hit.article, start: hit.start, end: hit.end, quote: hit.text };
    const open = element("button", { type: "button", class: "quiet", onclick: (event) => openCitation(citation, event.currentTarget) }, "Read it in the article");
    return element("li", {}, articleLine(hit.article), element("blockquote", {}, bdi(hit.text, 600)), element("p", { class: "actions" }, open));
  });
  return element("section", { class: "sources" }, element("h3", {}, "What came nearest"), element("ul", { class: "cards" }, ...cards));
}

// Plain text with numbered footnotes, to paste elsewhere.
export function footnoted(record) {
  const notes = record.citations.map((one) => {
    const url = one.article.url ? ` ${one.article.url}` : "";
    return `[${one.n}] ${outlet(one.article)}, ${day(one.article.published)}: “${one.quote.replace(/\s+/g, " ")}”${url}`;
  });
  return [record.question, "", record.text, "", ...notes].join("\n").trim() + "\n";
}
