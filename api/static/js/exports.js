// A check that is kept: as a file, as a link, and against the archive of today.

import { download, post } from "./api.js";
import { TOLD } from "./claim.js";
import { bdi, element, quiet, say } from "./dom.js";
import { copied } from "./share.js";
import { trouble } from "./states.js";

const FORMATS = { markdown: "Markdown", html: "HTML", csv: "CSV", claimreview: "ClaimReview", annotations: "Web annotations" };
const SUFFIXES = { markdown: "md", html: "html", csv: "csv" };

export function exportsOf(record) {
  const note = element("div", { role: "status", class: "hint" });
  const trying = (act) => async () => {
    try {
      note.replaceChildren(...(await act()));
    } catch (fault) {
      note.replaceChildren(trouble(fault, trying(act)));
    }
  };
  const again = async () => {
    note.replaceChildren("Checking again…");
    return since(await post(`/v1/checks/${record.id}/recheck`));
  };
  const link = async () => [(await copied(`${location.origin}/?check=${record.id}`)) ? "The link is copied." : "The browser does not let the page copy."];
  return element(
    "section",
    { class: "exports" },
    element("h2", { class: "label" }, "Take it along"),
    element("p", { class: "actions" }, ...Object.entries(FORMATS).map(([format, words]) => quiet(words, trying(() => saved(record.id, format))))),
    element("p", { class: "actions" }, quiet("Check it against the archive of today", trying(again)), quiet("Copy link", trying(link))),
    note,
  );
}

async function saved(id, format) {
  const file = await download(`/v1/checks/${id}/export?format=${format}`);
  const name = `check-${id}.${SUFFIXES[format] || "json"}`;
  const link = element("a", { href: URL.createObjectURL(file), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
  say("The file is saved.");
  return [`Saved as ${name}.`];
}

function since(told) {
  const changed = told.articles.filter((one) => one.state !== "unchanged").map((one) => element("li", {}, `Article ${one.id}: ${one.state}`));
  const verdicts = told.claims.filter((one) => one.then !== one.now || one.contradicted_by.length).map((one) => element("li", {}, bdi(one.text), `: ${TOLD[one.then]} then, ${TOLD[one.now]} now`));
  if (!changed.length && !verdicts.length) return [element("p", {}, "Nothing has changed: the same articles, the same verdicts.")];
  return [element("ul", {}, ...changed, ...verdicts)];
}
