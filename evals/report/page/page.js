"use strict";
// The case list: only the rows in sight are in the document, so thousands of cases scroll and filter at once.
// Everything that was said is put in with textContent: nothing of it is ever read as markup.
const { cases, articles, titles } = JSON.parse(document.getElementById("payload").textContent);
const ROW = 56; // pixels, as in the style sheet
const $ = (id) => document.getElementById(id);
const list = $("list"), spacer = $("spacer"), detail = $("detail");
let shown = cases, chosen = null;

function make(name, text, kind) {
  const made = document.createElement(name);
  if (text !== undefined && text !== null) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

const said = (one) => !one.reply ? "" : one.reply.detail || one.reply.verdict || one.reply.text || "";
const asked = (one) => one.gold ? one.gold.question : one.id;
for (const one of cases) one.words = `${one.id} ${asked(one)} ${said(one)}`.toLowerCase();

function options(select, values) {
  for (const value of [...new Set(values)].sort()) {
    const made = make("option", value);
    made.value = value;
    select.append(made);
  }
}
options($("fault"), cases.map((one) => one.fault).filter(Boolean));
options($("tag"), cases.flatMap((one) => one.tags));

function filter() {
  const words = $("words").value.toLowerCase().split(/\s+/).filter(Boolean);
  const fault = $("fault").value, tag = $("tag").value;
  const failing = $("failing").checked, changed = $("changed") && $("changed").checked;
  shown = cases.filter((one) => (!failing || one.fault) && (!changed || one.change) && (!fault || one.fault === fault) &&
    (!tag || one.tags.includes(tag)) && words.every((word) => one.words.includes(word)));
  $("count").textContent = `${shown.length} of ${cases.length}`;
  spacer.style.height = `${shown.length * ROW}px`;
  list.scrollTop = 0;
  draw();
}

function draw() {
  const first = Math.max(0, Math.floor(list.scrollTop / ROW) - 4);
  const last = Math.min(shown.length, first + Math.ceil(list.clientHeight / ROW) + 9);
  const rows = [];
  for (let n = first; n < last; n++) rows.push(row(shown[n], n));
  list.replaceChildren(spacer, ...rows);
}

function row(one, n) {
  const made = make("div", null, one === chosen ? "row on" : "row");
  made.style.top = `${n * ROW}px`;
  made.setAttribute("role", "option");
  made.append(make("b", asked(one)));
  const line = make("small");
  line.append(make("span", one.fault || "right", one.fault ? "no" : "ok"), ` · ${one.id}`);
  if (one.change && one.change.broke.length) line.append(make("span", " · broke", "no"));
  if (one.change && one.change.mended.length) line.append(make("span", " · mended", "ok"));
  made.append(line);
  made.addEventListener("click", () => choose(one));
  return made;
}

function choose(one) {
  chosen = one;
  document.body.classList.add("reading");
  draw();
  const back = make("button", "Back to the list");
  back.id = "back";
  back.type = "button";
  back.addEventListener("click", () => document.body.classList.remove("reading"));
  detail.replaceChildren(back, ...about(one), ...expected(one), ...answered(one), ...evidence(one), scores(one));
  detail.scrollTop = 0;
}

function about(one) {
  const chips = make("p");
  chips.append(make("span", one.fault || "right", one.fault ? "chip no" : "chip ok"));
  for (const tag of one.tags) chips.append(make("span", tag, "chip"));
  if (one.gold && one.gold.as_of) chips.append(make("span", `as of ${one.gold.as_of}`, "chip"));
  const earlier = ((one.gold && one.gold.history) || []).map((turn) => make("p", turn, "dim"));
  return [...earlier, make("h3", asked(one)), chips];
}

function expected(one) {
  if (!one.gold) return [];
  const gold = one.gold;
  const right = gold.label || (gold.answers || []).join(" · ") || "No answer: it should abstain.";
  const told = [make("h4", "Expected"), make("p", right.replaceAll("_", " "))];
  if (gold.must_contain) told.push(make("p", `must contain ${gold.must_contain.join(" · ")}`, "dim"));
  if (gold.must_not_contain) told.push(make("p", `must not contain ${gold.must_not_contain.join(" · ")}`, "dim"));
  return told;
}

function answered(one) {
  const reply = one.reply;
  if (!reply) return [];
  const told = [make("h4", "Answer")];
  const text = said(one) || reply.unsupported || "";
  const moved = one.before !== null && one.before !== undefined && one.before !== text;
  told.push(moved ? difference(one.before, text) : make("p", text));
  if (one.change && one.change.was !== one.change.now) {
    told.push(make("p", `was ${one.change.was || "right"}, is ${one.change.now || "right"}`, "dim"));
  }
  const facts = [];
  if (reply.short_answer) facts.push(`short answer: ${reply.short_answer}`);
  if (reply.confidence !== undefined) facts.push(`confidence ${reply.confidence.toFixed(2)}`);
  if (reply.ms !== undefined) facts.push(`${Math.round(reply.ms)} ms`);
  if (facts.length) told.push(make("p", facts.join(" · "), "dim"));
  return told;
}

// Words that went and words that came, by their longest common subsequence.
function difference(before, after) {
  const a = before.split(/(\s+)/).slice(0, 600), b = after.split(/(\s+)/).slice(0, 600);
  const same = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      same[i][j] = a[i] === b[j] ? same[i + 1][j + 1] + 1 : Math.max(same[i + 1][j], same[i][j + 1]);
    }
  }
  const told = make("p");
  if (same[0][0] < 0.6 * Math.max(a.length, b.length)) { // another answer altogether: no word by word
    told.append(make("del", before), make("br"), make("ins", after));
    return told;
  }
  let i = 0, j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { told.append(a[i]); i++; j++; }
    else if (i < a.length && (j >= b.length || same[i + 1][j] >= same[i][j + 1])) told.append(make("del", a[i++]));
    else told.append(make("ins", b[j++]));
  }
  return told;
}

