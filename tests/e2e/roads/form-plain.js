// A form that is posted as plain text, nothing in it encoded.
// site: gemini, page: loose, chromium: judged, firefox: judged

road(async (text) => {
  const made = form(text);
  made.enctype = "text/plain";
  made.requestSubmit();
  return "submitted";
});
