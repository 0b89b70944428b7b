// fetch with a string.
// site: chatgpt, page: strict, chromium: judged, firefox: judged

road(async (text) => status(await fetch(CHATGPT, post(message(text)))));
