// sendBeacon with a Blob.
// site: chatgpt, page: strict, chromium: judged, firefox: judged

road(async (text) => `${navigator.sendBeacon(CHATGPT, new Blob([message(text)], { type: "text/plain" }))}`);
