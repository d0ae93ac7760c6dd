// Small pictures, drawn as SVG; each has its figures in words too.

import { element, svg } from "./dom.js";
import { day, shortDay } from "./words.js";

const WIDTH = 320;
const HEIGHT = 72;
const DAY_MS = 86_400_000;
const MOST = 64; // columns

// Counts by day on an even scale of time: `rows` of [day, {name: count}], the oldest first, and the classes that the
// names are drawn in, from below. A column is as many days as keep the picture readable; `most` days up to today at least.
export function columns(rows, classes, label, most = 0) {
  const last = most ? Date.now() : Date.parse(rows.at(-1)[0]);
  const first = Math.min(Date.parse(rows[0][0]), most ? last - (most - 1) * DAY_MS : last);
  const days = Math.floor((last - first) / DAY_MS) + 1;
  const each = Math.ceil(days / MOST);
  const sums = gathered(rows, Object.keys(classes), first, each, Math.ceil(days / each));
  const picture = drawn(sums, classes, label, (at) => shortDay(new Date(first + at * each * DAY_MS).toISOString()));
  const per = each === 1 ? "a day" : `in ${each} days`;
  const top = Math.max(...sums.map((one) => one.all));
  const iso = (time) => new Date(time).toISOString();
  return element("figure", {}, picture, element("figcaption", {}, ...[shortDay(iso(first)), `at most ${top.toLocaleString("en")} ${per}`, shortDay(iso(last))].map((words) => element("span", {}, words))));
}

function gathered(rows, names, first, each, count) {
  const sums = Array.from({ length: count }, () => ({ all: 0 }));
  for (const [when, counts] of rows) {
    const sum = sums[Math.min(count - 1, Math.floor((Date.parse(when) - first) / DAY_MS / each))];
    for (const name of names) {
      sum[name] = (sum[name] || 0) + (counts[name] || 0);
      sum.all += counts[name] || 0;
    }
  }
  return sums;
}

function drawn(sums, classes, label, whenOf) {
  const top = Math.max(1, ...sums.map((one) => one.all));
  const width = WIDTH / Math.max(sums.length, 14);
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": label, class: "picture" });
  sums.forEach((sum, at) => {
    let base = HEIGHT;
    for (const [name, kind] of Object.entries(classes)) {
      const height = ((sum[name] || 0) / top) * (HEIGHT - 2);
      base -= height;
      if (height) picture.append(svg("rect", { x: at * width, y: base, width: width * 0.85, height, class: kind }, titled(`${whenOf(at)}: ${sum.all.toLocaleString("en")}`)));
    }
  });
  return picture;
}

function titled(words) {
  const title = svg("title");
  title.textContent = words;
  return title;
}

// What the colours stand for: `rows` of [class, words].
export function key(rows) {
  const swatch = (kind) => svg("svg", { viewBox: "0 0 8 8", "aria-hidden": "true" }, svg("rect", { width: 8, height: 8, class: kind }));
  return element("ul", { class: "key" }, ...rows.map(([kind, words]) => element("li", {}, swatch(kind), words)));
}

// Counts by name: `rows` of [element that names it, count].
export function bars(rows, label) {
  const most = Math.max(1, ...rows.map(([, n]) => n));
  const bar = (n) => svg("svg", { viewBox: "0 0 100 8", preserveAspectRatio: "none", class: "bar", "aria-hidden": "true" }, svg("rect", { width: (n / most) * 100, height: 8, class: "fill" }));
  return element("ul", { class: "bars", "aria-label": label }, ...rows.map(([name, n]) => element("li", {}, name, bar(n), element("span", {}, n.toLocaleString("en")))));
}

// When what was said: a dot for each dated statement on an even scale, filled where something changed.
export function timelinePicture(timeline) {
  const dated = timeline.filter((one) => one.day);
  if (dated.length < 2) return element("span");
  const at = dated.map((one) => Date.parse(one.day));
  const [first, last] = [Math.min(...at), Math.max(...at)];
  const place = (time) => 10 + ((time - first) / Math.max(1, last - first)) * (WIDTH - 20);
  const label = `${dated.length} dated statements from ${day(dated[0].day)} to ${day(dated.at(-1).day)}`;
  const line = svg("line", { x1: 10, x2: WIDTH - 10, y1: 12, y2: 12, class: "axis" });
  const dots = dated.map((one, n) => svg("circle", { cx: place(at[n]), cy: 12, r: one.changed || !n ? 6 : 4, class: one.changed || !n ? "fill" : "hollow" }, titled(`${day(one.day)}: ${one.stage}`)));
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} 24`, role: "img", "aria-label": label, class: "line-picture" }, line, ...dots);
  return element("figure", {}, picture, element("figcaption", {}, element("span", {}, shortDay(dated[0].day)), element("span", {}, shortDay(dated.at(-1).day))));
}
