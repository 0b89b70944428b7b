// A style sheet whose address carries the text.
// site: chatgpt, page: loose, chromium: net, firefox: net, row: resource GET /style

road(async (text) => {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = `/style?q=${encodeURIComponent(text)}`;
  document.head.append(link);
  await once(link, "error");
  return "asked";
});
