// A WebSocket of a dedicated worker.
// site: chatgpt, page: loose, chromium: net, firefox: net, row: none

road(async (text) => {
  const script = `const socket = new WebSocket("wss://ws.chatgpt.com/p1/ws/user/worker");
    socket.onopen = () => { socket.send(${JSON.stringify(JSON.stringify([{ text }]))}); postMessage("sent"); };
    socket.onerror = () => postMessage("error");`;
  const worker = new Worker(URL.createObjectURL(new Blob([script])));
  const said = await new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)));
  await later(300);
  return said;
});
