// What stands below the sentences of an answer, or in their place where there are none.

import { bdi, element, quiet, quotation } from "./dom.js";
import { reasons } from "./sentence.js";
import { counted, day, originalLink, outlet } from "./words.js";

// One line below the question: how the answer was made.
export function madeHow(record) {
  const how = record.status === "no_evidence" ? "No answer" : record.mode === "llm" ? "Written by a language model, checked against the articles" : "Quoted word for word";
  const from = new Set(record.citations.map((one) => one.article.id)).size;
  const seconds = Math.max(0.1, record.timings_ms.total / 1000).toFixed(1);
  return [how, from ? `from ${counted(from, "article")}` : null, record.as_of ? `as of ${day(record.as_of)}` : null, `${seconds} s`].filter(Boolean).join(" · ");
}

export function understood(standalone) {
  return element("p", { class: "understood" }, "Understood as: ", element("q", {}, bdi(standalone)));
}

export function below(record, openCitation) {
  const parts = [];
  if (!record.sentences.length) parts.push(element("p", { class: "abstains" }, record.text));
  parts.push(...notices(record));
  if (record.conflict) parts.push(conflictNote(record));
  if (record.removed.length) parts.push(takenOut(record.removed));
  if (record.citations.length) parts.push(sources(record, openCitation));
  if (!record.sentences.length) parts.push(...noAnswer(record, openCitation));
  return parts;
}

// What it had to go without.
export function notices(record) {
  return (record.notices || []).map((one) => element("p", { class: "notice" }, one.text));
}

function conflictNote(record) {
  const sides = record.citations.map((one) => element("li", {}, bdi(outlet(one.article)), `, ${day(one.article.published)}: `, element("q", {}, quotation(one.quote))));
  return element("div", { class: "notice" }, element("p", {}, "The articles differ, or the story moved on. Compare the dates:"), element("ul", {}, ...sides));
}

function takenOut(removed) {
  const lines = removed.map((one) => element("li", {}, element("s", {}, one.text), ` ${reasons(one)}`));
  return element("details", { class: "removed" }, element("summary", {}, `Taken out: ${removed.length}`), element("ul", {}, ...lines));
}

function sources(record, openCitation) {
  const cards = record.citations.map((one) => citationCard(one, openCitation));
  return element("section", { class: "sources" }, element("h3", { class: "label" }, "Where it says so"), element("ol", { class: "cards" }, ...cards));
}

function citationCard(citation, openCitation) {
  const near = citation.also_in.length;
  return element(
    "li",
    { id: `citation-${citation.n}`, value: citation.n },
    articleLine(citation.article),
    element("blockquote", {}, ...quoted(citation)),
    element("p", { class: "actions" }, quiet("Read it in the article", (event) => openCitation(citation, event.currentTarget)), originalLink(citation.article, citation.quote)),
    near ? element("p", { class: "hint" }, `Also in ${counted(near, "near-duplicate")} of this article, which counts once`) : null,
  );
}

function quoted({ quote, start, answer_span: span }) {
  if (!span) return [quotation(quote)];
  const points = Array.from(quote);
  const cut = (a, b) => points.slice(a - start, b - start).join("");
  return [cut(start, span[0]), element("mark", {}, cut(...span)), cut(span[1], start + points.length)];
}

export function articleLine(article) {
  const title = element("span", { class: "title" }, bdi(article.title || article.file));
  return element("p", { class: "article" }, title, element("span", { class: "facts" }, bdi(article.source || "unknown outlet"), ` · ${day(article.published)}`));
}

function noAnswer(record, openCitation) {
  const ways = element("ul", {}, element("li", {}, "Ask in other words, or for less at once."), element("li", {}, element("a", { href: `/?archive&q=${encodeURIComponent(record.question)}`, "data-view": "archive" }, "Search the archive"), " for it."), element("li", {}, element("a", { href: "/?archive", "data-view": "archive" }, "Add articles"), " that tell of it."));
  const nearest = record.nearest.length ? [element("section", { class: "sources" }, element("h3", { class: "label" }, "What came nearest"), element("ul", { class: "cards" }, ...record.nearest.map((hit) => nearCard(hit, openCitation))))] : [];
  return [element("div", { class: "ways" }, element("p", { class: "hint" }, "Nothing is made up. What may help:"), ways), ...nearest];
}

function nearCard(hit, openCitation) {
  const citation = { n: 0, article: hit.article, start: hit.start, end: hit.end, quote: hit.text };
  const open = quiet("Read it in the article", (event) => openCitation(citation, event.currentTarget));
  return element("li", {}, articleLine(hit.article), element("blockquote", {}, bdi(hit.text, 600)), element("p", { class: "actions" }, open));
}
