// Check a draft: every claim coloured in place, the evidence on each side, exports, and the check once more.

import { download, events, get, post } from "./api.js";
import { articleLine } from "./answer.js";
import { bdi, codePoints, day, element, originalLink, outlet, quotation, say } from "./dom.js";
import { timelinePicture } from "./pictures.js";
import { closeSource, openSource } from "./source.js";
import { trouble } from "./states.js";

const TOLD = { supported: "Supported", refuted: "Refuted", disputed: "Disputed", not_enough_evidence: "Not enough evidence" };
const SIGNS = { supported: "✓", refuted: "✕", disputed: "≠", not_enough_evidence: "?" };
const FORMATS = { markdown: "Markdown", html: "HTML", csv: "CSV", claimreview: "ClaimReview", annotations: "Web annotations" };

export async function checkView(main, parameters) {
  const out = element("div", { id: "checked" });
  main.replaceChildren(element("h1", {}, "Check a draft"), draftForm(out), out);
  const id = parameters.get("check");
  if (!id) return main.querySelector("textarea").focus({ preventScroll: true });
  try {
    const record = await get(`/v1/checks/${encodeURIComponent(id)}`);
    main.querySelector("textarea").value = record.text;
    show(out, record);
  } catch (fault) {
    out.replaceChildren(trouble(fault, () => checkView(main, parameters)));
  }
}

function draftForm(out) {
  const field = element("textarea", { id: "draft", rows: 6, required: true, maxlength: 100000, placeholder: "Paste a claim or a whole draft." });
  const button = element("button", { type: "submit" }, "Check");
  const send = async (event) => {
    event.preventDefault();
    button.disabled = true;
    await check(out, field.value);
    button.disabled = false;
  };
  return element(
    "form",
    { class: "draft", onsubmit: send },
    element("label", { for: "draft" }, "Claim or draft"),
    field,
    element("div", { class: "row" }, button, element("span", { class: "hint" }, "Every checkable sentence is judged against the archive.")),
  );
}

async function check(out, text) {
  closeSource();
  const bar = element("progress", { "aria-label": "Claims checked" });
  const told = element("p", { class: "status", role: "status" }, "Reading the draft…");
  out.replaceChildren(told, bar);
  try {
    for await (const [name, payload] of events("/v1/check", { text })) {
      if (name === "progress") {
        bar.max = payload.of;
        bar.value = payload.done;
        told.textContent = `${payload.done} of ${payload.of} claims checked`;
      } else if (name === "done") {
        history.pushState(null, "", `/?check=${payload.id}`);
        show(out, payload);
      }
    }
  } catch (fault) {
    out.replaceChildren(trouble(fault, () => check(out, text)));
  }
}

function show(out, record) {
  const detail = element("div", { id: "claim", class: "claim", tabindex: "-1" });
  const choose = (claim, button) => {
    for (const other of out.querySelectorAll(".in-draft[aria-pressed=true]")) other.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-pressed", "true");
    detail.replaceChildren(...claimParts(claim));
    detail.focus({ preventScroll: true });
    detail.scrollIntoView({ block: "nearest" });
  };
  const draft = element("div", { class: "draft-text" }, ...inPlace(record, choose));
  const counts = Object.entries(TOLD).map(([verdict, words]) => [words, record.claims.filter((one) => one.verdict === verdict).length]);
  const summary = counts.filter(([, n]) => n).map(([words, n]) => `${n} ${words.toLowerCase()}`).join(" · ") || "Nothing that could be checked";
  out.replaceChildren(
    element("h2", {}, summary),
    element("p", { class: "hint" }, `Checked ${day(record.checked_at)}${record.as_of ? `, as of ${day(record.as_of)}` : ""}. Choose a sentence for its evidence.`),
    draft,
    detail,
    exportsOf(record, out),
  );
  say(`The draft is checked: ${summary}.`);
  out.querySelector(".in-draft")?.click();
}

// The draft as it was given, each judged sentence a button.
function inPlace(record, choose) {
  const text = codePoints(record.text);
  const all = [...record.claims, ...record.not_checked].sort((a, b) => a.start - b.start);
  const parts = [];
  let at = 0;
  for (const one of all) {
    if (one.start < at) continue;
    parts.push(text.slice(at, one.start), inDraft(one, text.slice(one.start, one.end), choose));
    at = one.end;
  }
  return [...parts, text.slice(at, text.length)];
}

