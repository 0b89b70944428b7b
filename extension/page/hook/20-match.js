// Which requests are held: what can carry text to a host of the sites' data and is not in its list of harmless
// addresses. The list is all the hook knows of any site; its rules are those of `shared_sites::HookSite`.
// INVARIANT: an address that no list names is held. No text is looked at here.

let sites = __PROMPTGATE_HOOK_DATA__.sites;

const learn = (data) => {
  sites = data.sites;
};

const parseUrl = (text) => {
  try {
    return new native.URL(text, baseUri(document));
  } catch {
    return null;
  }
};

const anyOf = (list, fits) => {
  for (let at = 0; at < list.length; at += 1) if (fits(list[at])) return true;
  return false;
};

const hostFits = (entries, host) =>
  anyOf(entries, (entry) =>
    entry[0] === "*" ? host.length >= entry.length && endsWith(host, sliceText(entry, 1)) : entry === host,
  );

const patternFits = (pattern, method, path) => {
  const space = indexOf(pattern, " ");
  if (space >= 0 && sliceText(pattern, 0, space) !== method) return false;
  let wanted = sliceText(pattern, space + 1);
  const open = endsWith(wanted, "*");
  if (open) wanted = sliceText(wanted, 0, -1);
  const want = cut(wanted, "/");
  const have = cut(path, "/");
  if (open ? have.length < want.length : have.length !== want.length) return false;
  for (let at = 0; at < want.length; at += 1) {
    const piece = want[at];
    const last = open && at === want.length - 1;
    if (piece === "{}" ? have[at] === "" : last ? !startsWith(have[at], piece) : have[at] !== piece) return false;
  }
  return true;
};

// A name with its root's dot is the same host.
const bare = (host) => (endsWith(host, ".") ? bare(sliceText(host, 0, -1)) : host);
const hostOf = (url) => bare(urlHost(url));

const pageHost = () => {
  const base = location.hostname === "" ? parseUrl("") : null;
  return base === null ? bare(location.hostname) : hostOf(base);
};

const siteOf = (host, socket) => {
  for (let at = 0; at < sites.length; at += 1) {
    if (hostFits(sites[at].hosts, host) || (socket && hostFits(sites[at].sockets, host))) return sites[at];
  }
  const page = pageHost();
  for (let at = 0; at < sites.length; at += 1) {
    const asked = page === "" || hostFits(sites[at].hosts, page);
    if (asked && hostFits(sites[at].side_hosts, host)) return sites[at];
  }
  return null;
};

const ofASite = (url) => url !== null && siteOf(hostOf(url), false) !== null;

const asksInQuery = (site, url) => {
  let found = false;
  paramsEach(urlParams(url), (value, key) => {
    if (value !== "" && anyOf(site.query, (known) => known === key)) found = true;
  });
  return found;
};

// Whether a request of this method can have a body.
const carries = (method) => method !== "GET" && method !== "HEAD";

// `method` in upper case, `url` a URL or null.
const guarded = (url, method, hasBody) => {
  const site = url === null ? null : siteOf(hostOf(url), false);
  if (site === null) return false;
  const known = hostFits(site.hosts, hostOf(url));
  const listed = (patterns) => known && anyOf(patterns, (pattern) => patternFits(pattern, method, urlPath(url)));
  if (listed(site.harmless)) return false;
  if (hasBody || (method !== "GET" && method !== "HEAD" && method !== "OPTIONS")) return true;
  return (known && asksInQuery(site, url)) || listed(site.watched);
};

const guardedSocket = (url) => url !== null && siteOf(hostOf(url), true) !== null;

const address = (url) => before(urlHref(url), "#");
