// The mark that says to the network level that a request was held, judged and permitted: an empty query (`/path?`) or
// an empty last field of one (`/path?n=1&`), which to a server means what the address meant without it. What comes to
// a guarded address without it is stopped there: workers, pings, elements, styles, a page without a hook.
// INVARIANT: nothing that was not held, judged or permitted beforehand comes through here. `XMLHttpRequest.open` vouches
// early, since the address cannot be changed later; its `send` is held all the same.
// Only the sites' own hosts ask for it: a store's signed address takes no mark.
// A page can write the mark itself: the net is for what the hook cannot see, not against a site that evades. In addresses
// of pages, of frames and of parts of a page, which no hook writes but for posted forms, it counts for nothing.

const vouch = (text) => {
  const url = parseUrl(text);
  if (url === null) return text;
  const host = hostOf(url);
  if (!anyOf(sites, (site) => hostFits(site.hosts, host) || hostFits(site.sockets, host))) return text;
  const href = urlHref(url);
  const bare = before(href, "#");
  const asks = indexOf(bare, "?") >= 0;
  if (asks && (endsWith(bare, "?") || endsWith(bare, "&"))) return text;
  return `${bare}${asks ? "&" : "?"}${sliceText(href, bare.length)}`;
};
