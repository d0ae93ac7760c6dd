// The articles, some at a time, and their removal.

import { articleLine } from "./answer.js";
import { get, remove } from "./api.js";
import { bdi, element, quiet, say, shortened } from "./dom.js";
import { reader } from "./search.js";
import { trouble } from "./states.js";
import { counted } from "./words.js";

const PAGE = 20;
const SURE_MS = 4000;

// `source` limits them to an outlet; "" does not.
export async function showList(out, { offset, source, refresh }) {
  const again = (change) => showList(out, { offset, source, refresh, ...change });
  try {
    const { total, articles } = await get("/v1/articles", { limit: PAGE, offset, source });
    const rows = articles.map(({ article, passages }) => element("li", {}, element("div", {}, articleLine(article)), element("p", { class: "actions" }, element("span", { class: "hint" }, counted(passages, "passage")), reader({ article }), removal(article, refresh))));
    const only = source ? element("p", { class: "actions" }, element("span", {}, "Only ", bdi(source)), quiet("All outlets", () => again({ offset: 0, source: "" }))) : null;
    const shown = total ? element("ul", { class: "cards articles" }, ...rows) : element("p", {}, "No articles yet. Drop some files here, fetch a web address, or follow a feed.");
    out.replaceChildren(element("h2", {}, "Articles"), ...[only, shown, total > PAGE ? paging(total, offset, articles.length, again) : null].filter(Boolean));
  } catch (fault) {
    out.replaceChildren(trouble(fault, () => again({})));
  }
}

function paging(total, offset, shown, again) {
  const move = (words, to, possible) => quiet(words, () => again({ offset: to }), { disabled: !possible });
  const where = element("span", { class: "hint" }, `${offset + 1}–${offset + shown} of ${total.toLocaleString("en")}`);
  return element("p", { class: "actions" }, move("Newer", Math.max(0, offset - PAGE), offset > 0), move("Older", offset + PAGE, offset + PAGE < total), where);
}

// A second press within some seconds removes it: nothing is lost by one slip.
function removal(article, refresh) {
  const button = element("button", { type: "button", class: "quiet danger", "aria-label": `Remove ${shortened(article.title || article.file, 60)}` }, "Remove");
  let sure = false;
  const calm = () => ((sure = false), (button.textContent = "Remove"));
  button.addEventListener("click", async () => {
    if (!sure) {
      sure = true;
      button.textContent = "Really remove it?";
      say("Press again to remove it.");
      setTimeout(calm, SURE_MS);
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
