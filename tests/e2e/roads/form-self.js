// A form that is posted in place of its page.
// site: gemini, page: loose, chromium: judged, firefox: judged, alone

road(async (text) => {
  const made = form(text);
  made.target = "_self";
  made.requestSubmit();
  return "submitted";
});
