// fetch with a URL, and with bytes.
// site: chatgpt, page: strict, chromium: judged, firefox: judged

road(async (text) => status(await fetch(new URL(CHATGPT, location), post(new TextEncoder().encode(message(text))))));
