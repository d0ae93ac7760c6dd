// Adding articles: files that are dropped or chosen, web addresses, and the jobs that store them.

import { get, post } from "./api.js";
import { element } from "./dom.js";
import { follow } from "./jobs.js";
import { counted } from "./words.js";

const KINDS = ".txt,.md,.markdown,.html,.htm,.pdf,.jsonl,.gz";

export function addSection(refresh) {
  const jobs = element("div", { class: "jobs", "aria-live": "polite" });
  const files = element("input", { type: "file", id: "files", class: "unseen", multiple: true, accept: KINDS });
  files.addEventListener("change", () => (upload(jobs, [...files.files], refresh), (files.value = "")));
  underWay(jobs, refresh);
  return element("section", {}, element("h2", {}, "Add articles"), dropZone(jobs, files, refresh), addressForm(jobs, refresh), jobs);
}

function dropZone(jobs, files, refresh) {
  const drop = element("div", { class: "drop" }, element("p", {}, "Drop files here"), files, element("label", { for: "files", class: "button" }, "Choose files"), element("p", { class: "hint" }, "Text, Markdown, HTML, PDF, JSON lines"));
  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => (event.preventDefault(), drop.classList.add("over")));
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => (event.preventDefault(), upload(jobs, [...event.dataTransfer.files], refresh)));
  return drop;
}

function addressForm(jobs, refresh) {
  const address = element("input", { id: "address", type: "url", required: true, placeholder: "https://…" });
  const fetchIt = (event) => {
    event.preventDefault();
    const url = address.value;
    follow(jobs, () => post("/v1/articles", { urls: [url] }), url, refresh);
    address.value = "";
  };
  return element("form", { class: "stacked", onsubmit: fetchIt }, element("label", { for: "address" }, "Or a web address"), element("div", { class: "row" }, address, element("button", {}, "Fetch")));
}

function upload(jobs, files, refresh) {
  if (!files.length) return;
  const body = new FormData();
  for (const file of files) body.append("files", file);
  follow(jobs, () => post("/v1/articles", body), files.length === 1 ? files[0].name : counted(files.length, "file"), refresh);
}

// Jobs that somebody began before the page was opened.
async function underWay(jobs, refresh) {
  const told = await get("/v1/jobs").catch(() => ({ jobs: [] }));
  for (const job of told.jobs.filter((one) => one.status === "queued" || one.status === "running")) {
    follow(jobs, async () => job, job.subjects.length === 1 ? job.subjects[0] : `${job.kind} of ${counted(job.subjects.length, "subject")}`, refresh);
  }
}

// A file that misses the place would be opened in the page's stead.
for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