function evidence(one) {
  const wanted = (one.gold && one.gold.supporting) || [], cited = (one.reply && one.reply.citations) || [];
  const name = (file) => file.split("/").pop();
  const files = [...new Set([...wanted.map((s) => s.file), ...cited.map((c) => name(c.file))])];
  if (!files.length) return [];
  const key = make("p", null, "key");
  key.append(make("mark", "cited", "cite"), " ", make("mark", "supporting", "gold"), " ", make("mark", "both", "both"));
  const told = [make("h4", "In the articles"), key];
  for (const file of files) {
    const gold = wanted.filter((s) => s.file === file).map((s) => s.quote);
    const cites = cited.filter((c) => name(c.file) === file);
    const inexact = cites.some((c) => c.exact === false) ? " · a quote is not exact" : "";
    told.push(make("p", `${file}${inexact}`, inexact ? "chip no" : "dim"), article(file, gold, cites.map((c) => c.quote)));
  }
  return told;
}

function article(file, gold, cites) {
  const text = articles[file];
  const box = make("div", null, "article");
  if (text === undefined) {
    for (const quote of gold) box.append(make("mark", quote, "gold"), "\n");
    for (const quote of cites) box.append(make("mark", quote, "cite"), "\n");
    return box;
  }
  const kinds = new Uint8Array(text.length);
  const paint = (quotes, bit) => quotes.forEach((quote) => {
    const at = quote ? text.indexOf(quote) : -1;
    if (at >= 0) for (let n = at; n < at + quote.length; n++) kinds[n] |= bit;
  });
  paint(gold, 1);
  paint(cites, 2);
  let first = null;
  for (let at = 0; at < text.length;) {
    let end = at;
    while (end < text.length && kinds[end] === kinds[at]) end++;
    const part = text.slice(at, end);
    if (kinds[at]) {
      const marked = make("mark", part, ["", "gold", "cite", "both"][kinds[at]]);
      first = first || marked;
      box.append(marked);
    } else box.append(part);
    at = end;
  }
  if (first) requestAnimationFrame(() => { box.scrollTop = Math.max(0, first.offsetTop - box.offsetTop - 60); });
  return box;
}

function scores(one) {
  const table = make("table", null, "scores");
  for (const [name, told] of Object.entries(one.scores)) {
    if (typeof told === "string" && !told.startsWith("error")) continue;
    const line = make("tr");
    const value = Array.isArray(told) ? told.flat()[0] : told;
    line.append(make("td", titles[name] || name), make("td", typeof value === "number" ? String(value) : told));
    const change = one.change;
    line.append(make("td", change ? (change.broke.includes(name) ? "broke" : change.mended.includes(name) ? "mended" : "") : ""));
    table.append(line);
  }
  return table;
}

let waiting = false;
list.addEventListener("scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; draw(); });
}, { passive: true });
list.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !shown.length) return;
  event.preventDefault();
  const place = Math.min(shown.length - 1, Math.max(0, shown.indexOf(chosen) + step));
  if (place * ROW < list.scrollTop) list.scrollTop = place * ROW;
  if ((place + 1) * ROW > list.scrollTop + list.clientHeight) list.scrollTop = (place + 1) * ROW - list.clientHeight;
  choose(shown[place]);
});
for (const kind of ["input", "change"]) $("filters").addEventListener(kind, filter);
$("filters").addEventListener("submit", (event) => event.preventDefault());
for (const button of document.querySelectorAll("button.tag")) {
  button.addEventListener("click", () => { $("tag").value = button.dataset.tag; filter(); list.scrollIntoView({ behavior: "smooth" }); });
}
filter();
if (window.matchMedia("(min-width: 761px)").matches && cases.length) {
  choose(cases.find((one) => one.fault) || cases[0]);
}
addEventListener("resize", draw);
