// fetchLater.
// site: chatgpt, page: strict, chromium: judged, firefox: absent

road(async (text) => {
  if (typeof fetchLater !== "function") return "absent";
  fetchLater(CHATGPT, post(message(text), { activateAfter: 0 }));
  return "asked";
});
