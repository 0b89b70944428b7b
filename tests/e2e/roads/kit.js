// What the roads share: where each registers itself, and the bodies of a send. Runs in the page's own world, under
// the page's own policy.

"use strict";
const roads = {};
const road = (run) => {
  roads[new URL(document.currentScript.src).pathname] = run;
};

const CHATGPT = "/backend-api/f/conversation";
const GEMINI = "/_/BardChatUi/data/assistant.lamda.BardFrontendService/StreamGenerate";

const message = (text) =>
  JSON.stringify({
    action: "next",
    messages: [{ author: { role: "user" }, content: { content_type: "text", parts: [text] } }],
    model: "auto",
  });
const JSON_TYPE = { "content-type": "application/json" };
const post = (body, more) => ({ method: "POST", headers: JSON_TYPE, body, ...more });
const f_req = (text) => JSON.stringify([null, JSON.stringify([[text, 0, null, []], ["en"], ["", "", ""]])]);

const status = (response) => `status ${response.status}`;
const once = (target, type) => new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const frame = async (set) => {
  const element = document.createElement("iframe");
  const loaded = once(element, "load");
  set(element);
  document.body.append(element);
  await Promise.race([loaded, later(3000)]);
  return element;
};

// A form for Gemini's address, with a frame of its own to go to.
const form = (text, set) => {
  const name = `sink-${Math.random()}`;
  const sink = document.createElement("iframe");
  sink.name = name;
  document.body.append(sink);
  const made = document.createElement("form");
  made.method = "post";
  made.action = GEMINI;
  made.target = name;
  const field = document.createElement("input");
  field.name = "f.req";
  field.value = f_req(text);
  made.append(field);
  document.body.append(made);
  set?.(made);
  return made;
};

// How a test starts a road and hears of its end.
window.start = (path, text) => {
  const mark = document.documentElement.dataset;
  delete mark.ended;
  const end = (word) => {
    mark.ended = word;
  };
  setTimeout(() => {
    Promise.race([roads[path](text), later(20_000).then(() => "still going")]).then(
      (word) => end(`${word}`),
      (error) => end(`${error.name}: ${error.message}`),
    );
  }, 0);
};
