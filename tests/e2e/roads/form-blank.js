// A form that is posted to a tab of its own.
// site: gemini, page: loose, chromium: judged, firefox: judged, alone

road(async (text) => {
  const made = form(text);
  made.target = "_blank";
  made.requestSubmit();
  return "submitted";
});
