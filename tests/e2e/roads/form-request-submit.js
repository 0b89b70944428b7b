// A form that is submitted by script, with an event.
// site: gemini, page: loose, chromium: judged, firefox: judged

road(async (text) => {
  form(text).requestSubmit();
  return "submitted";
});
