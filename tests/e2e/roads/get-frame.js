// A frame whose address carries the text.
// site: chatgpt, page: loose, chromium: net, firefox: net, row: frame GET /frame

road(async (text) => {
  await frame((element) => {
    element.src = `/frame?q=${encodeURIComponent(text)}`;
  });
  return "asked";
});
