// A picture whose address carries the text.
// site: chatgpt, page: loose, chromium: open, firefox: open

road(async (text) => {
  const image = new Image();
  image.src = `/picture?q=${encodeURIComponent(text)}`;
  await once(image, "error");
  return "asked";
});
