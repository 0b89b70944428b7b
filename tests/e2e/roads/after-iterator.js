// After us: Lists that are gone through as the page says.
// site: chatgpt, page: strict, chromium: judged, firefox: judged, alone

road(async (text) => {
  const body = message(text);
  Array.prototype[Symbol.iterator] = function* mine() {};
  fetch(CHATGPT, { method: "POST", headers: JSON_TYPE, body });
});
