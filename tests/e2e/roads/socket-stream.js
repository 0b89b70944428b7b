// WebSocketStream is refused when it is opened. Firefox has none.
// site: chatgpt, page: strict, chromium: refused, firefox: absent, says: SecurityError: The connection was refused.

road(async (text) => {
  if (typeof WebSocketStream !== "function") return "absent";
  const socket = new WebSocketStream(`wss://ws.chatgpt.com/p1/ws/user/stream?q=${encodeURIComponent(text)}`);
  await socket.opened;
  return "opened";
});
