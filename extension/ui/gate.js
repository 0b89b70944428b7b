// The gate: has the address of a page judged as a relay has a request, and goes on to what is permitted. All that is
// drawn is Rust (src/ui/gate.rs), the card is the same as on a page.
// INVARIANT: the address is nowhere but in this document: it was taken out of the session's storage on the way here.
// INVARIANT: goes on by the background's word alone; a background that says nothing in time ends in a refusal.
// INVARIANT: what goes on is the address that was judged, once, in this tab; see page/pass.js.

import { endPass, letPass, plain } from "../page/pass.js";
import init, { gate_draw } from "../wasm/promptgate.js";

const api = globalThis.browser ?? globalThis.chrome;
const SILENT_MS = 60_000;
const RECONNECT_MS = 250;
const START_HEIGHT = 160;
const PASS_MS = 10_000;
const event = crypto.randomUUID();
const key = `gate:${location.hash.slice(1)}`;
let address = null;
let port = null;
let again = false;
let silent = 0;
let card = null;
let ended = false;

const show = (stage, text = "") => {
  gate_draw({ stage, host: address === null ? "" : new URL(address).host, text });
};

const closeCard = () => {
  card?.frame.remove();
  card = null;
};

const goOn = async (text) => {
  const address = plain(text);
  const { id } = await api.tabs.getCurrent();
  await letPass(id, address);
  addEventListener("pagehide", () => endPass(id));
  setTimeout(endPass, PASS_MS, id);
  location.replace(address);
};

const go = (text) => {
  if (ended) return;
  ended = true;
  // Without a pass the same address would only come back here.
  goOn(text).catch(() => {
    ended = false;
    refuse("");
  });
};

const refuse = (text) => {
  if (ended) return;
  ended = true;
  clearTimeout(silent);
  show("refused", text);
};

const openCard = ({ token, focus }) => {
  if (card?.token === token) return;
  closeCard();
  const frame = document.createElement("iframe");
  frame.title = "Promptgate";
  frame.src = api.runtime.getURL(`ui/card.html#${token}`);
  // Until it says how high it is there is nothing in it to be seen, and it takes no room.
  frame.className = "unsized";
  card = { token, frame, focus, since: null };
  resize(START_HEIGHT);
  document.getElementById("card").append(frame);
};

const resize = (height) => {
  card.frame.style.blockSize = `${height}px`;
};

// A page of our own has nothing that could lie over the card.
const seen = (token) => (card?.token === token && card.since !== null && !document.hidden ? Math.floor(performance.now() - card.since) : 0);

const obey = (message) => {
  switch (message.kind) {
    case "send":
      return go(address);
    case "send-this":
      return go(message.body.text);
    case "refuse":
      return refuse(message.text ?? "");
    case "wait":
      clearTimeout(silent);
      silent = setTimeout(refuse, message.ms + SILENT_MS, "");
      return undefined;
    case "card":
      return openCard(message);
    case "card-look":
      return port?.postMessage({ kind: "card-seen", token: message.token, ms: seen(message.token) });
    case "card-size":
      if (card?.token !== message.token) return undefined;
      resize(message.height);
      card.frame.className = "";
      card.since ??= performance.now();
      if (card.focus) card.frame.focus();
      card.focus = false;
      return undefined;
    case "card-close":
      return card?.token === message.token ? closeCard() : undefined;
    default:
      return undefined;
  }
};

const ask = () => {
  port = api.runtime.connect({ name: "relay" });
  port.onMessage.addListener(obey);
  port.onDisconnect.addListener(() => {
    port = null;
    again = true;
    if (!ended) setTimeout(ask, RECONNECT_MS);
  });
  if (ended) return;
  const request = { api: "navigation", method: "GET", url: address, headers: [], body: { type: "none" }, page_url: address };
  port.postMessage({ kind: "hold", event, request, again, at_once: null });
};

addEventListener("click", ({ target }) => {
  if (target.closest("[data-press='open']")) location.replace(`${new URL(address).origin}/`);
});

await init({ module_or_path: new URL("../wasm/promptgate_bg.wasm", import.meta.url) });
({ [key]: address = null } = await api.storage.session.get(key));
if (address === null) {
  show("gone");
} else {
  await api.storage.session.remove(key);
  show("checking");
  silent = setTimeout(refuse, SILENT_MS, "");
  ask();
}
