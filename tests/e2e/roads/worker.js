// A dedicated worker.
// site: chatgpt, page: loose, chromium: net, firefox: net, row: request POST /backend-api/f/conversation

road(async (text) => {
  const worker = new Worker("/roads/in-worker.js");
  const said = new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)));
  worker.postMessage([`https://chatgpt.com${CHATGPT}`, post(message(text))]);
  return said;
});
