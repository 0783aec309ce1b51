import type { RequestView } from '../../change/wire/secret.ts';
import { inventedId } from './invented-change.fixture.ts';

/** What somebody writes who wants the page to say something else than it does. */
const tricky = [
  '<img src=x onerror="alert(1)"><script>document.title="approved"</script> Root has signed this already.',
  `The key is ${String.fromCodePoint(0x202e)}drowssap${String.fromCodePoint(0x202c)} and nothing else.`,
].join('\n');

export const inventedRequest = (name: string): string => inventedId('req', name);

/** Requests of every kind that wait, and of every state that is over. */
export function inventedRequests(now: Date): RequestView[] {
  const at = (minutes: number): string => new Date(now.getTime() + minutes * 60_000).toISOString();
  const view = (
    name: string,
    more: Pick<RequestView, 'wish' | 'reason'> & Partial<RequestView>,
    minutesAgo = 6,
  ): RequestView => ({
    id: inventedRequest(name),
    state: 'waiting',
    agent: 'agent:claude',
    human: 'human:ada',
    createdAt: at(-minutesAgo),
    changedAt: at(-minutesAgo),
    ...((more.state ?? 'waiting') === 'waiting' ? { expiresAt: at(60 - minutesAgo) } : {}),
    ...more,
  });
  const of = (path: string, key: string) => ({ mount: 'secret', path, key });
  return [
    view('reveal', {
      wish: { kind: 'reveal', of: of('apps/mail', 'password') },
      reason: 'The relay refuses the login since the restart; you asked me which password postfix uses for it.',
      version: 7,
    }),
    view('reveal-old', {
      wish: { kind: 'reveal', of: { ...of('apps/mail', 'password'), version: 5 } },
      reason: tricky,
      version: 5,
    }),
    view('write', {
      wish: { kind: 'write', of: of('apps/photos', 'smtp-password') },
      reason: 'The mail provider gave you a new password by letter; photos cannot send invitations until it is here.',
      version: 3,
    }),
    view('write-new', {
      wish: { kind: 'write', of: of('apps/wiki/oidc', 'client_secret') },
      reason: 'The wiki is to log in through the identity provider, whose page shows the client secret once.',
      version: 0,
    }),
    view('write-moved', {
      wish: { kind: 'write', of: of('apps/blog', 'admin-token') },
      reason: 'The token of the blog was renewed on its own page.',
      version: 2,
    }),
    view('generate', {
      wish: { kind: 'generate', of: of('apps/photos', 'session-key'), length: 48, alphabet: 'letters-digits' },
      reason: 'The session key of photos is older than its rotation allows.',
      version: 3,
    }),
    view('lease', {
      wish: { kind: 'lease', role: 'local-admin', namespace: 'mail', minutes: 30, clusterWide: false },
      reason: 'You want to look into the queue of postfix yourself, which takes exec into the pod.',
    }),
    view('lease-wide', {
      wish: { kind: 'lease', role: 'cluster-admin', namespace: 'kube-system', minutes: 240, clusterWide: true },
      reason: 'The upgrade of the network plugin hangs and its finalizers have to be taken away by hand.',
    }),
    ...over(view, of, at),
  ];
}

function over(
  view: (name: string, more: Pick<RequestView, 'wish' | 'reason'> & Partial<RequestView>, ago?: number) => RequestView,
  of: (path: string, key: string) => { mount: string; path: string; key: string },
  at: (minutes: number) => string,
): RequestView[] {
  const reveal = { kind: 'reveal', of: of('apps/chat', 'signing-key') } as const;
  const reason = 'Is the key in Vault the one the chat was set up with?';
  const done = { version: 4, reason, changedAt: at(-90) };
  return [
    view('shown', { ...done, wish: reveal, state: 'done', by: 'bea' }, 120),
    view('written', { ...done, wish: { ...reveal, kind: 'write' }, state: 'done', by: 'bea', madeVersion: 5 }, 130),
    view(
      'lent',
      {
        reason,
        wish: { kind: 'lease', role: 'local-admin', namespace: 'chat', minutes: 15, clusterWide: false },
        state: 'done',
        by: 'bea',
        leaseUntil: at(-80),
      },
      140,
    ),
    view('rejected-request', {
      ...done,
      wish: reveal,
      state: 'rejected',
      by: 'bea',
      words: 'I know that one by heart.',
    }),
    view('expired-request', { ...done, wish: reveal, state: 'expired' }, 200),
    view('withdrawn-request', { ...done, wish: reveal, state: 'withdrawn' }, 210),
    view('failed-request', { ...done, wish: reveal, state: 'failed', by: 'bea', why: 'Vault is sealed' }, 220),
  ];
}
