/**
 * Whether an address may be probed: it must lie below one of those an operator listed. Both are compared as what a client makes of
 * them, part by part, never as text: `https://status.example.net.evil.example/` begins with a listed address and is another host.
 */
export function probeRefusal(address: string, allowed: readonly string[]): string | undefined {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) return 'it is no http or https address';
  if (url.username !== '' || url.password !== '') return 'an address with a name or a password in it is not probed';
  // A server may take these for what they stand for, and so see another path than was compared.
  if (/%(2e|2f|5c|00)|\\/i.test(url.pathname))
    return 'an address with an encoded dot or slash in its path is not probed';
  if (allowed.some((beginning) => isBelow(url, beginning))) return undefined;
  return allowed.length === 0 ? 'keep.yaml lists no addresses to probe' : 'it is none of the addresses keep.yaml lists';
}

function isBelow(url: URL, beginning: string): boolean {
  const listed = URL.parse(beginning);
  if (listed === null || listed.origin !== url.origin) return false;
  // Whoever listed a query meant exactly that.
  if (listed.search !== '') return url.pathname === listed.pathname && url.search === listed.search;
  const folder = listed.pathname.endsWith('/') ? listed.pathname : `${listed.pathname}/`;
  return url.pathname === listed.pathname || url.pathname.startsWith(folder);
}
