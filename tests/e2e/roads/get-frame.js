// A frame whose address carries the text.
// site: chatgpt, page: loose, chromium: open, firefox: open

road(async (text) => {
  await frame((element) => {
    element.src = `/frame?q=${encodeURIComponent(text)}`;
  });
  return "asked";
});
