// A picture that submits.
// site: gemini, page: loose, chromium: judged, firefox: judged

road(async (text) => {
  const image = document.createElement("input");
  image.type = "image";
  form(text, (made) => made.append(image));
  image.click();
  return "clicked";
});
