// A picture whose address carries the text.
// site: chatgpt, page: loose, chromium: net, firefox: net, row: resource GET /picture

road(async (text) => {
  const image = new Image();
  image.src = `/picture?q=${encodeURIComponent(text)}`;
  await once(image, "error");
  return "asked";
});
