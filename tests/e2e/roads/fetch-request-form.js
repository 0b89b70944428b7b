// fetch with a Request of FormData: all that is left of it are its bytes.
// site: gemini, page: strict, chromium: judged, firefox: judged

road(async (text) => {
  const body = new FormData();
  body.append("f.req", f_req(text));
  return status(await fetch(new Request(GEMINI, { method: "POST", body })));
});
