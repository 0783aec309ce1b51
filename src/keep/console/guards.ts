import type { IncomingMessage } from 'node:http';

/**
 * What stands before anything of a request is read. Any page in the human's browser can send requests to loopback, and a name
 * of its own that leads there (DNS rebinding): so the Host is the console's own, what changes something comes from its own
 * page, and no other page is given an answer.
 */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}

export function refusalOf(request: IncomingMessage, origin: string): Refusal | undefined {
  const { headers, method = '', url = '' } = request;
  const own = new URL(origin);
  const hosts = request.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  if (hosts.length !== 1 || headers.host !== own.host) return refused('this is not the address of the console');
  if (!url.startsWith('/') || url.startsWith('//')) return refused('the path is none');
  if (headers.origin !== undefined && headers.origin !== own.origin) return refused('another page asks');
  const site = headers['sec-fetch-site'];
  const isOwn = site === undefined || site === 'same-origin' || site === 'none';
  if (method === 'POST') {
    if (headers.origin === undefined) return refused('it does not say which page asks');
    if (site !== undefined && site !== 'same-origin') return refused('another page asks');
    return bodyRefusal(request);
  }
  return isOwn || isFollowedLink(request) ? undefined : refused('another page asks');
}

/** A human follows a link from a chat or a mail to the page itself, which holds no data. */
function isFollowedLink({ headers, method, url = '' }: IncomingMessage): boolean {
  const isPage = url === '/' || url.startsWith('/?');
  return (
    method === 'GET' && isPage && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  );
}

function bodyRefusal({ headers }: IncomingMessage): Refusal | undefined {
  if (!/^application\/json(;\s*charset=utf-8)?$/i.test(headers['content-type'] ?? '')) {
    return { status: 415, message: 'the body is not application/json' };
  }
  if (headers['content-encoding'] !== undefined) return { status: 415, message: 'the body is packed' };
  const length = Number(headers['content-length'] ?? 0);
  return Number.isFinite(length) && length <= longestBody ? undefined : tooLong;
}

export const longestBody = 256 * 1024;
export const tooLong: Refusal = { status: 413, message: `the body is larger than ${longestBody} bytes` };

function refused(message: string): Refusal {
  return { status: 403, message };
}
