// A frame of a javascript: address has not always a hook: where there is none, the network level stops what it sends.
// site: chatgpt, page: loose, chromium: unsteady, firefox: net, row: none

road(async (text) => {
  const script = `fetch("https://chatgpt.com${CHATGPT}", ${JSON.stringify(post(message(text), { keepalive: true }))});""`;
  await frame((element) => {
    element.src = `javascript:${encodeURIComponent(script)}`;
  });
  return "asked";
});
