// Elements are made of text, never of HTML: whatever an article or a model says is shown, not run.

const LONGEST = 300; // characters of a title, an outlet or a name that are shown

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function quiet(words, onclick, more = {}) {
  return element("button", { type: "button", class: "quiet", onclick, ...more }, words);
}

// A name from outside: short enough to lay out, and kept from turning the text around it.
export function bdi(text, most = LONGEST) {
  return element("bdi", {}, shortened(text, most));
}

// Words of an article: all of them, within reason.
export function quotation(text) {
  return bdi(text, 20_000);
}

export function shortened(text, most = LONGEST) {
  return text.length > most ? `${Array.from(text.slice(0, most + 2)).slice(0, most).join("")}…` : text;
}

// Offsets are code points; JavaScript counts UTF-16 units.
export function codePoints(text) {
  if (!/[\ud800-\udfff]/.test(text)) return { length: text.length, slice: (start, end) => text.slice(start, end) };
  const points = Array.from(text);
  return { length: points.length, slice: (start, end) => points.slice(start, end).join("") };
}

export function say(words) {
  document.getElementById("said").textContent = words;
}
