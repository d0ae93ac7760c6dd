// The draft as it was given, each claim coloured in place by its verdict, and the claim that is chosen.

import { notices } from "./answer.js";
import { SIGNS, TOLD, claimParts } from "./claim.js";
import { codePoints, element } from "./dom.js";
import { exportsOf } from "./exports.js";
import { counted, day } from "./words.js";

// Fills `out`; returns the counts in words.
export function draftShown(out, record, edit) {
  const detail = element("section", { id: "claim", class: "claim", tabindex: "-1", "aria-label": "The chosen claim" });
  const draft = element("div", { class: "draft-text" }, ...inPlace(record, choose));
  const buttons = () => [...draft.querySelectorAll(".in-draft")];
  function choose(claim, button, moves = true) {
    for (const other of buttons()) other.setAttribute("aria-pressed", String(other === button));
    detail.replaceChildren(...claimParts(claim));
    if (!moves) return;
    detail.focus({ preventScroll: true });
    detail.scrollIntoView({ block: "nearest" });
  }
  const counts = Object.keys(TOLD).map((verdict) => [verdict, record.claims.filter((one) => one.verdict === verdict).length]).filter(([, n]) => n);
  const tally = counts.map(([verdict, n]) => element("li", { class: `${verdict} tint` }, `${SIGNS[verdict]} ${n} ${TOLD[verdict].toLowerCase()}`));
  out.replaceChildren(
    element("ul", { class: "tally", "aria-label": "Verdicts" }, ...(tally.length ? tally : [element("li", { class: "not_enough_evidence tint" }, "Nothing that could be checked")])),
    element("p", { class: "actions" }, element("span", { class: "hint" }, `Checked ${day(record.checked_at)}${record.as_of ? `, as of ${day(record.as_of)}` : ""}. Choose a sentence for its evidence.`), edit),
    ...notices(record),
    draft,
    ...(record.claims.length ? [detail] : []),
    exportsOf(record),
  );
  const first = buttons()[0];
  if (first) choose(record.claims.find((one) => String(one.start) === first.dataset.start), first, false);
  return counts.map(([verdict, n]) => `${n} ${TOLD[verdict].toLowerCase()}`).join(", ") || `nothing to check in ${counted(record.not_checked.length, "sentence")}`;
}

function inPlace(record, choose) {
  const text = codePoints(record.text);
  const all = [...record.claims, ...record.not_checked].sort((a, b) => a.start - b.start);
  const parts = [];
  let at = 0;
  for (const one of all) {
    if (one.start < at) continue;
    const words = text.slice(one.start, one.end);
    parts.push(text.slice(at, one.start), one.verdict ? claimInPlace(one, words, choose) : passedOver(one, words));
    at = one.end;
  }
  return [...parts, text.slice(at, text.length)];
}

function passedOver(one, words) {
  return element("span", { class: "not-checked", title: `not checked: ${one.kind}${one.why ? `, ${one.why}` : ""}` }, words, element("small", {}, ` (${one.kind})`));
}

// A button element would not wrap with the lines of the draft.
function claimInPlace(one, words, choose) {
  const press = (event) => {
    if (event.key && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose(one, button);
  };
  const button = element(
    "span",
    { role: "button", tabindex: "0", class: `in-draft tint ${one.verdict}`, "aria-pressed": "false", "data-start": one.start, onclick: press, onkeydown: press },
    element("span", { class: "sign", "aria-hidden": "true" }, SIGNS[one.verdict]),
    element("span", { class: "unseen" }, `${TOLD[one.verdict]}: `),
    words,
  );
  return button;
}
