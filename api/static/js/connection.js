// Whether the service can be reached: a banner while it can't, gone as soon as it can.

import { say } from "./dom.js";

const EVERY_MS = 2000;
const banner = document.getElementById("offline");
let probing = false;

export function watchConnection() {
  window.addEventListener("offline", probe);
  window.addEventListener("byline-unreached", probe);
  if (!navigator.onLine) probe();
}

// A service on this machine answers without any network, so it is asked, not the browser.
async function probe() {
  if (probing) return;
  probing = true;
  for (let reached = await answers(); !reached; reached = await answers()) {
    if (banner.hidden) banner.textContent = "The service can’t be reached. What is on the page stays; this goes away when it is back.";
    banner.hidden = false;
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  if (!banner.hidden) say("The service is back.");
  banner.hidden = true;
  probing = false;
}

async function answers() {
  try {
    return (await fetch("/healthz", { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}
