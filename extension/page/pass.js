// The way on from the gate: a rule of this session that lets one address through, for the tab whose gate had it judged. The
// hook's mark is no way on for a page, since anybody can write it into a link.
// INVARIANT: a pass is for one request: it ends when that is on its way, with the gate's page, and with the tab.
// INVARIANT: the address is in memory alone: in session storage and in the session's rules.

const api = globalThis.browser ?? globalThis.chrome;
const net = api.declarativeNetRequest;
// Over everything that stops.
const PRIORITY = 3;

const keyOf = (tab) => `pass:${tab}`;

// An address as it is asked for: without what stands behind `#`, which nobody judged and no server gets, and with the
// signs that mean something in a filter in their other form.
export const plain = (text) => {
  const url = new URL(text);
  url.hash = "";
  return url.href.replace(/[*^|]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
};

// `address`: a plain one. The tab's number is the rule's: there is one for a tab.
export const letPass = async (tab, address) => {
  const condition = {
    urlFilter: `|${address}|`, isUrlFilterCaseSensitive: true, tabIds: [tab], resourceTypes: ["main_frame"],
    requestMethods: ["get"],
  };
  await api.storage.session.set({ [keyOf(tab)]: { address } });
  const rule = { id: tab, priority: PRIORITY, action: { type: "allow" }, condition };
  await net.updateSessionRules({ removeRuleIds: [tab], addRules: [rule] });
};

export const endPass = (tab) => net.updateSessionRules({ removeRuleIds: [tab] }).catch(() => {});

export const forgetPass = (tab) => Promise.all([endPass(tab), api.storage.session.remove(keyOf(tab))]).catch(() => {});

// Whether this is the request that a pass was for; the first that asks is it, and uses it up.
export const isPassed = async ({ type, tabId, requestId, url }) => {
  if (type !== "main_frame" || tabId < 0) return false;
  const { [keyOf(tabId)]: pass } = await api.storage.session.get(keyOf(tabId)).catch(() => ({}));
  if (pass?.address !== url || (pass.request ?? requestId) !== requestId) return false;
  if (pass.request === undefined) {
    await api.storage.session.set({ [keyOf(tabId)]: { ...pass, request: requestId } });
    await endPass(tabId);
  }
  return true;
};
