// A picture whose address carries the text and ends in the mark of the hook, which no hook writes there.
// site: chatgpt, page: loose, chromium: net, firefox: net, row: resource GET /marked

road(async (text) => {
  const image = new Image();
  image.src = `/marked?q=${encodeURIComponent(text)}&`;
  await once(image, "error");
  return "asked";
});
