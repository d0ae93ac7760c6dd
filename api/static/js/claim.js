// A claim with its verdict: why, what speaks for and against it, its parts, quoted words and timeline.

import { articleLine } from "./answer.js";
import { bdi, element, quiet, quotation } from "./dom.js";
import { timelinePicture } from "./pictures.js";
import { openSource } from "./source.js";
import { day, originalLink, outlet } from "./words.js";

export const TOLD = { supported: "Supported", refuted: "Refuted", disputed: "Disputed", not_enough_evidence: "Not enough evidence" };
export const SIGNS = { supported: "✓", refuted: "✕", disputed: "≠", not_enough_evidence: "?" };

export function claimParts(claim) {
  const neutral = claim.evidence.filter((one) => one.stance === "neutral");
  const some = (list, made) => (list.length ? made(list) : null);
  return [
    heading(claim),
    element("blockquote", {}, quotation(claim.text)),
    claim.read_as !== claim.text ? element("p", { class: "understood" }, "Read as: ", element("q", {}, quotation(claim.read_as))) : null,
    element("p", { class: "in-words" }, quotation(claim.in_words || `${claim.explanation.slice(0, 1).toUpperCase()}${claim.explanation.slice(1)}.`)),
    claim.missing ? element("p", { class: "note" }, "Missing: ", bdi(claim.missing)) : null,
    claim.attributed_only ? element("p", { class: "note" }, "Attributed only: whatever supports it is somebody’s word, and the claim does not say whose.") : null,
    claim.sources ? element("p", { class: "facts" }, bdi(claim.sources)) : null,
    some(claim.parts, partsOf),
    some(claim.quotes, quotesOf),
    element("div", { class: "sides" }, side(claim, "supports"), side(claim, "refutes")),
    claim.timeline.length > 1 ? timelineOf(claim.timeline) : null,
    some(neutral, (list) => element("details", {}, element("summary", {}, `Neither for nor against: ${list.length}`), element("ul", { class: "cards" }, ...list.map(evidenceCard)))),
  ].filter(Boolean);
}

function heading(claim) {
  const told = element("h2", { class: claim.verdict }, `${SIGNS[claim.verdict]} ${TOLD[claim.verdict]}`);
  return element("div", { class: "claim-head" }, told, element("span", { class: "hint" }, `confidence ${Math.round(claim.confidence * 100)} %`));
}

function side(claim, stance) {
  const found = claim.evidence.filter((one) => one.stance === stance);
  const words = { supports: "For", refutes: "Against" }[stance];
  const cards = found.length ? element("ul", { class: "cards" }, ...found.map(evidenceCard)) : element("p", { class: "hint" }, "Nothing found.");
  return element("section", { class: `side ${stance}` }, element("h3", { class: "label" }, `${words} (${found.length})`), cards);
}

function evidenceCard(one) {
  const { article, start, end, quote, attribution } = one.citation;
  const failed = one.checks.filter((check) => !check.ok).map((check) => element("li", {}, `${check.kind}: `, quotation(check.detail)));
  const open = (event) => openSource({ article: article.id, version: article.version, start, end }, [], event.currentTarget);
  return element(
    "li",
    {},
    articleLine(article),
    element("blockquote", {}, quotation(quote)),
    saidBy(attribution),
    failed.length ? element("ul", { class: "checks" }, ...failed) : null,
    element("p", { class: "actions" }, quiet("Read it in the article", open), originalLink(article, quote), element("span", { class: "hint" }, `${Math.round(one.score * 100)} % sure`)),
  );
}

function saidBy(attribution) {
  if (!attribution || attribution.kind === "article") return null;
  const chain = attribution.chain.length ? attribution.chain.join(" → ") : attribution.source || "";
  return element("p", { class: "facts" }, `${attribution.kind}: `, bdi(chain));
}

function partsOf(parts) {
  const lines = parts.map((one) => element("li", {}, `${SIGNS[one.verdict]} ${TOLD[one.verdict]}: `, bdi(one.text)));
  return element("section", {}, element("h3", { class: "label" }, "Its parts"), element("ul", {}, ...lines));
}

function quotesOf(quotes) {
  const lines = quotes.map((one) => element("li", {}, element("b", {}, one.found), ": ", element("q", {}, quotation(one.words)), one.detail ? [" — ", quotation(one.detail)] : null));
  return element("section", {}, element("h3", { class: "label" }, "Quoted words"), element("ul", {}, ...lines));
}

function timelineOf(timeline) {
  const lines = timeline.map((one, n) =>
    element(
      "li",
      { class: one.changed || !n ? "changed" : null },
      element("span", { class: "facts" }, element("b", {}, day(one.day)), ` · ${one.stage}${one.changed ? ` · ${one.changed}` : ""} · `, bdi(outlet(one.citation.article))),
      quotation(one.citation.quote),
    ),
  );
  return element("section", {}, element("h3", { class: "label" }, "Timeline"), timelinePicture(timeline), element("ol", { class: "timeline" }, ...lines));
}
