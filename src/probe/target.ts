import { isIP } from 'node:net';
import { plainAddress } from './address.ts';

/** What somebody asks to be looked at, taken apart by the same parser that a browser has, so that both mean the same host. */
export interface Target {
  /** As it is looked up: lower-case ASCII without a final dot; an address without brackets. */
  readonly host: string;
  readonly isAddress: boolean;
  readonly port: number;
}

export interface UrlTarget extends Target {
  readonly secure: boolean;
  /** What the request asks for: no query, no fragment. */
  readonly path: string;
  readonly url: string;
}

export type Refused = { readonly refused: string };

const longest = 500;
const names = /^(?:(?!-)[a-z0-9_-]{1,63}(?<!-)\.)*(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

export function parseUrl(text: string): UrlTarget | Refused {
  // The parser would take line breaks out and go on.
  if (text.length > longest || /[\s\p{Cc}\p{Cf}\\]/u.test(text)) return { refused: 'it is not a plain URL' };
  const [, scheme] = /^([a-z]+):\/\/[^/]/i.exec(text) ?? [];
  if (scheme === undefined || !/^https?$/i.test(scheme))
    return { refused: 'it begins neither with http:// nor with https://' };
  const url = URL.parse(text);
  if (url === null) return { refused: 'it is not a URL' };
  if (url.username !== '' || url.password !== '' || /^[^/]*:\/\/[^/]*@/.test(text)) {
    return { refused: 'there is a login in it' };
  }
  // There are things in a home that a GET with the right query switches off.
  if (text.includes('?') || text.includes('#'))
    return { refused: 'a probe asks for a path, without a query or a fragment' };
  const secure = url.protocol === 'https:';
  const target = targetOf(url.hostname, url.port === '' ? (secure ? 443 : 80) : Number(url.port));
  return 'refused' in target ? target : { ...target, secure, path: url.pathname, url: url.href };
}

/** `host`, `host:port`, `[address]:port`; also a URL, of which the host counts. */
export function parseHostPort(text: string, standardPort: number): Target | Refused {
  if (/^https?:\/\//i.test(text)) return parseUrl(text);
  const bare = isIP(text) === 6 ? `[${text}]` : text;
  if (bare.length > longest || /[\s\p{Cc}\p{Cf}\\/?#@%]/u.test(bare)) return { refused: 'it is not host:port' };
  // Of a scheme of its own, the parser leaves no port out.
  const [, host, port] = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(bare) ?? [];
  const url = host === undefined ? null : URL.parse(`http://${host}/`);
  const number = port === undefined ? standardPort : Number(port);
  if (url === null || number < 1 || number > 65_535) return { refused: 'it is not host:port' };
  return targetOf(url.hostname, number);
}

export function parseName(text: string): Target | Refused {
  const target = parseHostPort(text.replace(/^https?:\/\/([^/]+).*$/i, '$1'), 53);
  return 'refused' in target || !target.isAddress ? target : { refused: 'it is an address, not a name' };
}

function targetOf(hostname: string, port: number): Target | Refused {
  const address = plainAddress(hostname);
  if (address !== undefined) return { host: address, isAddress: true, port };
  const host = hostname.toLowerCase().replace(/\.$/, '');
  if (host.length > 253 || !names.test(host)) return { refused: 'its host is not a name that can be looked up' };
  return { host, isAddress: false, port };
}
