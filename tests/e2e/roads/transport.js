// WebTransport is refused when it is opened; else a first packet leaves. Firefox finds the port only where it is named.
// site: chatgpt, page: loose, chromium: refused, firefox: refused, says: SecurityError: The connection was refused., packets

road(async (text) => {
  const open = (host) => new WebTransport(`https://${host}/x?q=${encodeURIComponent(text)}`);
  const opened = ["ws.chatgpt.com", `ws.chatgpt.com:${document.documentElement.dataset.port}`].map(open);
  await Promise.race([Promise.allSettled(opened.map(({ ready }) => ready)), later(1000)]);
  return "opened";
});
