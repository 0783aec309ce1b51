import { createHash, randomBytes } from 'node:crypto';
import type { RequestState, RequestView } from '../../change/wire/secret.ts';
import { CastellanError, Secret } from '../../kit/index.ts';
import type { Approvers } from '../approvers/port.ts';
import type { BodyOf } from '../decisions/drafts.ts';
import type { SecretKind, SecretSubject } from '../decisions/port.ts';
import type { SecretBodies } from '../requests/port.ts';
import type { ConsoleOptions } from './options.ts';

/**
 * Requests and a Vault, in memory. Signatures are proved and spent by the real approvers; beyond that it does the least that makes
 * the page move.
 */
export interface ScriptedRequests {
  readonly requests: ConsoleOptions['requests'];
  readonly secretOf: ConsoleOptions['secretOf'];
  readonly views: RequestView[];
  /** What lies in Vault, by `path#key`; every one is drawn when it is first asked for. */
  readonly values: Map<string, string>;
  /** What was given out, and how often. */
  readonly given: string[];
  /** What there is to sign. */
  readonly bodies: SecretBodies;
  set(id: string, state: RequestState, more?: Partial<RequestView>): void;
}

const scriptedError = (code: string, message: string): CastellanError =>
  new CastellanError(code, 'operator', { message, next: 'look at the request' });

const keysOf: Readonly<Record<string, readonly string[]>> = {
  'apps/mail': ['password', 'username', 'Pass_word'],
  'apps/photos': ['session-key', 'smtp-password', 'smtp-user'],
  'apps/blog': ['admin-token'],
};
const versions: Readonly<Record<string, number>> = { 'apps/mail': 7, 'apps/photos': 3, 'apps/blog': 3 };

export function openScriptedRequests(parts: {
  readonly views: readonly RequestView[];
  readonly approvers: Pick<Approvers, 'accept'>;
  readonly now: () => Date;
}): ScriptedRequests {
  const { approvers, now } = parts;
  const views = [...parts.views];
  const values = new Map<string, string>();
  const given: string[] = [];

  const known = (id: string): RequestView => {
    const view = views.find((one) => one.id === id);
    if (view === undefined) throw scriptedError('request-not-found', `there is no ${id}`);
    return view;
  };
  const set: ScriptedRequests['set'] = (id, state, more = {}) => {
    const { expiresAt: _, ...view } = known(id);
    views[views.indexOf(known(id))] = { ...view, state, changedAt: now().toISOString(), ...more };
  };
  const waiting = (id: string): RequestView => {
    const view = known(id);
    if (view.state === 'waiting') return view;
    throw scriptedError('request-over', 'the request is over');
  };
  const done = (id: string, by: string, more: Partial<RequestView> = {}): RequestView => {
    set(id, 'done', { by, ...more });
    return known(id);
  };
  const valueAt = (path: string, key: string): string => {
    const place = `${path}#${key}`;
    const value = values.get(place) ?? `${randomBytes(18).toString('base64url')}`;
    values.set(place, value);
    return value;
  };

  const requests: ScriptedRequests['requests'] = {
    status: async (id) => known(id),
    latest: async (limit, open = false) =>
      views
        .filter(({ state }) => !open || state === 'waiting' || state === 'signed')
        .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
        .slice(0, limit),
    reject: async (id, words, by) => {
      waiting(id);
      set(id, 'rejected', { words, by });
      return known(id);
    },
    reveal: async (signature) => {
      const { document, approver } = await approvers.accept(signature, 'reveal');
      waiting(document.request);
      const value = valueAt(document.path, document.key);
      given.push(`reveal ${document.request}`);
      return { view: done(document.request, approver.name), value: new Secret(value) };
    },
    write: async (signature, { value, salt }) => {
      const { document, approver } = await approvers.accept(signature, 'write');
      const hash = createHash('sha256').update(Buffer.from(salt, 'base64url')).update(value.reveal(), 'utf8');
      if (hash.digest('hex') !== document.commitment) {
        throw scriptedError('approval-refused', 'the value is not the one that was signed');
      }
      waiting(document.request);
      values.set(`${document.path}#${document.key}`, value.reveal());
      return done(document.request, approver.name, { madeVersion: document.version + 1 });
    },
    generate: async (signature) => {
      const { document, approver } = await approvers.accept(signature, 'generate');
      waiting(document.request);
      values.delete(`${document.path}#${document.key}`);
      return done(document.request, approver.name, { madeVersion: document.version + 1 });
    },
    lease: async (signature) => {
      const { document, approver } = await approvers.accept(signature, 'token');
      waiting(document.request);
      given.push(`lease ${document.request}`);
      const leaseUntil = new Date(now().getTime() + document.minutes * 60_000).toISOString();
      return {
        view: done(document.request, approver.name, { leaseUntil }),
        kubeconfig: new Secret(kubeconfigWith(randomBytes(30).toString('base64url'), document.namespace)),
      };
    },
  };

  return {
    requests,
    views,
    values,
    given,
    set,
    secretOf: async ({ path }) => {
      const keys = keysOf[path];
      if (keys === undefined) throw scriptedError('vault-not-found', 'there is no such secret');
      return { keys, version: versions[path] ?? 1, changedAt: new Date(now().getTime() - 40 * 86_400_000) };
    },
    bodies: { bodyOf: async (subject) => bodyOf(subject, waiting(subject.request)) },
  };
}

function bodyOf(subject: SecretSubject, { id, wish, version = 0 }: RequestView): BodyOf<SecretKind> {
  if (subject.kind === 'token' && wish.kind === 'lease') {
    const { role, namespace, minutes, clusterWide } = wish;
    return { kind: 'token', request: id, role, namespace, minutes, clusterWide };
  }
  if (wish.kind === 'lease' || subject.kind !== wish.kind) {
    throw scriptedError('decision-void', 'the request asks for something else');
  }
  const { mount, path, key } = wish.of;
  const place = { request: id, mount, path, key, version: wish.of.version ?? version };
  if (subject.kind === 'write') return { ...place, kind: 'write', commitment: subject.commitment };
  if (wish.kind !== 'generate') return { ...place, kind: 'reveal' };
  return { ...place, kind: 'generate', length: wish.length, alphabet: wish.alphabet };
}

/** In the shape that `kubectl` reads. */
function kubeconfigWith(token: string, namespace: string): string {
  return [
    'apiVersion: v1',
    'kind: Config',
    'clusters: [{ name: lab, cluster: { server: "https://192.0.2.10:6443" } }]',
    `users: [{ name: leased, user: { token: ${token} } }]`,
    `contexts: [{ name: leased, context: { cluster: lab, user: leased, namespace: ${namespace} } }]`,
    'current-context: leased',
    '',
  ].join('\n');
}
