// After us: Promises whose constructor is the page's.
// site: chatgpt, page: strict, chromium: judged, firefox: judged, alone

road(async (text) => {
  const body = message(text);
  Object.defineProperty(Promise.prototype, "constructor", { value: class Mine {} });
  Object.defineProperty(Promise, Symbol.species, { get: () => class Mine {} });
  fetch(CHATGPT, { method: "POST", headers: JSON_TYPE, body });
});
