// A frame of a javascript: address: its hook is heard by nobody, and Chromium does not always put one in.
// site: chatgpt, page: loose, chromium: unsteady, firefox: refused

road(async (text) => {
  const script = `fetch("https://chatgpt.com${CHATGPT}", ${JSON.stringify(post(message(text)))});""`;
  await frame((element) => {
    element.src = `javascript:${encodeURIComponent(script)}`;
  });
  return "asked";
});
