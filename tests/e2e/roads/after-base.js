// After us: A base address that is not the page's.
// site: chatgpt, page: strict, chromium: judged, firefox: judged, alone

road(async (text) => {
  const body = message(text);
  Object.defineProperty(document, "baseURI", { get: () => "https://elsewhere.test/" });
  Object.defineProperty(Node.prototype, "baseURI", { get: () => "https://elsewhere.test/" });
  fetch(CHATGPT, { method: "POST", headers: JSON_TYPE, body });
});
