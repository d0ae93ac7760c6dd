// Small pictures, drawn as SVG; each has its figures in words too.

import { element, shortened, svg } from "./dom.js";

const WIDTH = 320;
const HEIGHT = 72;

// Articles or answers by day: `rows` of [day, {name: count}] and the classes that the names are drawn in, from below.
export function columns(rows, classes, label) {
  if (!rows.length) return element("p", { class: "hint" }, "Nothing yet.");
  const names = Object.keys(classes);
  const most = Math.max(1, ...rows.map(([, counts]) => names.reduce((sum, name) => sum + (counts[name] || 0), 0)));
  const width = Math.min(24, Math.max(1, WIDTH / rows.length));
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label, class: "picture" });
  rows.forEach(([, counts], at) => {
    let base = HEIGHT;
    for (const name of names) {
      const height = ((counts[name] || 0) / most) * (HEIGHT - 4);
      base -= height;
      if (height) picture.append(svg("rect", { x: at * width, y: base, width: Math.max(1, width - 1), height, class: classes[name] }));
    }
  });
  return element("figure", {}, picture, element("figcaption", {}, element("span", {}, rows[0][0]), element("span", {}, rows.at(-1)[0])));
}

// Counts by name: `rows` of [name, count].
export function bars(rows, label) {
  const most = Math.max(1, ...rows.map(([, n]) => n));
  const lines = rows.map(([name, n]) => {
    const bar = svg("svg", { viewBox: "0 0 100 8", preserveAspectRatio: "none", class: "bar", "aria-hidden": "true" }, svg("rect", { x: 0, y: 0, width: (n / most) * 100, height: 8, class: "fill" }));
    return element("li", {}, element("bdi", {}, shortened(name, 40)), bar, element("span", {}, n.toLocaleString("en")));
  });
  return element("ul", { class: "bars", "aria-label": label }, ...lines);
}

// What was said when: a line with a dot for each dated statement, filled where something changed.
export function timelinePicture(timeline) {
  const dated = timeline.filter((one) => one.day);
  if (dated.length < 2) return element("span");
  const at = dated.map((one) => Date.parse(one.day));
  const [first, last] = [Math.min(...at), Math.max(...at)];
  const place = (time) => 12 + ((time - first) / Math.max(1, last - first)) * (WIDTH - 24);
  const label = `${dated.length} dated statements from ${dated[0].day} to ${dated.at(-1).day}`;
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} 24`, role: "img", "aria-label": label, class: "picture" }, svg("line", { x1: 12, x2: WIDTH - 12, y1: 12, y2: 12, class: "axis" }));
  dated.forEach((one, n) => picture.append(svg("circle", { cx: place(at[n]), cy: 12, r: one.changed || !n ? 6 : 4, class: one.changed || !n ? "fill" : "hollow" })));
  return picture;
}
