// A dedicated worker of a blob: address.
// site: chatgpt, page: loose, chromium: net, firefox: net, row: request POST /backend-api/conversation

road(async (text) => {
  const script = `fetch("https://chatgpt.com/backend-api/conversation", ${JSON.stringify(post(message(text)))})
    .then(({ status }) => postMessage(status), ({ message }) => postMessage(message))`;
  const worker = new Worker(URL.createObjectURL(new Blob([script])));
  return new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)));
});
