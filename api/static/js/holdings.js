// What the archive holds, and what became of the questions, as small pictures.

import { get } from "./api.js";
import { element, shortened } from "./dom.js";
import { columns, key, multiples } from "./pictures.js";
import { offerOutlets } from "./search.js";
import { trouble } from "./states.js";
import { counted } from "./words.js";

const OUTCOMES = { answered: ["fill", "answered"], partly_supported: ["part", "partly supported"], no_evidence: ["none", "no answer"] };

// `only` is called with an outlet whose articles are to be listed.
export async function showHoldings(out, only) {
  try {
    const told = await get("/v1/stats");
    offerOutlets(told.sources);
    const parts = [byDayAndOutlet(told, only), answers(told)];
    out.replaceChildren(
      element("h2", {}, `${counted(told.articles, "article")} in ${counted(told.passages, "passage")}`),
      element("div", { class: "pictures" }, ...parts.map(([name, ...shown]) => element("div", {}, element("h3", { class: "label" }, name), ...shown.filter(Boolean)))),
    );
  } catch (fault) {
    out.replaceChildren(trouble(fault, () => showHoldings(out, only)));
  }
}

// The largest outlets and all others, each by day on the same scales.
function byDayAndOutlet(told, only) {
  const rows = told.sources.filter((one) => one.days.length).map((one) => [one.source ? button(one.source, only) : element("span", {}, "unknown outlet"), one.source || "unknown outlet", one.articles, dated(one.days)]);
  const others = told.articles - rows.reduce((sum, [, , n]) => sum + n, 0);
  if (others) rows.push([element("span", {}, "other outlets"), "Other outlets", others, less(dated(told.days), rows)]);
  const undated = told.days.find((one) => !one.day)?.articles;
  const note = undated ? element("p", { class: "hint" }, `${counted(undated, "article")} without a date`) : null;
  return ["Articles by day and outlet", rows.length ? multiples(rows, "Articles by day of publication and outlet") : nothing(), note];
}

function dated(days) {
  return days.filter((one) => one.day).map((one) => [one.day, one.articles]);
}

// What is left of each day.
function less(days, rows) {
  const left = new Map(days);
  for (const [, , , counts] of rows) for (const [day, n] of counts) left.set(day, left.get(day) - n);
  return [...left];
}

function button(source, only) {
  return element("button", { type: "button", class: "plain", title: "List its articles", onclick: () => only(source) }, element("bdi", {}, shortened(source, 40)));
}

function answers(told) {
  const sums = Object.entries(OUTCOMES).map(([name, [kind, words]]) => [kind, words, told.answers.reduce((sum, one) => sum + one[name], 0)]);
  const all = sums.reduce((sum, [, , n]) => sum + n, 0);
  if (!all) return ["Answers of 30 days", nothing("Nothing was asked yet.")];
  const kinds = Object.fromEntries(Object.entries(OUTCOMES).map(([name, [kind]]) => [name, kind]));
  const rates = sums.filter(([, , n]) => n).map(([kind, words, n]) => [kind, `${Math.round((100 * n) / all)} % ${words}`, n]);
  const label = `Answers by day: ${rates.map(([, words]) => words).join(", ")} of ${all}`;
  return [`Answers of 30 days: ${all}`, columns(told.answers.map((one) => [one.day, one]), kinds, label, 30), key(rates)];
}

function nothing(words = "Nothing yet.") {
  return element("p", { class: "hint" }, words);
}
