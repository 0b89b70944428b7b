// A WebSocket's frames, as text and as bytes. Frames that no rule knows are unread, and so is a subscription to a sentence.
// site: chatgpt, page: strict, chromium: refused, firefox: refused, says: sent

road(async (text) => {
  const socket = new WebSocket("wss://ws.chatgpt.com/p1/ws/user/u");
  await once(socket, "open");
  const frame = text.includes("AKIA")
    ? JSON.stringify([{ text }])
    : JSON.stringify([{ id: 1, command: { type: "subscribe", topic_id: text } }]);
  socket.send(frame);
  if (text.includes("AKIA")) socket.send(new Blob([frame]));
  if (text.includes("AKIA")) socket.send(new TextEncoder().encode(frame));
  await later(500);
  socket.close();
  return "sent";
});
