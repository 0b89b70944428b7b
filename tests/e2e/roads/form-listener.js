// A form whose page writes the text when it is submitted.
// site: gemini, page: loose, chromium: judged, firefox: judged

road(async (text) => {
  const made = form("nothing yet");
  made.addEventListener("formdata", ({ formData }) => formData.set("f.req", f_req(text)));
  made.requestSubmit();
  return "submitted";
});
