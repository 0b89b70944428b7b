// The XMLHttpRequest of a fresh frame, taken in the same turn.
// site: chatgpt, page: strict, chromium: judged, firefox: judged

road(async (text) => {
  const element = document.createElement("iframe");
  document.body.append(element);
  const xhr = new element.contentWindow.XMLHttpRequest();
  xhr.open("POST", `https://chatgpt.com${CHATGPT}`);
  xhr.setRequestHeader("content-type", "application/json");
  const ended = once(xhr, "loadend");
  xhr.send(message(text));
  await ended;
  return status(xhr);
});
