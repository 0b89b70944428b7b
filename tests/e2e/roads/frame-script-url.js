// A frame of a javascript: address, whose hook is not always heard: what is not is refused.
// site: chatgpt, page: loose, chromium: held, firefox: held

road(async (text) => {
  const script = `fetch("https://chatgpt.com${CHATGPT}", ${JSON.stringify(post(message(text)))});""`;
  await frame((element) => {
    element.src = `javascript:${encodeURIComponent(script)}`;
  });
  return "asked";
});
