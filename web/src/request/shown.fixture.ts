import type { RequestView, SecretWish } from '../../../src/change/wire/secret.ts';

/** Requests for the tests of what is made of them. */
const of = { mount: 'secret', path: 'apps/mail', key: 'password' };
export const wishes = {
  reveal: { kind: 'reveal', of },
  write: { kind: 'write', of },
  generate: { kind: 'generate', of, length: 32, alphabet: 'hex' },
  lease: { kind: 'lease', role: 'local-admin', namespace: 'mail', minutes: 30, clusterWide: false },
} as const satisfies Readonly<Record<SecretWish['kind'], SecretWish>>;

export const requestOf = (wish: SecretWish, more: Partial<RequestView> = {}): RequestView => ({
  id: `req_${'r'.repeat(26)}`,
  wish,
  state: 'waiting',
  agent: 'agent:claude',
  human: 'human:ada',
  reason: 'because',
  createdAt: '2026-11-26T05:00:00.000Z',
  changedAt: '2026-11-26T05:00:00.000Z',
  expiresAt: '2026-11-26T06:00:00.000Z',
  ...(wish.kind === 'lease' ? {} : { version: 3 }),
  ...more,
});
