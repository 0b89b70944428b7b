// A srcdoc frame's own script.
// site: chatgpt, page: loose, chromium: judged, firefox: judged

road(async (text) => {
  const script = `fetch("https://chatgpt.com${CHATGPT}", ${JSON.stringify(post(message(text)))})`;
  await frame((element) => {
    element.srcdoc = `<script>${script.replaceAll("</", "<\\/")}</script>`;
  });
  return "asked";
});
