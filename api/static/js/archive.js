// The archive: search, articles, uploads, feeds, and what it holds in small pictures.

import { articleLine } from "./answer.js";
import { events, get, post, remove } from "./api.js";
import { bdi, day, element, outlet, say, shortened } from "./dom.js";
import { bars, columns } from "./pictures.js";
import { openSource } from "./source.js";
import { trouble } from "./states.js";

const PAGE = 20;
const KINDS = ".txt,.md,.markdown,.html,.htm,.pdf,.jsonl,.gz";

export async function archiveView(main) {
  const sections = { search: searchSection(), holdings: element("section", { class: "holdings" }), add: null, list: element("section"), feeds: element("section") };
  const refresh = () => Promise.all([showHoldings(sections.holdings), showList(sections.list, 0, refresh), showFeeds(sections.feeds, refresh)]);
  sections.add = addSection(refresh);
  main.replaceChildren(element("h1", {}, "Archive"), ...Object.values(sections));
  await refresh();
}

function field(id, label, attributes) {
  return element("label", { for: id }, label, element("input", { id, ...attributes }));
}

function searchSection() {
  const hits = element("div", { "aria-live": "polite" });
  const form = element(
    "form",
    {
      role: "search",
      onsubmit: (event) => {
        event.preventDefault();
        const told = Object.fromEntries(new FormData(form));
        search(hits, told);
      },
    },
    field("search", "Search", { name: "q", type: "search", required: true, maxlength: 2000 }),
    element(
      "details",
      {},
      element("summary", {}, "Filters"),
      element(
        "div",
        { class: "filters" },
        field("source-filter", "Outlet", { name: "source" }),
        field("from", "From", { name: "published_from", type: "date" }),
        field("to", "To", { name: "published_to", type: "date" }),
        field("as-of", "As of", { name: "as_of", type: "date" }),
      ),
    ),
    element("button", {}, "Search"),
  );
  return element("section", {}, form, hits);
}

async function search(out, parameters) {
  out.replaceChildren(element("p", { class: "status" }, "Searching…"));
  try {
    const { hits } = await get("/v1/search", { ...parameters, k: 20 });
    const used = hits.filter((hit) => !hit.left_out);
    const cards = used.map((hit) => element("li", {}, articleLine(hit.article), element("blockquote", {}, bdi(hit.text, 500)), element("p", { class: "actions" }, opener(hit))));
    const told = used.length ? `${used.length} passages, best first` : "Nothing fits. Try other words, or fewer filters.";
    out.replaceChildren(element("p", { class: "hint" }, told), element("ol", { class: "cards" }, ...cards));
  } catch (fault) {
    out.replaceChildren(trouble(fault, () => search(out, parameters)));
  }
}

function opener({ article, start = 0, end = 0 }) {
  const open = (event) => openSource({ article: article.id, version: article.version, start, end }, [], event.currentTarget);
  return element("button", { type: "button", class: "quiet", onclick: open }, "Read");
}

async function showHoldings(out) {
  try {
    const told = await get("/v1/stats");
    const days = told.days.filter((one) => one.day).map((one) => [day(one.day), { articles: one.articles }]);
    const answers = told.answers.map((one) => [day(one.day), one]);
    const undated = told.days.find((one) => !one.day)?.articles || 0;
    out.replaceChildren(
      element("h2", {}, `${told.articles.toLocaleString("en")} articles, ${told.passages.toLocaleString("en")} passages`),
      element(
        "div",
        { class: "pictures" },
        element("div", {}, element("h3", {}, "By day"), columns(days.slice(-120), { articles: "fill" }, "Articles by day of publication"), undated ? element("p", { class: "hint" }, `${undated.toLocaleString("en")} without a date`) : null),
        element("div", {}, element("h3", {}, "By outlet"), bars(told.sources.slice(0, 6).map((one) => [one.source || "unknown", one.articles]), "Articles by outlet")),
        element("div", {}, element("h3", {}, "Answers of 30 days"), columns(answers, { answered: "fill", partly_supported: "part", no_evidence: "none" }, "Answers by day"), answerCounts(told.answers)),
      ),
    );
  } catch (fault) {
    out.replaceChildren(trouble(fault, () => showHoldings(out)));
  }
}

