// A form that is submitted by script, without an event.
// site: gemini, page: loose, chromium: judged, firefox: judged

road(async (text) => {
  form(text).submit();
  return "submitted";
});
