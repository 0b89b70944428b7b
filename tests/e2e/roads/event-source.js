// EventSource whose address carries the text.
// site: chatgpt, page: strict, chromium: refused, firefox: refused, says: SecurityError: The connection was refused.

road(async (text) => {
  const source = new EventSource(`/stream?q=${encodeURIComponent(text)}`);
  await once(source, "error");
  return "opened";
});
