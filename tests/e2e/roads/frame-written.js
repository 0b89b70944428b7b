// The fetch of a fresh frame whose document is written anew.
// site: chatgpt, page: strict, chromium: judged, firefox: judged

road(async (text) => {
  const element = document.createElement("iframe");
  document.body.append(element);
  element.contentDocument.open();
  element.contentDocument.close();
  return status(await element.contentWindow.fetch(`https://chatgpt.com${CHATGPT}`, post(message(text))));
});
