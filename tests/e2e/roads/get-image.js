// A picture whose address carries the text.
// site: chatgpt, page: loose, chromium: net, firefox: net

road(async (text) => {
  const image = new Image();
  image.src = `/picture?q=${encodeURIComponent(text)}`;
  await once(image, "error");
  return "asked";
});
