// fetch whose address carries the text.
// site: chatgpt, page: strict, chromium: refused, firefox: refused, says: status 403

road(async (text) => status(await fetch(`/backend-api/search?q=${encodeURIComponent(text)}`)));
