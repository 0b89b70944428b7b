// XMLHttpRequest that does not wait.
// site: chatgpt, page: strict, chromium: again, firefox: again

road(async (text) => {
  const xhr = new XMLHttpRequest();
  xhr.open("POST", CHATGPT, false);
  xhr.setRequestHeader("content-type", "application/json");
  xhr.send(message(text));
  return status(xhr);
});
