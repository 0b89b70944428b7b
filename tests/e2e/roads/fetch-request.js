// fetch with a Request that has the body.
// site: chatgpt, page: strict, chromium: judged, firefox: judged

road(async (text) => status(await fetch(new Request(CHATGPT, post(message(text))))));
