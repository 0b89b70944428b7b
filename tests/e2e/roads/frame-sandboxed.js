// A sandboxed frame, whose origin is nobody's.
// site: chatgpt, page: loose, chromium: judged, firefox: judged

road(async (text) => {
  const init = { method: "POST", mode: "no-cors", body: message(text) };
  const script = `fetch("https://chatgpt.com${CHATGPT}", ${JSON.stringify(init)})`;
  await frame((element) => {
    element.sandbox = "allow-scripts";
    element.srcdoc = `<script>${script}</script>`;
  });
  return "asked";
});
