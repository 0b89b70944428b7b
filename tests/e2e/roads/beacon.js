// sendBeacon with a string.
// site: chatgpt, page: strict, chromium: judged, firefox: judged

road(async (text) => `${navigator.sendBeacon(CHATGPT, message(text))}`);
