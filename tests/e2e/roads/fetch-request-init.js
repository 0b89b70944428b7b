// fetch with a harmless Request, and the body in the second argument.
// site: chatgpt, page: strict, chromium: judged, firefox: judged

road(async (text) => status(await fetch(new Request(CHATGPT), post(message(text)))));
