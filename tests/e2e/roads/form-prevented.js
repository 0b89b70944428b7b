// A form that its page does not submit after all is not submitted by us.
// site: gemini, page: loose, chromium: nowhere, firefox: nowhere, says: prevented

road(async (text) => {
  const made = form(text);
  made.addEventListener("submit", (event) => event.preventDefault());
  made.requestSubmit();
  await later(300);
  return "prevented";
});
