"use strict";
// Everything from an article goes in as text, never as markup.

const form = document.getElementById("ask");
const field = document.getElementById("question");
const answer = document.getElementById("answer");

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function heading(article) {
  const title = article.title || article.file;
  const isWeb = /^https?:\/\//.test(article.url || "");
  if (!isWeb) return element("h3", "", title);
  const link = element("a", "", title);
  link.href = article.url;
  link.rel = "noopener noreferrer nofollow";
  return element("h3", "", link);
}

function meta(record) {
  const article = record.article;
  const parts = [
    article.source || "source unknown",
    article.published || "date unknown",
    `characters ${record.start}–${record.end} of ${article.file}`,
  ];
  if (record.also_in.length) parts.push(`also in ${record.also_in.length} other article(s)`);
  return element("p", "meta", parts.join(" · "));
}

// Offsets count code points, JavaScript's strings count halves of some.
function markedQuote(citation) {
  if (!citation.answer_span) return element("mark", "", citation.quote);
  const points = Array.from(citation.quote);
  const [start, end] = citation.answer_span.map((at) => at - citation.start);
  const part = (from, to) => points.slice(from, to).join("");
  return element("mark", "", part(0, start), element("strong", "", part(start, end)), part(end));
}

function citationCard(citation) {
  const quote = element("blockquote", "", "… ", citation.prefix, markedQuote(citation), citation.suffix, " …");
  const title = heading(citation.article);
  title.prepend(`[${citation.n}] `);
  const card = element("li", "", title, meta(citation), quote);
  card.id = `citation-${citation.n}`;
  return card;
}

function nearestCard(hit) {
  return element("li", "", heading(hit.article), meta(hit), element("blockquote", "", hit.text));
}

function reasons(sentence) {
  return sentence.checks.filter((c) => !c.ok).map((c) => c.detail).join("; ") || "it could not be checked";
}

function flag(sentence) {
  if (sentence.verdict === "supported") return [];
  const told = { contradicted: "contradicted", unsupported: "not supported" }[sentence.verdict] || "not checked";
  return [element("span", "flag", ` [${told}: ${reasons(sentence)}]`)];
}

function sentenceSpan(sentence) {
  const span = element("span", sentence.verdict, sentence.text);
  span.title = `${sentence.verdict}: ` + sentence.checks.map((c) => `${c.kind} ${c.ok ? "ok" : "failed"}`).join(", ");
  const marks = sentence.citations.map((n) => {
    const link = element("a", "", ` [${n}]`);
    link.href = `#citation-${n}`;
    return link;
  });
  return [span, ...marks, ...flag(sentence), " "];
}

function show(record) {
  const parts = [element("p", "asked", record.question)];
  if (record.sentences.length) {
    parts.push(element("p", "text", ...record.sentences.flatMap(sentenceSpan)));
  } else {
    parts.push(element("p", "text note", record.text));
  }
  if (record.notice) parts.push(element("p", "note", record.notice));
  if (record.removed.length) {
    const taken = record.removed.map((one) => element("li", "", `${one.text} (${reasons(one)})`));
    parts.push(element("h2", "", "Taken out"), element("ul", "removed", ...taken));
  }
  if (record.conflict) parts.push(element("p", "note", "The articles differ, or the story moved on: compare the dates."));
  if (record.citations.length) {
    parts.push(element("h2", "", "Where it says so"), element("ol", "cards", ...record.citations.map(citationCard)));
  }
  if (record.nearest.length) {
    parts.push(element("h2", "", "The nearest passages"), element("ol", "cards", ...record.nearest.map(nearestCard)));
  }
  answer.replaceChildren(...parts);
}

async function ask(question) {
  const reply = await fetch("/v1/ask", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ question }),
  });
  const body = await reply.json();
  if (!reply.ok) throw new Error(body.detail);
  return body;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  answer.replaceChildren(element("p", "asked", "Looking…"));
  try {
    show(await ask(field.value));
  } catch (error) {
    answer.replaceChildren(element("p", "note", `It could not be answered: ${error.message}`));
  } finally {
    button.disabled = false;
  }
});
