// The fetch of a fresh frame, once it is loaded.
// site: chatgpt, page: strict, chromium: judged, firefox: judged

road(async (text) => {
  const element = await frame(() => {});
  return status(await element.contentWindow.fetch(`https://chatgpt.com${CHATGPT}`, post(message(text))));
});
