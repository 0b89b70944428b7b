// A script whose address carries the text.
// site: chatgpt, page: loose, chromium: net, firefox: net, row: resource GET /script

road(async (text) => {
  const script = document.createElement("script");
  script.src = `/script?q=${encodeURIComponent(text)}`;
  document.head.append(script);
  await once(script, "error");
  return "asked";
});
