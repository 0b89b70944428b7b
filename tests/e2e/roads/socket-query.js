// A WebSocket whose address carries the text.
// site: chatgpt, page: strict, chromium: refused, firefox: refused, says: SecurityError: The connection was refused.

road(async (text) => {
  const socket = new WebSocket(`wss://ws.chatgpt.com/p1/ws/user/u?q=${encodeURIComponent(text)}`);
  await Promise.race([once(socket, "open"), once(socket, "error")]);
  return "opened";
});
