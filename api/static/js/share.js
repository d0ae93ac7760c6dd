// Taking an answer elsewhere: copied with footnotes, or as a link that shows it again.

import { element, quiet, say } from "./dom.js";
import { day, outlet } from "./words.js";

export function sharing(record) {
  const note = element("span", { class: "hint" });
  const copy = (text, told) => async () => {
    note.textContent = (await copied(text)) ? told : "The browser does not let the page copy.";
    say(note.textContent);
  };
  return element(
    "p",
    { class: "actions answer-actions" },
    quiet("Copy with footnotes", copy(footnoted(record), "Copied with footnotes.")),
    quiet("Copy link", copy(`${location.origin}/?answer=${record.id}`, "The link is copied.")),
    note,
  );
}

// Whether the text is on the clipboard: browsers refuse it outside of https and this machine.
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

// Plain text with numbered footnotes.
function footnoted(record) {
  const notes = record.citations.map((one) => {
    const url = one.article.url ? ` ${one.article.url}` : "";
    return `[${one.n}] ${outlet(one.article)}, ${day(one.article.published)}: “${one.quote.replace(/\s+/g, " ")}”${url}`;
  });
  return [record.question, "", record.text, "", ...notes].join("\n").trim() + "\n";
}
