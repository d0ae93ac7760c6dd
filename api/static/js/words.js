// Names, days and links, as the page words them.

import { element } from "./dom.js";

const MONTHS = "January February March April May June July August September October November December".split(" ");

// A file is no outlet: where neither is known, nothing is put in its place.
export function outlet(article) {
  return article.source || article.title || "unknown outlet";
}

export function day(text) {
  const [date, month, year] = parts(text);
  return date ? `${date} ${month} ${year}` : "date unknown";
}

// For where there is little room.
export function shortDay(text) {
  const [date, month, year] = parts(text);
  return date ? `${date} ${month.slice(0, 3)} ${year}` : "undated";
}

function parts(text) {
  if (!text) return [];
  const [year, month, date] = text.slice(0, 10).split("-").map(Number);
  return [date, MONTHS[month - 1], year];
}

export function longDay(time) {
  return time.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

export function counted(n, one, many = `${one}s`) {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}

export function isWeb(url) {
  return /^https?:\/\//i.test(url || "");
}

// A link that opens an article of the web at a quote: https://wicg.github.io/scroll-to-text-fragment/
export function originalLink(article, quote, words = "Original") {
  if (!isWeb(article.url)) return null;
  const href = quote ? article.url + fragment(article.url, quote) : article.url;
  return element("a", { href, target: "_blank", rel: "noopener noreferrer", class: "quiet" }, `${words} ↗`);
}

function fragment(url, quote) {
  const words = quote.split(/\s+/).filter(Boolean);
  const told = words.length > 12 ? [words.slice(0, 5).join(" "), words.slice(-5).join(" ")] : [words.join(" ")];
  const encoded = told.map((part) => encodeURIComponent(part).replace(/-/g, "%2D"));
  return `${url.includes("#") ? "" : "#"}:~:text=${encoded.join(",")}`;
}
