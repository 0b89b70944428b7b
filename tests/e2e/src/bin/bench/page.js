// The page that is measured: one composer and a send as Claude's front end makes it. The same with the extension and
// without: it knows nothing of either.
"use strict";
const ANSWER = "5fd0c0de-0000-4000-8000-0000000000a2";
const composer = document.querySelector(".composer");
const headers = { accept: "text/event-stream", "content-type": "application/json" };
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// What people write about at work: nothing in it is a finding. No two seeds give the same text.
const WORDS = ("the draft of our spring plan needs a shorter opening and a table that compares both offers before the board " +
  "meets on Thursday so please rewrite this part in plain words keep the numbers as they are and explain why the second " +
  "option costs less over three years than it seems when only the first invoice is read").split(" ");
const textOf = (length, seed) => {
  let state = (seed * 2654435761) >>> 0 || 1;
  let text = `Draft ${seed.toString(36)}:`;
  for (let line = text.length; text.length < length;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const gap = text.length - line > 400 ? "\n" : " ";
    if (gap === "\n") line = text.length;
    text += gap + WORDS[state % WORDS.length];
  }
  return `${text.slice(0, length - 1).trimEnd()}.`.padEnd(length, ".");
};

composer.addEventListener("paste", (event) => {
  event.preventDefault();
  composer.replaceChildren(document.createTextNode(event.clipboardData.getData("text/plain")));
  composer.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
});

const post = (path, text) => {
  const body = { prompt: text, parent_message_uuid: ANSWER, model: "claude-stand-in", timezone: "Europe/Berlin",
    locale: "en-US", rendering_mode: "messages", attachments: [], files: [], sync_sources: [],
    turn_message_uuids: { human_message_uuid: crypto.randomUUID(), assistant_message_uuid: ANSWER } };
  return fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
};

// From the page's call of fetch until its promise has the response: when it began, since 1970, and how long it took.
const send = async (path, text) => {
  const from = performance.now();
  const response = await post(path, text);
  const took = performance.now() - from;
  const answer = await response.text();
  if (!response.ok || !answer.includes("message_stop")) throw new Error(`status ${response.status}`);
  return [performance.timeOrigin + from, took];
};

window.bench = {
  text: textOf,
  // Sends of one length, one after the other, with a pause after each answer.
  cold: async (path, length, seed, count, pause) => {
    const times = [];
    for (let at = 0; at < count; at += 1) {
      times.push(await send(path, textOf(length, seed + at)));
      await later(pause);
    }
    return times;
  },
  // What was pasted, once it has lain there for a while.
  composed: async (path, length, settle) => {
    const text = composer.textContent;
    if (text.length !== length) throw new Error(`${text.length} characters in the composer`);
    await later(settle);
    const took = await send(path, text);
    composer.replaceChildren();
    composer.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "deleteContentBackward" }));
    return took;
  },
  // How long each piece of an answer was on its way, from the server's writing to the page's reading.
  stream: async (path, seed) => {
    const response = await post(path, textOf(200, seed));
    if (!response.ok) throw new Error(`status ${response.status}`);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const delays = [];
    let rest = "";
    for (let part; !(part = await reader.read()).done;) {
      const now = performance.timeOrigin + performance.now();
      const events = (rest + part.value).split("\n\n");
      rest = events.pop();
      for (const event of events) {
        const written = / at (\d+\.\d+) /.exec(event);
        if (written) delays.push(now - Number(written[1]));
      }
    }
    return delays;
  },
  browser: async () => {
    const told = await navigator.userAgentData?.getHighEntropyValues(["fullVersionList"]);
    const brand = told?.fullVersionList?.find(({ brand }) => brand === "Chromium" || brand === "HeadlessChrome");
    return brand?.version ?? navigator.userAgent.split("/").pop();
  },
};
document.documentElement.dataset.state = "idle";
