// The archive: search, what it holds in small pictures, adding, articles and feeds.

import { addSection } from "./add.js";
import { showList } from "./articles.js";
import { element } from "./dom.js";
import { showFeeds } from "./feeds.js";
import { showHoldings } from "./holdings.js";
import { searchSection } from "./search.js";

export async function archiveView(main, parameters) {
  const holdings = element("section", { class: "holdings" });
  const list = element("section", { class: "list" });
  const feeds = element("section");
  const only = (source) => showList(list, { offset: 0, source, refresh });
  const refresh = () => Promise.all([showHoldings(holdings, only), showList(list, { offset: 0, source: "", refresh }), showFeeds(feeds, refresh)]);
  const add = addSection(refresh);
  const searched = searchSection(parameters);
  const waiting = element("p", { class: "status", hidden: Boolean(searched.ready) }, "Looking at what is there…");
  main.replaceChildren(element("h1", {}, "Archive"), searched.section, waiting);
  await Promise.all([refresh(), searched.ready]);
  // All at once: parts that come one by one would push each other down.
  if (waiting.isConnected) waiting.replaceWith(holdings, element("div", { class: "shelves" }, list, element("div", { class: "tools" }, add, feeds)));
}
