// A font whose address carries the text.
// site: chatgpt, page: loose, chromium: net, firefox: net, row: resource GET /font

road(async (text) => {
  await new FontFace("Heron", `url("/font?q=${encodeURIComponent(text)}")`).load().catch(() => {});
  return "asked";
});
