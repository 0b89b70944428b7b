// What the background shows a person outside of its own pages: the mark on the button, and in tabs the provider's page
// and, after an installation, the first page.
// Decides nothing.

const api = globalThis.browser ?? globalThis.chrome;

// How it stands: a mark, its colour, and the words of the button's tooltip.
const MARKS = {
  protected: ["✓", "#12703a", "badge_protected"],
  trial: ["i", "#1d5fbf", "badge_trial"],
  degraded: ["?", "#8a5200", "badge_degraded"],
  unprotected: ["!", "#b3261e", "badge_unprotected"],
};

export const mark = (standing) => {
  const [text, color, words] = MARKS[standing] ?? ["", "#555862", "extension_name"];
  api.action.setBadgeText({ text });
  api.action.setBadgeBackgroundColor({ color });
  api.action.setTitle({ title: api.i18n.getMessage(words) });
};

// In front, in a tab of its own.
export const openFirstPage = () => {
  api.tabs.create({ url: api.runtime.getURL("ui/welcome.html") }).catch(() => {});
};

// The tab in which a person signs in: what waits for it hears when it is closed.
let signing = null;

export const openTab = async (url) => {
  const tab = await api.tabs.create({ url });
  signing = tab.id;
};

export const whenClosed = (told) => {
  api.tabs.onRemoved.addListener((tab) => {
    if (tab !== signing) return;
    signing = null;
    told();
  });
};
