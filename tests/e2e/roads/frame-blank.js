// The fetch of a fresh frame, taken in the same turn in which the frame is made.
// site: chatgpt, page: strict, chromium: judged, firefox: judged

road(async (text) => {
  const element = document.createElement("iframe");
  document.body.append(element);
  const kept = element.contentWindow.fetch;
  return status(await kept.call(element.contentWindow, `https://chatgpt.com${CHATGPT}`, post(message(text))));
});
