// The fetch of a fresh window, taken in the same turn.
// site: chatgpt, page: strict, chromium: judged, firefox: judged

road(async (text) => {
  const opened = window.open("");
  if (opened === null) return "no window";
  try {
    const kept = opened.fetch;
    return status(await kept.call(opened, `https://chatgpt.com${CHATGPT}`, post(message(text))));
  } finally {
    opened.close();
  }
});
