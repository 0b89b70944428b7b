// XMLHttpRequest opened by the function of another frame and sent by ours.
// site: chatgpt, page: strict, chromium: refused, firefox: refused, says: NetworkError: A network error occurred., trial: refused

road(async (text) => {
  const other = await frame(() => {});
  const xhr = new XMLHttpRequest();
  other.contentWindow.XMLHttpRequest.prototype.open.call(xhr, "POST", CHATGPT);
  xhr.send(message(text));
  await once(xhr, "loadend");
  return status(xhr);
});
