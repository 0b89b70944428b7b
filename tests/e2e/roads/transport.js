// WebTransport is refused when it is opened: there is no packet.
// site: chatgpt, page: strict, chromium: refused, firefox: refused

road(async (text) => {
  const transport = new WebTransport(`https://ws.chatgpt.com/x?q=${encodeURIComponent(text)}`);
  await transport.ready;
  return "opened";
});
