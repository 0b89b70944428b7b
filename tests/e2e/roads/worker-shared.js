// A shared worker.
// site: chatgpt, page: loose, chromium: net, firefox: net, row: request POST /backend-anon/f/conversation

road(async (text) => {
  const { port } = new SharedWorker("/roads/in-worker.js");
  const said = new Promise((resolve) => (port.onmessage = ({ data }) => resolve(data)));
  port.postMessage(["https://chatgpt.com/backend-anon/f/conversation", post(message(text))]);
  return said;
});
