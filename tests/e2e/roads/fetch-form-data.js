// fetch with FormData.
// site: gemini, page: strict, chromium: judged, firefox: judged

road(async (text) => {
  const body = new FormData();
  body.append("f.req", f_req(text));
  return status(await fetch(GEMINI, { method: "POST", body }));
});
