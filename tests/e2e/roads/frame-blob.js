// A frame of a blob: address.
// site: chatgpt, page: loose, chromium: judged, firefox: judged

road(async (text) => {
  const script = `fetch("https://chatgpt.com${CHATGPT}", ${JSON.stringify(post(message(text)))})`;
  const page = new Blob([`<script>${script}</script>`], { type: "text/html" });
  await frame((element) => {
    element.src = URL.createObjectURL(page);
  });
  return "asked";
});
