// fetch with URLSearchParams.
// site: gemini, page: strict, chromium: judged, firefox: judged

road(async (text) => status(await fetch(GEMINI, { method: "POST", body: new URLSearchParams({ "f.req": f_req(text) }) })));
