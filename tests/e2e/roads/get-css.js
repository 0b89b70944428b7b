// A background in a style whose address carries the text.
// site: chatgpt, page: loose, chromium: net, firefox: net, row: resource GET /background

road(async (text) => {
  document.body.style.background = `url("/background?q=${encodeURIComponent(text)}")`;
  await later(500);
  return "asked";
});