function answerCounts(answers) {
  const sum = (name) => answers.reduce((total, one) => total + one[name], 0);
  const all = sum("answered") + sum("partly_supported") + sum("no_evidence");
  return all ? element("p", { class: "hint" }, `${sum("answered")} answered, ${sum("partly_supported")} partly, ${sum("no_evidence")} abstained`) : null;
}

function addSection(refresh) {
  const jobs = element("div", { class: "jobs", "aria-live": "polite" });
  const files = element("input", { type: "file", id: "files", multiple: true, accept: KINDS, onchange: () => (upload(jobs, files.files, refresh), (files.value = "")) });
  const address = element("input", { id: "address", type: "url", required: true, placeholder: "https://…" });
  const drop = element("div", { class: "drop" }, element("label", { for: "files" }, "Drop files here, or choose them"), files, element("p", { class: "hint" }, "Text, Markdown, HTML, PDF, JSON lines"));
  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => (event.preventDefault(), drop.classList.add("over")));
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => (event.preventDefault(), upload(jobs, event.dataTransfer.files, refresh)));
  const fetchIt = (event) => {
    event.preventDefault();
    follow(jobs, () => post("/v1/articles", { urls: [address.value] }), address.value, refresh);
    address.value = "";
  };
  const form = element("form", { class: "row", onsubmit: fetchIt }, element("label", { for: "address" }, "Or a web address"), address, element("button", {}, "Fetch"));
  return element("section", {}, element("h2", {}, "Add articles"), drop, form, jobs);
}

function upload(jobs, files, refresh) {
  if (!files.length) return;
  const body = new FormData();
  for (const file of files) body.append("files", file);
  follow(jobs, () => post("/v1/articles", body), files.length === 1 ? files[0].name : `${files.length} files`, refresh);
}

// Show a job from its beginning to its end.
async function follow(jobs, start, name, refresh) {
  const bar = element("progress", { "aria-label": `Progress of ${shortened(name, 60)}` });
  const told = element("p", {}, bdi(name), ": waiting…");
  const box = element("div", { class: "job" }, told, bar);
  jobs.prepend(box);
  try {
    const job = await start();
    for await (const [, state] of events(`/v1/jobs/${job.id}`)) {
      if (state.total) Object.assign(bar, { max: state.total, value: state.done });
      told.replaceChildren(bdi(name), `: ${wordsOf(state)}`);
      if (state.ended_at) bar.remove();
      if (state.rejected.length && state.status !== "running") box.append(rejections(state));
    }
    say(told.textContent);
    await refresh();
  } catch (fault) {
    box.replaceChildren(trouble(fault, () => (box.remove(), follow(jobs, start, name, refresh))));
  }
}

function wordsOf(job) {
  if (job.status === "failed") return `failed. ${job.error}`;
  if (job.status === "queued") return "waiting…";
  if (job.status === "running") return job.error || `${job.done} of ${job.total}…`;
  const counts = { new: job.new, updated: job.updated, unchanged: job.unchanged, rejected: job.rejected_count };
  return Object.entries(counts).filter(([, n]) => n).map(([what, n]) => `${n} ${what}`).join(", ") || "nothing new";
}

function rejections(job) {
  const lines = job.rejected.map((one) => element("li", {}, bdi(one.where), ": ", bdi(one.reason)));
  return element("details", { open: true }, element("summary", {}, "Rejected"), element("ul", {}, ...lines));
}

