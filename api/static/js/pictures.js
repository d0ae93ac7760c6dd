// Small pictures, drawn as SVG; each has its figures in words too.

import { element, svg } from "./dom.js";
import { day, shortDay } from "./words.js";

const WIDTH = 320;
const HEIGHT = 72;
const DAY_MS = 86_400_000;
const MOST = 64; // columns

// Counts by day on an even scale of time: `rows` of [day, {name: count}], the oldest first, and the classes that the
// names are drawn in, from below. A column is as many days as keep the picture readable; `most` days up to today at least.
export function columns(rows, classes, label, most) {
  const last = Date.now();
  const scale = scaleOf(Math.min(Date.parse(rows[0][0]), last - (most - 1) * DAY_MS), last);
  const sums = gathered(rows, Object.keys(classes), scale);
  const top = topOf([sums]);
  return figure(scale, top, drawn(sums, top, classes, label, scale));
}

// Counts by day, a row of columns for each name, all on one scale of time and one of height: `rows` of
// [element that names it, its name, count, [[day, count], …]]. Without any day there is no picture.
export function multiples(rows, label) {
  const times = rows.flatMap(([, , , days]) => days.map(([when]) => Date.parse(when)));
  const list = (pictures) => element("ul", { class: "multiples", "aria-label": label }, ...rows.map(([named, , n], at) => element("li", {}, named, pictures[at] || element("span"), element("span", {}, n.toLocaleString("en")))));
  if (!times.length) return list([]);
  const scale = scaleOf(Math.min(...times), Math.max(...times));
  const all = rows.map(([, , , days]) => gathered(days.map(([when, n]) => [when, { n }]), ["n"], scale));
  const top = topOf(all);
  const words = (at) => `${rows[at][1]}, by day: at most ${most(topOf([all[at]]), scale)}`;
  return figure(scale, top, list(all.map((sums, at) => drawn(sums, top, { n: "fill" }, words(at), scale))));
}

// Columns of so many days, from the first to the last.
function scaleOf(first, last) {
  const days = Math.floor((last - first) / DAY_MS) + 1;
  const each = Math.ceil(days / MOST);
  const when = (time) => shortDay(new Date(time).toISOString());
  return { first, last, each, count: Math.ceil(days / each), when, at: (column) => when(first + column * each * DAY_MS) };
}

function topOf(all) {
  return Math.max(...all.flat().map((one) => one.all));
}

function most(top, { each }) {
  return `${top.toLocaleString("en")} ${each === 1 ? "a day" : `in ${each} days`}`;
}

function figure(scale, top, picture) {
  const words = [scale.when(scale.first), `at most ${most(top, scale)}`, scale.when(scale.last)];
  return element("figure", {}, picture, element("figcaption", {}, ...words.map((one) => element("span", {}, one))));
}

function gathered(rows, names, { first, each, count }) {
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

function drawn(sums, top, classes, label, scale) {
  const width = WIDTH / Math.max(sums.length, 14);
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": label, class: "picture" });
  sums.forEach((sum, at) => {
    let base = HEIGHT;
    for (const [name, kind] of Object.entries(classes)) {
      const height = top ? ((sum[name] || 0) / top) * (HEIGHT - 2) : 0;
      base -= height;
      if (height) picture.append(svg("rect", { x: at * width, y: base, width: width * 0.85, height, class: kind }, titled(`${scale.at(at)}: ${sum.all.toLocaleString("en")}`)));
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
