// fetch to another site of the list, whose answer the page may not read.
// site: claude, page: loose, chromium: judged, firefox: judged

road(async (text) => {
  await fetch(`https://chatgpt.com${CHATGPT}`, { method: "POST", mode: "no-cors", body: message(text) });
  return "done";
});