async function showList(out, offset, refresh) {
  try {
    const { total, articles } = await get("/v1/articles", { limit: PAGE, offset });
    const rows = articles.map(({ article, passages }) => element("li", {}, articleLine(article), element("p", { class: "actions" }, opener({ article }), removal(article, refresh), element("span", { class: "hint" }, `${passages} passage${passages === 1 ? "" : "s"}`))));
    const move = (words, to, possible) => element("button", { type: "button", class: "quiet", disabled: !possible, onclick: () => showList(out, to, refresh) }, words);
    const paging = element("p", { class: "actions" }, move("Newer", Math.max(0, offset - PAGE), offset > 0), move("Older", offset + PAGE, offset + PAGE < total), element("span", { class: "hint" }, total ? `${offset + 1}–${offset + articles.length} of ${total.toLocaleString("en")}` : ""));
    out.replaceChildren(element("h2", {}, "Articles"), total ? element("ul", { class: "cards" }, ...rows) : element("p", {}, "No articles yet. Add some above."), total > PAGE ? paging : "");
  } catch (fault) {
    out.replaceChildren(trouble(fault, () => showList(out, offset, refresh)));
  }
}

// A second press within some seconds removes it: nothing is lost by one slip.
function removal(article, refresh) {
  const button = element("button", { type: "button", class: "quiet danger", "aria-label": `Remove ${shortened(outlet(article), 60)}` }, "Remove");
  let sure = false;
  const calm = () => ((sure = false), (button.textContent = "Remove"));
  button.addEventListener("click", async () => {
    if (!sure) {
      sure = true;
      button.textContent = "Really remove it?";
      setTimeout(calm, 4000);
      return;
    }
    button.disabled = true;
    try {
      await remove(`/v1/articles/${encodeURIComponent(article.id)}`);
      say("The article is removed.");
      await refresh();
    } catch (fault) {
      button.replaceWith(trouble(fault));
    }
  });
  return button;
}

async function showFeeds(out, refresh) {
  try {
    const { feeds } = await get("/v1/feeds");
    const again = () => showFeeds(out, refresh);
    const jobs = element("div", { class: "jobs", "aria-live": "polite" });
    const rows = feeds.map((feed) => feedRow(feed, again));
    const address = element("input", { id: "feed", type: "url", required: true, placeholder: "https://…/rss.xml" });
    const add = async (event) => {
      event.preventDefault();
      try {
        await post("/v1/feeds", { url: address.value });
        await again();
      } catch (fault) {
        jobs.replaceChildren(trouble(fault));
      }
    };
    const poll = element("button", { type: "button", class: "quiet", onclick: () => follow(jobs, () => post("/v1/feeds/poll"), "Feeds", refresh) }, "Poll now");
    out.replaceChildren(
      element("h2", {}, "Feeds"),
      feeds.length ? element("ul", { class: "cards" }, ...rows) : element("p", { class: "hint" }, "None yet. Those that are due are polled while the service runs."),
      element("form", { class: "row", onsubmit: add }, element("label", { for: "feed" }, "RSS or Atom"), address, element("button", {}, "Follow")),
      feeds.length ? element("p", { class: "actions" }, poll) : "",
      jobs,
    );
  } catch (fault) {
    out.replaceChildren(trouble(fault, () => showFeeds(out, refresh)));
  }
}

function feedRow(feed, again) {
  const drop = async () => {
    await remove(`/v1/feeds?url=${encodeURIComponent(feed.url)}`);
    await again();
  };
  const when = feed.active ? `polled ${feed.last_polled ? day(feed.last_polled) : "not yet"}` : "switched off";
  return element(
    "li",
    {},
    element("p", { class: "article" }, element("span", { class: "title" }, bdi(feed.title || feed.url)), element("span", { class: "facts" }, bdi(feed.url), ` · ${when}`)),
    feed.error ? element("p", { class: "note" }, bdi(feed.error)) : null,
    element("p", { class: "actions" }, element("button", { type: "button", class: "quiet danger", onclick: drop, "aria-label": `Unfollow ${shortened(feed.url, 80)}` }, "Unfollow")),
  );
}
