// XMLHttpRequest.
// site: chatgpt, page: strict, chromium: judged, firefox: judged

road(async (text) => {
  const xhr = new XMLHttpRequest();
  xhr.open("POST", CHATGPT);
  xhr.setRequestHeader("content-type", "application/json");
  const ended = once(xhr, "loadend");
  xhr.send(message(text));
  await ended;
  return status(xhr);
});
