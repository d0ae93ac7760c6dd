// A job that changes the archive, from its beginning to its end.

import { notices } from "./answer.js";
import { bdi, element, say, shortened } from "./dom.js";
import { trouble } from "./states.js";
import { events } from "./stream.js";

// `start` begins it and gives its record.
export async function follow(jobs, start, name, refresh) {
  const bar = element("progress", { "aria-label": `Progress of ${shortened(name, 60)}` });
  const told = element("p", {}, bdi(name, 120), ": waiting…");
  const box = element("div", { class: "job" }, told, bar);
  jobs.prepend(box);
  try {
    const job = await start();
    for await (const [, state] of events(`/v1/jobs/${job.id}`)) {
      if (state.total) Object.assign(bar, { max: state.total, value: state.done });
      told.replaceChildren(bdi(name, 120), `: ${wordsOf(state)}`);
      const ended = Boolean(state.ended_at);
      if (ended) bar.remove();
      if (ended && state.rejected.length) box.append(rejections(state));
      if (ended) box.append(...notices(state));
    }
    say(told.textContent);
    await refresh();
  } catch (fault) {
    box.replaceChildren(trouble(fault, () => (box.remove(), follow(jobs, start, name, refresh))));
  }
}

function wordsOf(job) {
  if (job.status === "failed") return `failed. ${job.error}`;
  if (job.status === "stopped") return `stopped at ${job.done} of ${job.total}.`;
  if (job.status === "queued") return "waiting…";
  if (job.status === "running") return job.error || (job.total ? `${job.done} of ${job.total}…` : "reading…");
  const counts = { new: job.new, updated: job.updated, unchanged: job.unchanged, rejected: job.rejected_count };
  return Object.entries(counts).filter(([, n]) => n).map(([what, n]) => `${n} ${what}`).join(", ") || "nothing new";
}

function rejections(job) {
  const lines = job.rejected.map((one) => element("li", {}, bdi(one.where), ": ", bdi(one.reason)));
  return element("details", { open: true }, element("summary", {}, "Rejected"), element("ul", {}, ...lines));
}
