// An article as stored: who published it when, its versions and copies, and its text with the quotes marked.

import { bdi, codePoints, element } from "./dom.js";
import { counted, day, originalLink, outlet } from "./words.js";

const KNOWN = { given: "", markup: " (from its page)", text: " (from its text)" };

// The parts of it at a place: {head, text, heading, quote}. `choose.version` is called with another version.
export function articleParts(article, { place, others, close }, choose) {
  const text = codePoints(article.text);
  const quote = place.end > place.start ? text.slice(place.start, place.end) : "";
  const heading = element(close ? "h2" : "h1", { id: "source-heading", tabindex: "-1" }, bdi(article.title || article.file));
  const newest = article.versions.at(-1);
  const head = element(
    "div",
    { class: "pane-head" },
    element("div", { class: "pane-top" }, heading, close),
    facts(article),
    article.version < newest ? element("p", { class: "note" }, `An earlier version, ${article.version} of ${newest}.`) : null,
    element("div", { class: "actions" }, originalLink(article, quote), linkTo(article, place), versions(article, choose.version), also(article.also_in)),
  );
  const stored = element("div", { class: "stored", lang: article.language || null }, ...marked(text, article.marks, place, others));
  return { head, heading, quote, text: element("div", { class: "pane-text", tabindex: close ? "0" : null, role: "region", "aria-label": "Text as stored" }, stored) };
}

function facts(article) {
  const by = article.authors.length ? element("span", {}, "By ", bdi(article.authors.join(", ")), " · ") : null;
  const from = article.source ? [bdi(outlet(article)), " · "] : []; // else the heading says what there is
  return element("p", { class: "facts" }, by, ...from, `${day(article.published)}${KNOWN[article.published_known] || ""}`);
}

function linkTo(article, place) {
  const query = new URLSearchParams({ article: article.id, version: article.version });
  if (place.end > place.start) {
    query.set("start", place.start);
    query.set("end", place.end);
  }
  return element("a", { class: "quiet", href: `/?${query}` }, "Link to this place");
}

function versions(article, choose) {
  if (article.versions.length < 2) return null;
  const options = article.versions.map((one) => element("option", { value: one, selected: one === article.version }, `Version ${one}`));
  return element("label", { class: "quiet" }, "Stored as ", element("select", { id: "version", onchange: (event) => choose(Number(event.target.value)) }, ...options));
}

function also(articles) {
  if (!articles.length) return null;
  const links = articles.slice(0, 20).map((one) => element("li", {}, element("a", { href: `/?article=${encodeURIComponent(one.id)}&version=${one.version}` }, bdi(outlet(one))), `, ${day(one.published)}`));
  return element("details", { class: "also" }, element("summary", { class: "quiet" }, `Also in ${counted(articles.length, "article")}`), element("ul", {}, ...links));
}

// The text in pieces, each with what lies over it: the quote, another quote of the answer, or what is not retrieved.
function marked(text, marks, place, others) {
  const spans = [place, ...others, ...marks].filter((one) => one.end > one.start);
  const cuts = new Set([0, text.length, ...spans.flatMap((one) => [one.start, one.end])]);
  const places = [...cuts].filter((at) => at <= text.length).sort((a, b) => a - b);
  return places.slice(0, -1).map((start, n) => piece(text.slice(start, places[n + 1]), start, places[n + 1], { marks, place, others }));
}

function piece(words, start, end, { marks, place, others }) {
  const covers = (one) => one.start <= start && end <= one.end && one.end > one.start;
  const number = (one) => (one.n && one.start === start ? { "data-n": one.n } : {});
  if (covers(place)) return element("mark", { class: "quote", ...number(place) }, words);
  const other = others.find(covers);
  if (other) return element("mark", { class: "other", title: `Also cited${other.n ? ` as ${other.n}` : ""}`, ...number(other) }, words);
  const mark = marks.find(covers);
  return mark ? element("span", { class: "passed-over", title: `${mark.kind}, not retrieved` }, words) : words;
}
