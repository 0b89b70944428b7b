// What the workers of the roads run: sends what it is told to and says how that ended.

const send = (call, say) =>
  fetch(...call).then(
    ({ status }) => say(`status ${status}`),
    ({ message }) => say(message),
  );

addEventListener("message", ({ data, ports, source }) => {
  send(data, (word) => (ports[0] ?? source ?? self).postMessage(word));
});
addEventListener("connect", ({ ports: [port] }) => {
  port.onmessage = ({ data }) => send(data, (word) => port.postMessage(word));
});
