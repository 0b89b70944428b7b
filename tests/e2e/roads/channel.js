// The data channel of an RTCPeerConnection, to another one of the page: no host is asked.
// site: chatgpt, page: strict, chromium: judged, firefox: judged

road(async (text) => {
  const [here, there] = [new RTCPeerConnection(), new RTCPeerConnection()];
  here.onicecandidate = ({ candidate }) => candidate && there.addIceCandidate(candidate);
  there.onicecandidate = ({ candidate }) => candidate && here.addIceCandidate(candidate);
  const channel = here.createDataChannel("oai-events");
  const got = new Promise((resolve) => {
    there.ondatachannel = (event) => (event.channel.onmessage = ({ data }) => resolve(`arrived: ${data}`));
  });
  await here.setLocalDescription();
  await there.setRemoteDescription(here.localDescription);
  await there.setLocalDescription();
  await here.setRemoteDescription(there.localDescription);
  const open = await Promise.race([once(channel, "open"), later(8000)]);
  if (open === undefined) return "never open";
  channel.send(JSON.stringify({ type: "item", item: { text } }));
  const end = await Promise.race([got, later(3000).then(() => "held")]);
  here.close();
  there.close();
  return end;
});
