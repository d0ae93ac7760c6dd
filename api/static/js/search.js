// Search, with filters; what was searched for stands in the address.

import { articleLine, notices } from "./answer.js";
import { get } from "./api.js";
import { element, quiet, shortened } from "./dom.js";
import { openSource } from "./source.js";
import { trouble } from "./states.js";
import { counted } from "./words.js";

const FILTERS = ["source", "published_from", "published_to", "as_of"];

// The section, and a promise of what was searched for.
export function searchSection(parameters) {
  const hits = element("div", { class: "hits", "aria-live": "polite" });
  const value = (name) => ({ name, value: parameters.get(name) || "" });
  const form = element(
    "form",
    { role: "search" },
    field("search", "Search the articles", { ...value("q"), type: "search", required: true, maxlength: 2000 }),
    element(
      "details",
      { open: FILTERS.some((name) => parameters.get(name)) },
      element("summary", {}, "Filters"),
      element(
        "div",
        { class: "filters" },
        field("source-filter", "Outlet", { ...value("source"), list: "outlets" }),
        field("from", "Published from", { ...value("published_from"), type: "date" }),
        field("to", "Published to", { ...value("published_to"), type: "date" }),
        field("as-of", "As of", { ...value("as_of"), type: "date" }),
        element("datalist", { id: "outlets" }),
      ),
    ),
    element("button", {}, "Search"),
  );
  const asked = () => Object.fromEntries([...new FormData(form)].filter(([, told]) => told));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    history.replaceState(null, "", `/?archive&${new URLSearchParams(asked())}`);
    search(hits, asked());
  });
  const ready = parameters.get("q") ? search(hits, asked()) : null;
  return { section: element("section", {}, form, hits), ready };
}

function field(id, label, attributes) {
  return element("label", { for: id }, label, element("input", { id, ...attributes }));
}

async function search(out, asked) {
  out.replaceChildren(element("p", { class: "status" }, "Searching…"));
  try {
    const { hits, ...record } = await get("/v1/search", { ...asked, k: 20 });
    const used = hits.filter((hit) => !hit.left_out);
    const told = used.length ? `${counted(used.length, "passage")}, best first` : "Nothing fits. Try other words, or fewer filters.";
    const close = quiet("Close the search", () => (out.replaceChildren(), history.replaceState(null, "", "/?archive")));
    const cards = used.map((hit) => element("li", {}, articleLine(hit.article), element("blockquote", {}, ...found(shortened(hit.text, 500), asked.q)), element("p", { class: "actions" }, reader(hit))));
    out.replaceChildren(element("p", { class: "actions" }, element("span", { class: "hint" }, told), close), ...notices(record), element("ol", { class: "cards" }, ...cards));
  } catch (fault) {
    out.replaceChildren(trouble(fault, () => search(out, asked)));
  }
}

// The words that were searched for, set in bold.
function found(text, asked) {
  const words = new Set(asked.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) || []);
  const pieces = text.split(/([\p{L}\p{N}]+)/u);
  return [element("bdi", {}, ...pieces.map((piece) => (words.has(piece.toLowerCase()) ? element("b", {}, piece) : piece)))];
}

export function reader({ article, start = 0, end = 0 }) {
  return quiet("Read", (event) => openSource({ article: article.id, version: article.version, start, end }, [], event.currentTarget), { "aria-label": `Read ${shortened(article.title || article.file, 80)}` });
}

export function offerOutlets(sources) {
  const list = document.getElementById("outlets");
  list?.replaceChildren(...sources.filter((one) => one.source).map((one) => element("option", { value: one.source })));
}
