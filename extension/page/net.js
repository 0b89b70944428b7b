// The network level: rules stop what no hook vouched for, and what they stop or let pass is told to the session. A
// page whose address asks something is stopped too, and the gate opens in its place: it judges, and goes on.
// INVARIANT: listeners stand before the first turn ends, so that a request wakes a background that sleeps.
// INVARIANT: an address that asks is kept for its gate alone, in session storage, which is memory, and given out once;
// what the gate lets go on is known by its pass (pass.js).
// What is told is the address, which the session reads and forgets; the rules themselves decide without this script.

import { forgetPass, isPassed } from "./pass.js";

const api = globalThis.browser ?? globalThis.chrome;
const net = api.declarativeNetRequest;

// What the rules are for: `[{hosts, sockets, query}]`, put in by the build.
const SITES = __PROMPTGATE_NET_DATA__;
const KEYS = [...new Set(SITES.flatMap(({ query }) => query))];
const RULES = "net";
const LOOKS = 40;
const LOOK_MS = 25;

// Parts of a page are looked at only where their address asks something: of them there are many.
const PARTS = ["image", "imageset", "script", "stylesheet", "media", "object", "font"];
const ROADS = {
  main_frame: "navigation", sub_frame: "frame", xmlhttprequest: "request", ping: "beacon", beacon: "beacon",
  websocket: "socket",
};
// The browsers do not have the same types.
const TYPES = Object.values(api.webRequest.ResourceType);
const CALL_TYPES = TYPES.filter((type) => !PARTS.includes(type));
const PART_TYPES = TYPES.filter((type) => PARTS.includes(type));
const STOPPED = /BLOCKED_BY_CLIENT|NS_ERROR_ABORT|NS_BINDING_ABORTED/;

// The mark of a hook, where hooks write one: addresses of pages and their parts are anybody's to write.
const isVouched = ({ method, type, url }) => {
  const hooked = ["main_frame", "sub_frame"].includes(type) ? method === "POST" : !PARTS.includes(type);
  return hooked && /\?([^#]*&)?(#|$)/.test(url);
};

const asks = (address) => {
  const query = new URL(address).searchParams;
  return KEYS.some((key) => query.get(key));
};

// Whether there can be anything to tell: most of what a page loads has no text.
const isOfNote = (details) =>
  !isVouched(details) &&
  (details.type === "websocket" || !["GET", "HEAD", "OPTIONS"].includes(details.method) || asks(details.url));

const toGate = async ({ tabId, url }) => {
  const token = crypto.randomUUID();
  await api.storage.session.set({ [`gate:${token}`]: url });
  await api.tabs.update(tabId, { url: api.runtime.getURL(`ui/gate.html#${token}`) });
};

// Whether the rules are on; else this only looks on.
const isClosed = async () =>
  (await net.getEnabledRulesets()).includes(RULES) || (await net.getDynamicRules()).length > 0;

// Rules of ours in the browser's keeping, or none of them. The browser takes all of a change or nothing. It keeps them over an
// update of the extension, when the manifest's own are off until the new background has run.
// What was put is remembered: a background starts often, and a change is written to the disk.
const put = async (rules) => {
  const [before, { net: kept }] = await Promise.all([net.getDynamicRules(), api.storage.local.get("net")]);
  const text = JSON.stringify(rules);
  if (before.length === rules.length && (rules.length === 0 || kept === text)) return;
  await net.updateDynamicRules({ removeRuleIds: before.map(({ id }) => id), addRules: rules });
  await api.storage.local.set({ net: text });
};

const enable = (on) => net.updateEnabledRulesets(on ? { enableRulesetIds: [RULES] } : { disableRulesetIds: [RULES] });

const ownRules = async () => (await fetch(api.runtime.getURL("net.json"))).json();

// `rules`: made from repaired data, in place of those that came with the extension. What is stricter is done first,
// and rules that the browser does not take leave those that came with it. One after the other: the last word counts.
const stands = async ({ closed, rules }) => {
  const took = async (some) => put(await some).then(() => true, () => false);
  const taken = closed && ((rules && (await took(rules))) || (await took(ownRules()).catch(() => false)));
  await enable(closed && !taken);
  if (!taken) await put([]);
};

let standing = Promise.resolve();
export const stand = (wanted) => {
  standing = standing.then(() => stands(wanted)).catch(() => {});
};

// Whether the tab itself goes there: then it soon shows the address, with the browser's own word that it was stopped.
// Chromium also asks for pages ahead, and then the tab stays where it is; Firefox asks for none.
const goesThere = async ({ tabId, url }) => {
  if (api.runtime.getBrowserInfo) return true;
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const { pendingUrl, url: shown } = await api.tabs.get(tabId);
    if (pendingUrl === url || shown === url) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return false;
};

const isOfGate = async (details) =>
  details.type === "main_frame" && details.method === "GET" && details.tabId >= 0 && goesThere(details);

// `tell` takes an event for the session.
export const watch = (tell) => {
  const hosts = SITES.flatMap((site) => site.hosts);
  const sockets = SITES.flatMap((site) => site.sockets);
  const calls = [...hosts.map((host) => `https://${host}/*`), ...[...hosts, ...sockets].map((host) => `wss://${host}/*`)];
  const parts = hosts.flatMap((host) => KEYS.flatMap((key) => ["?", "&"].map((mark) => `https://${host}/*${mark}${key}=*`)));

  const say = ({ tabId, type, method, url }, stopped) => {
    const road = ROADS[type] ?? (PARTS.includes(type) ? "resource" : "other");
    tell({ kind: "seen", event: crypto.randomUUID(), tab: tabId >= 0 ? tabId : null, road, method, url, stopped });
  };

  const onEnded = async (details) => {
    if (!STOPPED.test(details.error) || !isOfNote(details) || !(await isClosed())) return undefined;
    if (await isPassed(details)) return undefined;
    try {
      if (await isOfGate(details)) return await toGate(details);
    } catch {
      // No such tab, or one that may not show a page of ours.
    }
    return say(details, true);
  };

  const onLeft = async (details) => {
    if (isOfNote(details) && !(await isPassed(details))) say(details, false);
  };

  const { onErrorOccurred, onSendHeaders } = api.webRequest;
  for (const filter of [{ urls: calls, types: CALL_TYPES }, { urls: parts, types: PART_TYPES }]) {
    // Functions of their own: Firefox does not take the same one a second time, whatever the filter.
    onErrorOccurred.addListener((details) => onEnded(details), filter);
    onSendHeaders.addListener((details) => onLeft(details), filter);
  }
  api.tabs.onRemoved.addListener(forgetPass);
};
