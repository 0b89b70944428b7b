// A form in a shadow root: its event does not leave it.
// site: gemini, page: loose, chromium: judged, firefox: judged

road(async (text) => {
  const made = form(text);
  const host = document.createElement("div");
  document.body.append(host);
  host.attachShadow({ mode: "closed" }).append(made);
  made.requestSubmit();
  return "submitted";
});
