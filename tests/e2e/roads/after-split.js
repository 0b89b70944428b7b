// After us: Texts that are cut as the page says.
// site: chatgpt, page: strict, chromium: judged, firefox: judged, alone

road(async (text) => {
  const body = message(text);
  String.prototype[Symbol.split] = () => ["", "ces", "x"];
  String.prototype.split = () => ["", "ces", "x"];
  fetch(CHATGPT, { method: "POST", headers: JSON_TYPE, body });
});
