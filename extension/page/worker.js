// The background: hands what happens to the session (Rust, in WASM) as events, and performs the effects it
// returns. Decides nothing.
// INVARIANT: listeners stand before the first turn ends; every held request gets a word even when the session
// faults: then the fail value it last gave.

import init, { Session } from "../wasm/promptgate.js";
import { browserName, isManaged, whenInstalled } from "./around.js";
import { stand, watch } from "./net.js";
import { openCard, openReader } from "./windows.js";
import { mark, openFirstPage, openTab, whenClosed } from "./person.js";

const api = globalThis.browser ?? globalThis.chrome;
const HOST = "io.promptgate.host";
const ports = new Map();
let [session, host] = [null, null];
let wake = 0;
let lastPort = 0;
// What a fault yields: as the last session said, also to an earlier background.
let config = null;

// Before any session has said so, a managed profile is closed.
const lastSaid = async () =>
  (await api.storage.local.get("config")).config ?? { on_deadline: (await isManaged()) ? "refuse" : "send" };

// What earlier backgrounds left and what does not change: asked for in one go, since each question is a way to the
// browser and back. Policies, which a browser that just started knows after seconds, count until the host said more.
const recall = async () => {
  const kept = api.storage.local.get(["settings", "late", "sites", "preview"]);
  const managed = kept.then(({ settings }) => !settings && isManaged());
  const names = api.storage.session.get("names").then(({ names }) => names ?? [], () => []);
  return Promise.all([kept, managed, lastSaid(), browserName(), names]);
};

const begin = ([kept, managed, said, browser, names]) => {
  config ??= said;
  const start = { browser, language: api.i18n.getUILanguage(), version: api.runtime.getManifest().version, managed };
  const { settings = null, late = [], sites = {}, preview = null } = kept;
  session = new Session({ ...start, settings, late, sites, preview, names });
  perform(session.handle(Date.now(), { kind: "started" }));
};

// While a request waits for this background to start, the code is made ready beside the questions.
const compiled = init({ module_or_path: new URL("../wasm/promptgate_bg.wasm", import.meta.url) });
const beginAnew = () => Promise.all([recall(), compiled]).then(([recalled]) => begin(recalled));
let ready = beginAnew();

const happen = async (event) => {
  try {
    await ready;
    perform(session.handle(Date.now(), event));
  } catch {
    config ??= await lastSaid().catch(() => null);
    recover(event);
  }
};

// A session that faulted is not used again. What is held comes back from the relays, but for the request that
// was being handled: that gets the fail value now.
const recover = (event) => {
  const said = event.kind === "relay" ? event.said : null;
  if (said?.kind === "hold" || said?.kind === "resume") {
    const word = config?.on_deadline === "send" ? "send" : "refuse";
    post(event.port, { kind: word, event: said.event, copy: false, refusal: null });
  }
  for (const port of ports.values()) port.disconnect();
  ports.clear();
  host?.disconnect();
  host = null;
  ready = beginAnew();
  ready.catch(() => {});
};

const post = (id, message) => {
  try {
    ports.get(id)?.postMessage(message);
  } catch {
    ports.delete(id);
  }
};

const toHost = (frame) => {
  try {
    host?.postMessage(JSON.parse(frame));
  } catch {
    // It is gone, and the browser is about to say so.
  }
};

const perform = (effects) => {
  for (const effect of effects) {
    switch (effect.kind) {
      case "to-port":
        post(effect.port, effect.message);
        break;
      case "to-host":
        toHost(effect.frame);
        break;
      case "connect-host":
        connectHost();
        break;
      case "close-host":
        host?.disconnect();
        host = null;
        break;
      case "wake":
        clearTimeout(wake);
        if (effect.at !== null) wake = setTimeout(() => happen({ kind: "woke" }), Math.max(0, effect.at - Date.now()));
        break;
      case "config":
        config = effect.config;
        api.storage.local.set({ config });
        break;
      case "save-settings":
        api.storage.local.set({ settings: effect.settings });
        break;
      case "save-preview":
        api.storage.local.set({ preview: effect.preview });
        break;
      case "save-late":
        api.storage.local.set({ late: effect.entries });
        break;
      case "save-sites":
        api.storage.local.set({ sites: effect.sites });
        break;
      case "save-names":
        // Memory of the browser, never its disk; scripts beside pages cannot read it.
        api.storage.session.set({ names: effect.names }).catch(() => {});
        break;
      case "open-window":
        openCard(effect.token, happen);
        break;
      case "open-reader":
        openReader(effect.token);
        break;
      case "open-first-page":
        openFirstPage();
        break;
      case "open-tab":
        openTab(effect.url);
        break;
      case "close-window":
        api.windows.remove(ports.get(effect.port)?.sender.tab.windowId).catch(() => {});
        break;
      case "net":
        stand(effect);
        break;
      case "badge":
        mark(effect.badge);
        break;
      default:
    }
  }
};

const connectHost = () => {
  let port;
  try {
    port = api.runtime.connectNative(HOST);
  } catch {
    happen({ kind: "host-lost", missing: true });
    return;
  }
  host = port;
  port.onMessage.addListener((message) => {
    if (port === host) happen({ kind: "host-said", frame: JSON.stringify(message) });
  });
  port.onDisconnect.addListener(() => {
    // Chromium says why, Firefox does not.
    const why = api.runtime.lastError?.message ?? port.error?.message ?? "";
    if (port !== host) return;
    host = null;
    happen({ kind: "host-lost", missing: /not found|no such/i.test(why) });
  });
  happen({ kind: "host-opened" });
};

api.runtime.onConnect.addListener((port) => {
  if (port.sender?.id !== api.runtime.id || !["relay", "card", "hint", "popup", "reader"].includes(port.name)) return;
  const id = (lastPort += 1);
  const { name, sender } = port;
  ports.set(id, port);
  port.onMessage.addListener((said) => happen({ kind: name, port: id, said }));
  port.onDisconnect.addListener(() => {
    if (ports.delete(id)) happen({ kind: "closed", port: id });
  });
  const { tab, frameId } = sender;
  const where = { tab: tab?.id ?? null, private: tab?.incognito ?? false, top: frameId === 0 };
  happen({ kind: "opened", port: id, name, ...where });
});

watch(happen);
api.tabs.onRemoved.addListener((tab) => happen({ kind: "tab-gone", tab }));
whenClosed(() => happen({ kind: "sign-in-closed" }));

whenInstalled((by) => happen({ kind: "installed", by }));

// Waking early lets the host start before the first Send.
for (const early of [api.runtime.onInstalled, api.runtime.onStartup]) early.addListener(() => ready);
