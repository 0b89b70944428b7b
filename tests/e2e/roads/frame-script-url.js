// A frame of a javascript: address, whose hook nobody hears.
// site: chatgpt, page: loose, chromium: refused, firefox: refused

road(async (text) => {
  const script = `fetch("https://chatgpt.com${CHATGPT}", ${JSON.stringify(post(message(text)))});""`;
  await frame((element) => {
    element.src = `javascript:${encodeURIComponent(script)}`;
  });
  return "asked";
});
