// A WebTransport of a dedicated worker: no packet leaves Chromium; Firefox asks nobody.
// site: chatgpt, page: loose, chromium: net, firefox: open, row: none, packets

road(async (text) => {
  const hosts = ["ws.chatgpt.com", `ws.chatgpt.com:${document.documentElement.dataset.port}`];
  const addresses = hosts.map((host) => `https://${host}/x?q=${encodeURIComponent(text)}`);
  const script = `Promise.allSettled(${JSON.stringify(addresses)}.map((one) => new WebTransport(one).ready))
    .then(() => postMessage("asked"), ({ message }) => postMessage(message));`;
  const worker = new Worker(URL.createObjectURL(new Blob([script])));
  const said = new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)));
  return Promise.race([said, later(1500).then(() => "asked")]);
});
