// Streams of events: each event's name and payload.

import { Fault, headers, kindOf, reply, sending } from "./api.js";

// By `POST` with a body or by `GET` without one. Ends with "done" or throws.
export async function* events(path, body, signal) {
  const accept = { Accept: "text/event-stream" };
  const options = body === undefined ? { headers: headers(accept) } : sending(body, accept);
  const answered = await reply(path, { ...options, signal });
  let ended = false;
  for await (const [name, payload] of parsed(answered.body)) {
    if (name === "error") throw new Fault(kindOf(payload.title, payload.status), payload.detail, payload.status);
    ended = name === "done";
    yield [name, payload];
  }
  if (!ended) throw new Fault("broken", "The connection broke before the end.");
}

function lost(error) {
  if (error.name === "AbortError") throw error;
  window.dispatchEvent(new Event("byline-unreached"));
  return { done: true };
}

async function* parsed(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read().catch(lost);
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const lines = block.split("\n");
      const name = lines.find((line) => line.startsWith("event: "))?.slice(7);
      const text = lines.find((line) => line.startsWith("data: "))?.slice(6);
      if (name && text) yield [name, JSON.parse(text)];
    }
  }
}
