// After us: Kinds that say of everything that it is theirs.
// site: chatgpt, page: strict, chromium: judged, firefox: judged, alone

road(async (text) => {
  const body = message(text);
  for (const kind of [Request, URL, Blob, FormData, URLSearchParams]) {
    Object.defineProperty(kind, Symbol.hasInstance, { value: () => true });
  }
  fetch(CHATGPT, { method: "POST", headers: JSON_TYPE, body });
});
