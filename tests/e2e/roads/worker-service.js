// A service worker.
// site: chatgpt, page: loose, chromium: net, firefox: net, row: request POST /backend-anon/conversation

road(async (text) => {
  const registration = await navigator.serviceWorker.register("/roads/in-worker.js", { scope: "/roads/nowhere/" });
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  const { port1, port2 } = new MessageChannel();
  const said = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
  worker.postMessage(["https://chatgpt.com/backend-anon/conversation", post(message(text))], [port2]);
  return Promise.race([said, later(5000).then(() => "no answer")]).finally(() => registration.unregister());
});
