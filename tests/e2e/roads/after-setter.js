// After us: Lists whose first place is the page's.
// site: chatgpt, page: strict, chromium: judged, firefox: judged, alone

road(async (text) => {
  const body = message(text);
  Object.defineProperty(Array.prototype, "0", { configurable: true, set() {}, get: () => undefined });
  fetch(CHATGPT, { method: "POST", headers: JSON_TYPE, body });
});
