// Feeds: those that are followed, following one more, and polling now.

import { get, post, remove } from "./api.js";
import { bdi, element, quiet, shortened } from "./dom.js";
import { follow } from "./jobs.js";
import { trouble } from "./states.js";
import { day } from "./words.js";

export async function showFeeds(out, refresh) {
  const again = () => showFeeds(out, refresh);
  try {
    const { feeds } = await get("/v1/feeds");
    const jobs = element("div", { class: "jobs", "aria-live": "polite" });
    const poll = quiet("Poll now", () => follow(jobs, () => post("/v1/feeds/poll"), "Feeds", refresh));
    out.replaceChildren(
      element("h2", {}, "Feeds"),
      feeds.length ? element("ul", { class: "cards" }, ...feeds.map((feed) => row(feed, again))) : element("p", { class: "hint" }, "None yet. Those that are due are polled while the service runs."),
      following(jobs, again),
      ...(feeds.length ? [element("p", { class: "actions" }, poll)] : []),
      jobs,
    );
  } catch (fault) {
    out.replaceChildren(trouble(fault, again));
  }
}

function following(jobs, again) {
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
  return element("form", { class: "stacked", onsubmit: add }, element("label", { for: "feed" }, "RSS or Atom"), element("div", { class: "row" }, address, element("button", {}, "Follow")));
}

function row(feed, again) {
  const box = element("li", {});
  const drop = async () => {
    try {
      await remove(`/v1/feeds?url=${encodeURIComponent(feed.url)}`);
      await again();
    } catch (fault) {
      box.append(trouble(fault));
    }
  };
  const when = feed.active ? `polled ${feed.last_polled ? day(feed.last_polled) : "not yet"}` : "switched off";
  box.append(
    element("p", { class: "article" }, element("span", { class: "title" }, bdi(feed.title || feed.url)), element("span", { class: "facts" }, bdi(feed.url), ` · ${when}`)),
    ...(feed.error ? [element("p", { class: "note" }, bdi(feed.error))] : []),
    element("p", { class: "actions" }, element("button", { type: "button", class: "quiet danger", onclick: drop, "aria-label": `Unfollow ${shortened(feed.url, 80)}` }, "Unfollow")),
  );
  return box;
}