function inDraft(one, words, choose) {
  if (!one.verdict) return element("span", { class: "not-checked", title: `not checked: ${one.kind}${one.why ? `, ${one.why}` : ""}` }, words, element("small", {}, ` (${one.kind})`));
  const press = (event) => {
    if (event.key && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose(one, button);
  };
  // A button element would not wrap with the lines of the draft.
  const button = element(
    "span",
    { role: "button", tabindex: "0", class: `in-draft ${one.verdict}`, "aria-pressed": "false", onclick: press, onkeydown: press },
    element("span", { class: "sign", "aria-hidden": "true" }, SIGNS[one.verdict]),
    element("span", { class: "unseen" }, `${TOLD[one.verdict]}: `),
    words,
  );
  return button;
}

function claimParts(claim) {
  const sides = ["supports", "refutes"].map((stance) => side(claim, stance));
  const neutral = claim.evidence.filter((one) => one.stance === "neutral");
  return [
    element("h3", { class: claim.verdict }, `${SIGNS[claim.verdict]} ${TOLD[claim.verdict]}`, element("span", { class: "hint" }, ` confidence ${Math.round(claim.confidence * 100)} %`)),
    element("blockquote", {}, quotation(claim.text)),
    claim.read_as !== claim.text ? element("p", { class: "understood" }, "Read as: ", element("q", {}, quotation(claim.read_as))) : null,
    element("p", {}, quotation(claim.in_words || `${claim.explanation.slice(0, 1).toUpperCase()}${claim.explanation.slice(1)}.`)),
    claim.missing ? element("p", { class: "note" }, "Missing: ", bdi(claim.missing)) : null,
    claim.attributed_only ? element("p", { class: "note" }, "Attributed only: whatever supports it is somebody’s word, and the claim does not say whose.") : null,
    claim.sources ? element("p", { class: "facts" }, bdi(claim.sources)) : null,
    ...(claim.parts.length ? [partsOf(claim.parts)] : []),
    ...(claim.quotes.length ? [quotesOf(claim.quotes)] : []),
    element("div", { class: "sides" }, ...sides),
    ...(claim.timeline.length > 1 ? [element("section", {}, element("h4", {}, "Timeline"), timelinePicture(claim.timeline), timelineList(claim.timeline))] : []),
    ...(neutral.length ? [element("details", {}, element("summary", {}, `Neither: ${neutral.length}`), element("ul", { class: "cards" }, ...neutral.map(evidenceCard)))] : []),
  ].filter(Boolean);
}

function side(claim, stance) {
  const found = claim.evidence.filter((one) => one.stance === stance);
  const heading = { supports: "For", refutes: "Against" }[stance];
  const cards = found.length ? element("ul", { class: "cards" }, ...found.map(evidenceCard)) : element("p", { class: "hint" }, "Nothing found.");
  return element("section", { class: `side ${stance}` }, element("h4", {}, `${heading} (${found.length})`), cards);
}

function evidenceCard(one) {
  const citation = one.citation;
  const failed = one.checks.filter((check) => !check.ok).map((check) => element("li", {}, `${check.kind}: `, quotation(check.detail)));
  const open = (event) => openSource({ article: citation.article.id, version: citation.article.version, start: citation.start, end: citation.end }, [], event.currentTarget);
  return element(
    "li",
    {},
    articleLine(citation.article),
    element("blockquote", {}, quotation(citation.quote)),
    saidBy(citation.attribution),
    failed.length ? element("ul", { class: "checks" }, ...failed) : null,
    element("p", { class: "actions" }, element("button", { type: "button", class: "quiet", onclick: open }, "Read it in the article"), originalLink(citation.article, citation.quote), element("span", { class: "hint" }, ` ${Math.round(one.score * 100)} %`)),
  );
}

function saidBy(attribution) {
  if (!attribution || attribution.kind === "article") return null;
  const chain = attribution.chain.length ? attribution.chain.join(" → ") : attribution.source || "";
  return element("p", { class: "facts" }, `${attribution.kind}: `, bdi(chain));
}

function partsOf(parts) {
  const lines = parts.map((one) => element("li", {}, `${SIGNS[one.verdict]} ${TOLD[one.verdict]}: `, bdi(one.text)));
  return element("section", {}, element("h4", {}, "Its parts"), element("ul", {}, ...lines));
}

function quotesOf(quotes) {
  const lines = quotes.map((one) => element("li", {}, element("b", {}, one.found), ": ", element("q", {}, quotation(one.words)), one.detail ? [" — ", quotation(one.detail)] : null));
  return element("section", {}, element("h4", {}, "Quoted words"), element("ul", {}, ...lines));
}

function timelineList(timeline) {
  const lines = timeline.map((one) => element("li", {}, element("b", {}, one.day ? day(one.day) : "date unknown"), ` ${one.stage}${one.changed ? ` (${one.changed})` : ""}: `, quotation(one.citation.quote), " — ", bdi(outlet(one.citation.article))));
  return element("ol", { class: "timeline" }, ...lines);
}

function exportsOf(record, out) {
  const save = (format) => async () => {
    const file = await download(`/v1/checks/${record.id}/export?format=${format}`);
    const suffix = { markdown: "md", html: "html", csv: "csv" }[format] || "json";
    const link = element("a", { href: URL.createObjectURL(file), download: `check-${record.id}.${suffix}` });
    link.click();
    URL.revokeObjectURL(link.href);
    say("The file is saved.");
  };
  const note = element("div", { role: "status" });
  const again = async () => {
    note.replaceChildren("Checking again…");
    try {
      note.replaceChildren(...since(await post(`/v1/checks/${record.id}/recheck`)));
    } catch (fault) {
      note.replaceChildren(trouble(fault, again));
    }
  };
  const link = async () => {
    await navigator.clipboard.writeText(`${location.origin}/?check=${record.id}`);
    say("The link is copied.");
    note.replaceChildren("The link is copied.");
  };
  return element(
    "section",
    { class: "exports" },
    element("h3", {}, "This record"),
    element("p", { class: "actions" }, ...Object.entries(FORMATS).map(([format, words]) => element("button", { type: "button", class: "quiet", onclick: save(format) }, words))),
    element("p", { class: "actions" }, element("button", { type: "button", class: "quiet", onclick: again }, "Check it against the archive of today"), element("button", { type: "button", class: "quiet", onclick: link }, "Copy link")),
    note,
  );
}

function since(told) {
  const changed = told.articles.filter((one) => one.state !== "unchanged").map((one) => element("li", {}, `Article ${one.id}: ${one.state}`));
  const verdicts = told.claims.filter((one) => one.then !== one.now || one.contradicted_by.length).map((one) => element("li", {}, bdi(one.text), `: ${TOLD[one.then]} then, ${TOLD[one.now]} now`));
  if (!changed.length && !verdicts.length) return [element("p", {}, "Nothing has changed: the same articles, the same verdicts.")];
  return [element("ul", {}, ...changed, ...verdicts)];
}
