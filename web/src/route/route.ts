/** Where the page is, as its hash says. Ids are looked up by the keep, so only their shape matters here. */
export const places = ['history', 'audit', 'stacks', 'approvers', 'enrol', 'login'] as const;
export type Place = (typeof places)[number];
export type Route =
  | { readonly at: 'overview' }
  | { readonly at: 'set'; readonly id: string }
  | { readonly at: 'request'; readonly id: string }
  | { readonly at: Place }
  | { readonly at: 'nowhere' };

const setOrChange = /^(set|chg)_[a-z2-7]{26}$/;
/** Notices name the id alone. */
const request = /^(?:requests\/)?(req_[a-z2-7]{26})$/;

export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#\/?/, '').split('?')[0] ?? '';
  if (path === '') return { at: 'overview' };
  if (setOrChange.test(path)) return { at: 'set', id: path };
  const asked = request.exec(path)?.[1];
  if (asked !== undefined) return { at: 'request', id: asked };
  const place = places.find((name) => name === path);
  return place === undefined ? { at: 'nowhere' } : { at: place };
}

export function hrefOf(route: Route): string {
  if (route.at === 'overview' || route.at === 'nowhere') return '#/';
  if (route.at === 'request') return `#/requests/${route.id}`;
  return route.at === 'set' ? `#/${route.id}` : `#/${route.at}`;
}
