// Where an article is shown: a pane beside the answer, a sheet on a small screen, or a page of its own.

import { get } from "./api.js";
import { articleParts } from "./article.js";
import { element, quiet, say } from "./dom.js";
import { trouble } from "./states.js";

const pane = document.getElementById("source");
const behind = ["masthead", "main", "foot"].map((id) => document.getElementById(id));
const small = matchMedia("(max-width: 63.99rem)");
let opener = null;
let wanted = 0;

// `place` is {n, article, version, start, end}; `others` are more places of the same article to mark.
export async function openSource(place, others = [], from = null) {
  opener = from;
  pane.hidden = false;
  document.body.classList.add("reading");
  asSheet();
  await fill({ box: pane, place, others, close: element("button", { type: "button", class: "quiet close", "aria-label": "Close the article", onclick: closeSource }, "Close ✕") });
}

export function closeSource() {
  if (pane.hidden) return;
  pane.hidden = true;
  pane.replaceChildren();
  document.body.classList.remove("reading");
  asSheet();
  opener?.focus();
  opener = null;
}

export async function sourcePage(main, place) {
  await fill({ box: main, place, others: [], close: null });
}

// A sheet covers the page, so what lies behind it can't be reached meanwhile.
function asSheet() {
  const covers = !pane.hidden && small.matches;
  for (const one of behind) one.inert = covers;
  if (covers) Object.entries({ role: "dialog", "aria-modal": "true" }).forEach(([name, value]) => pane.setAttribute(name, value));
  else ["role", "aria-modal"].forEach((name) => pane.removeAttribute(name));
}
small.addEventListener("change", asSheet);

async function fill(view) {
  const turn = ++wanted;
  view.box.setAttribute("aria-busy", "true");
  if (!view.box.childElementCount) view.box.append(element("p", { class: "hint pane-head" }, "Fetching the article…"));
  try {
    const article = await get(`/v1/articles/${encodeURIComponent(view.place.article)}`, { version: view.place.version });
    if (turn === wanted) show(view, article);
  } catch (fault) {
    if (turn !== wanted) return;
    view.box.replaceChildren(element("div", { class: "pane-head" }, view.close, trouble(fault, () => fill(view))));
  } finally {
    view.box.removeAttribute("aria-busy");
  }
}

function show(view, article) {
  const cited = view.cited || view;
  const { head, text, heading, quote } = articleParts(article, view, {
    version: (version) => fill(version === cited.place.version ? cited : { ...view, cited, place: { article: article.id, version, start: 0, end: 0 }, others: [] }),
  });
  const places = [view.place, ...view.others].filter((one) => one.end > one.start).sort((a, b) => a.start - b.start);
  if (places.length > 1) head.querySelector(".actions").append(steps(view, article, places));
  view.box.replaceChildren(head, text);
  toQuote(view, text);
  if (view.close) heading.focus({ preventScroll: true });
  say(quote ? `The article is open at the quote: ${quote.slice(0, 120)}` : "The article is open.");
}

// The pane scrolls by itself: the answer beside it stays where it is.
function toQuote(view, text) {
  const mark = text.querySelector("mark.quote");
  if (!mark) return;
  if (view.close) text.scrollTop += mark.getBoundingClientRect().top - text.getBoundingClientRect().top - text.clientHeight / 3;
  else mark.scrollIntoView({ block: "center", behavior: "instant" });
}

// From one quote of the answer to the next in this article.
function steps(view, article, places) {
  const at = places.indexOf(view.place);
  const to = (by, id) => () => {
    const place = places.at((at + by) % places.length);
    show({ ...view, place, others: places.filter((one) => one !== place) }, article);
    document.getElementById(id).focus({ preventScroll: true });
  };
  const step = (by, id, sign, words) => quiet(sign, to(by, id), { id, "aria-label": words });
  return element("span", { class: "steps" }, step(-1, "previous-quote", "‹", "Previous quote"), element("span", { class: "hint" }, `${at + 1} of ${places.length}`), step(1, "next-quote", "›", "Next quote"));
}
