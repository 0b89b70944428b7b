// A form submitted by the function of another frame.
// site: gemini, page: loose, chromium: judged, firefox: judged

road(async (text) => {
  const other = await frame(() => {});
  other.contentWindow.HTMLFormElement.prototype.submit.call(form(text));
  return "submitted";
});
