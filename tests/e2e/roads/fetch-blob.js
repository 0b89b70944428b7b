// fetch with a Blob.
// site: chatgpt, page: strict, chromium: judged, firefox: judged

road(async (text) => status(await fetch(CHATGPT, post(new Blob([message(text)])))));
