// A button that says where to post it, in several parts.
// site: gemini, page: loose, chromium: judged, firefox: judged

road(async (text) => {
  const button = document.createElement("button");
  button.formAction = GEMINI;
  button.formMethod = "post";
  button.formEnctype = "multipart/form-data";
  form(text, (made) => {
    made.method = "get";
    made.action = "/elsewhere";
    made.append(button);
  });
  button.click();
  return "clicked";
});
