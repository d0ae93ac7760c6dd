// Check a draft: the form, the progress, and the check when it is made.

import { get } from "./api.js";
import { draftShown } from "./draft.js";
import { element, quiet, say } from "./dom.js";
import { closeSource } from "./source.js";
import { trouble } from "./states.js";
import { events } from "./stream.js";
import { counted } from "./words.js";

let busy = null; // AbortController of the check that is being made

export function leaveCheck() {
  busy?.abort();
  busy = null;
}

export async function checkView(main, parameters) {
  const out = element("div", { id: "checked" });
  const form = draftForm(out);
  main.replaceChildren(element("h1", {}, "Check a draft"), form, out);
  const id = parameters.get("check");
  if (!id) return form.querySelector("textarea").focus({ preventScroll: true });
  form.hidden = true;
  try {
    show(form, out, await get(`/v1/checks/${encodeURIComponent(id)}`));
  } catch (fault) {
    form.hidden = false;
    out.replaceChildren(trouble(fault, () => checkView(main, parameters)));
  }
}

function draftForm(out) {
  const field = element("textarea", { id: "draft", rows: 7, required: true, maxlength: 100000, placeholder: "Paste a claim or a whole draft." });
  const day = element("input", { id: "as-of", type: "date" });
  const button = element("button", { type: "submit" }, "Check");
  const form = element(
    "form",
    { class: "draft" },
    element("label", { for: "draft" }, "Claim or draft: every sentence that can be checked is judged against the archive"),
    field,
    element("div", { class: "row" }, button, element("label", { class: "as-of", for: "as-of" }, "As of ", day)),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return busy.abort();
    button.textContent = "Stop";
    await check(form, out, { text: field.value, as_of: day.value || null });
    button.textContent = "Check";
  });
  return form;
}

async function check(form, out, asked) {
  closeSource();
  const mine = new AbortController();
  busy = mine;
  const bar = element("progress", { "aria-label": "Claims checked" });
  const told = element("p", { class: "status", role: "status" }, "Reading the draft…");
  out.replaceChildren(element("div", { class: "working", "aria-busy": "true" }, told, bar));
  try {
    for await (const [name, payload] of events("/v1/check", asked, mine.signal)) {
      if (name === "progress") {
        Object.assign(bar, { max: payload.of, value: payload.done });
        told.textContent = `${payload.done} of ${counted(payload.of, "claim")} checked`;
      } else if (name === "done") {
        history.pushState(null, "", `/?check=${payload.id}`);
        show(form, out, payload);
      }
    }
  } catch (fault) {
    if (fault.name !== "AbortError") out.replaceChildren(trouble(fault, () => check(form, out, asked)));
    else if (busy === mine) out.replaceChildren(element("p", { class: "hint" }, "Stopped."));
  } finally {
    if (busy === mine) busy = null;
  }
}

// The marked draft stands in the form's place; the form comes back to change it.
function show(form, out, record) {
  form.querySelector("textarea").value = record.text;
  form.querySelector("#as-of").value = record.as_of || "";
  form.hidden = true;
  const edit = () => {
    form.hidden = false;
    closeSource();
    out.replaceChildren();
    form.querySelector("textarea").focus();
  };
  const summary = draftShown(out, record, quiet("Edit the draft", edit));
  say(`The draft is checked: ${summary}.`);
}
