// Views by address: /, /?answer=ID (one for each turn), /?check, /?check=ID, /?archive, /?article=ID&version=V&start=S&end=E.

import { archiveView } from "./archive.js";
import { askView, leaveAsk } from "./ask.js";
import { checkView, leaveCheck } from "./check.js";
import { watchConnection } from "./connection.js";
import { watchKeys } from "./keys.js";
import { closeSource, sourcePage } from "./source.js";
import { longDay } from "./words.js";

const main = document.getElementById("main");
const TITLES = { ask: "Byline", check: "Check a draft · Byline", archive: "Archive · Byline", article: "Article · Byline" };

function viewOf(parameters) {
  return ["check", "archive", "article"].find((name) => parameters.has(name)) || "ask";
}

async function show(focus) {
  leaveAsk();
  leaveCheck();
  closeSource();
  const parameters = new URLSearchParams(location.search);
  const view = viewOf(parameters);
  document.title = TITLES[view];
  document.body.dataset.view = view;
  document.body.classList.remove("talking");
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (focus) main.focus({ preventScroll: true });
  window.scrollTo({ top: 0, behavior: "instant" });
  if (view === "check") await checkView(main, parameters);
  else if (view === "archive") await archiveView(main, parameters);
  else if (view === "article") await articleView(parameters);
  else await askView(main, parameters);
}

async function articleView(parameters) {
  main.replaceChildren();
  const number = (name) => Number(parameters.get(name)) || 0;
  const version = number("version") || undefined;
  await sourcePage(main, { article: parameters.get("article"), version, start: number("start"), end: number("end") });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-view]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  show(true);
});
window.addEventListener("popstate", () => show(true));
document.getElementById("today").textContent = longDay(new Date());
watchKeys();
watchConnection();
show(false);
