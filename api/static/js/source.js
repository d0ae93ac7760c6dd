// The article as stored, at the quote: a pane beside the answer, a sheet on a phone, or a page of its own.

import { get } from "./api.js";
import { bdi, codePoints, day, element, originalLink, outlet, say } from "./dom.js";
import { trouble } from "./states.js";

const pane = document.getElementById("source");
const NOT_RETRIEVED = "not retrieved";
let opener = null;
let wanted = 0;

// `place` is {article, version, start, end, quote}; `others` are more places of the same article to mark.
export async function openSource(place, others = [], from = null) {
  opener = from;
  pane.hidden = false;
  document.body.classList.add("reading");
  await fill(pane, place, others, true);
}

export function closeSource() {
  if (pane.hidden) return;
  pane.hidden = true;
  pane.replaceChildren();
  document.body.classList.remove("reading");
  opener?.focus();
  opener = null;
}

export async function sourcePage(main, place) {
  await fill(main, place, [], false);
}

async function fill(box, place, others, closes) {
  const turn = ++wanted;
  box.setAttribute("aria-busy", "true");
  if (!box.childElementCount) box.append(element("p", { class: "hint" }, "Fetching the article…"));
  try {
    const article = await get(`/v1/articles/${encodeURIComponent(place.article)}`, { version: place.version });
    if (turn === wanted) show(box, article, place, others, closes);
  } catch (fault) {
    if (turn !== wanted) return;
    box.replaceChildren(...(closes ? [closer()] : []), trouble(fault, () => fill(box, place, others, closes)));
  } finally {
    box.removeAttribute("aria-busy");
  }
}

function show(box, article, place, others, closes) {
  const text = codePoints(article.text);
  const heading = element("h2", { id: "source-heading", tabindex: "-1" }, bdi(article.title || article.file));
  const quote = place.end > place.start ? text.slice(place.start, place.end) : "";
  const body = element("div", { class: "stored", lang: article.language || null, tabindex: "0", role: "region", "aria-label": "Text as stored" });
  body.append(...marked(text, article.marks, place, others));
  box.replaceChildren(
    element("div", { class: "pane-head" }, heading, closes ? closer() : null),
    facts(article),
    element("p", { class: "actions" }, originalLink(article, quote, "Original"), linkTo(article, place), versions(box, article, place, others, closes)),
    ...also(article.also_in),
    body,
  );
  const at = body.querySelector("mark.quote");
  at?.scrollIntoView({ block: "center" });
  if (closes) heading.focus({ preventScroll: true });
  say(quote ? `The article is open at the quote: ${quote.slice(0, 120)}` : "The article is open.");
}

function closer() {
  return element("button", { type: "button", class: "close", "aria-label": "Close the article", onclick: closeSource }, "Close ✕");
}

function facts(article) {
  const by = article.authors.length ? element("span", {}, "By ", bdi(article.authors.join(", ")), " · ") : null;
  const known = { given: "", markup: " (from its page)", text: " (from its text)" }[article.published_known] || "";
  return element("p", { class: "facts" }, by, bdi(outlet(article)), ` · ${day(article.published)}${known}`);
}

function linkTo(article, place) {
  const query = new URLSearchParams({ article: article.id, version: article.version });
  if (place.end > place.start) {
    query.set("start", place.start);
    query.set("end", place.end);
  }
  return element("a", { class: "quiet", href: `/?${query}` }, "Link to this place");
}

function versions(box, article, place, others, closes) {
  if (article.versions.length < 2) return null;
  const choose = element(
    "select",
    {
      id: "version",
      onchange: (event) => {
        const version = Number(event.target.value);
        const same = version === place.version;
        fill(box, same ? place : { article: article.id, version, start: 0, end: 0 }, same ? others : [], closes);
      },
    },
    ...article.versions.map((one) => element("option", { value: one, selected: one === article.version }, `Version ${one}`)),
  );
  return element("label", { class: "quiet" }, "Stored versions ", choose);
}

function also(articles) {
  if (!articles.length) return [];
  const links = articles.slice(0, 20).map((one) => element("li", {}, element("a", { href: `/?article=${encodeURIComponent(one.id)}&version=${one.version}` }, bdi(outlet(one))), `, ${day(one.published)}`));
  return [element("details", {}, element("summary", {}, `Also in ${articles.length}`), element("ul", {}, ...links))];
}

// The text in pieces, each with what lies over it: the quote, another quote of the answer, or what is not retrieved.
function marked(text, marks, place, others) {
  const cuts = new Set([0, text.length]);
  const spans = [place, ...others, ...marks].filter((one) => one.end > one.start);
  for (const span of spans) cuts.add(span.start).add(span.end);
  const places = [...cuts].filter((at) => at <= text.length).sort((a, b) => a - b);
  const covers = (span, start, end) => span.start <= start && end <= span.end && span.end > span.start;
  return places.slice(0, -1).map((start, n) => {
    const end = places[n + 1];
    const words = text.slice(start, end);
    if (covers(place, start, end)) return element("mark", { class: "quote" }, words);
    if (others.some((one) => covers(one, start, end))) return element("mark", { class: "other", title: "Also cited" }, words);
    const mark = marks.find((one) => covers(one, start, end));
    return mark ? element("span", { class: "passed-over", title: `${mark.kind}, ${NOT_RETRIEVED}` }, words) : words;
  });
}
