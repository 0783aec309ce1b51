import type { ChangeDocument, DocumentKind, DocumentOf } from './documents.ts';

/** Digits of a digest or an id, by a letter. */
export const sha = (digit: string): string => digit.repeat(64);
export const commitId = (digit: string): string => digit.repeat(40);
export const someChange = `chg_${'a'.repeat(26)}`;
export const someSet = `set_${'b'.repeat(26)}`;
const someRequest = `req_${'d'.repeat(26)}`;
/** One key of a secret. */
const someKey = { mount: 'secret', path: 'apps/mail', key: 'password' } as const;

export const someChangeDocument: ChangeDocument = {
  v: 1,
  change: someChange,
  set: someSet,
  attempt: 1,
  requester: { agent: 'claude', human: 'alice' },
  reason: 'the exporter is ended for want of memory',
  repository: {
    url: 'https://git.example.net/infra.git',
    base: commitId('1'),
    commit: commitId('2'),
    tree: commitId('3'),
    diffSha256: sha('4'),
  },
  stack: 'stacks/mail',
  tier: '1',
  profile: { name: 'plain', sha256: sha('5') },
  plan: {
    sha256: sha('6'),
    semantic: 'a keyed digest',
    format: '1.2',
    counts: { update: 1 },
    executes: ['local-exec'],
    complete: true,
  },
  workdir: { sha256: sha('7'), engineFolder: 'stacks/mail' },
  state: { lineage: 'a lineage', serial: 4, sha256: sha('8') },
  lockFile: sha('9'),
  programs: [{ name: 'tofu', sha256: sha('a') }],
  policy: { rules: sha('b'), renderer: '1' },
  shown: sha('c'),
  risk: { level: 'low', rules: ['memory'] },
  expect: [
    { kind: 'rollout', workload: 'deployment', namespace: 'mail', name: 'postfix', within: 300 },
    { kind: 'probe', url: 'https://mail.example.net/', status: 200, within: 60 },
    { kind: 'alert-quiet', alert: 'MailDown', within: 300 },
    { kind: 'metric', query: 'up', op: '>=', value: 0.5, within: 300 },
  ],
  boundary: 'separate user',
};

const common = {
  v: 1,
  keep: 'keep_00000000000000000000000000000000',
  nonce: 'n'.repeat(43),
  issuedAt: '2026-03-01T10:00:00.000Z',
  expiresAt: '2026-03-01T10:05:00.000Z',
  approver: { name: 'alice', credential: 'credential-a' },
} as const;
const documents = [
  { change: someChange, sha256: sha('1') },
  { change: `chg_${'c'.repeat(26)}`, sha256: sha('2') },
];
const audit = [{ epoch: 'an-epoch', seq: 12, hash: sha('3') }];

/** One of every kind. */
export const someDocuments: { readonly [Kind in DocumentKind]: DocumentOf<Kind> } = {
  approve: { ...common, kind: 'approve', set: someSet, documents, audit },
  'break-glass': { ...common, kind: 'break-glass', set: someSet, documents, audit, why: 'the house is on fire' },
  consent: {
    ...common,
    kind: 'consent',
    subject: someChange,
    tree: commitId('1'),
    diffSha256: sha('2'),
    profileSha256: sha('3'),
    digest: sha('4'),
  },
  adopt: { ...common, kind: 'adopt', commit: commitId('1'), previous: commitId('2') },
  'reject-policy': {
    ...common,
    kind: 'reject-policy',
    stack: 'stacks/mail',
    diffSha256: sha('1'),
    until: '2026-04-01T10:00:00.000Z',
  },
  enrol: {
    ...common,
    kind: 'enrol',
    name: 'bob',
    approval: { id: 'approval-b', publicKey: 'key-one' },
    login: { id: 'login-b', publicKey: 'key-two' },
  },
  revoke: { ...common, kind: 'revoke', name: 'bob' },
  unlock: { ...common, kind: 'unlock', stack: 'stacks/mail', change: someChange },
  thaw: { ...common, kind: 'thaw', frozenSince: '2026-03-01T09:00:00.000Z' },
  reveal: { ...common, kind: 'reveal', request: someRequest, ...someKey, version: 3 },
  write: { ...common, kind: 'write', request: someRequest, ...someKey, version: 3, commitment: sha('5') },
  generate: {
    ...common,
    kind: 'generate',
    request: someRequest,
    ...someKey,
    version: 3,
    length: 40,
    alphabet: 'letters-digits',
  },
  token: {
    ...common,
    kind: 'token',
    request: someRequest,
    role: 'local-admin',
    namespace: 'mail',
    minutes: 30,
    clusterWide: false,
  },
};

export const documentKinds = Object.keys(someDocuments) as readonly DocumentKind[];

export interface Mutation<Document> {
  /** `approver.name` */
  readonly path: string;
  readonly document: Document;
}

/** The document with one leaf changed to another value of its type, one for every leaf. What the value says is nobody's care. */
export function mutationsOf<Document extends object>(document: Document): readonly Mutation<Document>[] {
  return leavesOf(document).map((path) => {
    const copy = structuredClone(document);
    const [last = '', ...above] = path.toReversed();
    const holder = above.toReversed().reduce<unknown>(memberOf, copy);
    Reflect.set(holder as object, last, otherThan(memberOf(holder, last)));
    return { path: path.join('.'), document: copy };
  });
}

function leavesOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, item]) => leavesOf(item, [...path, name]));
}

function memberOf(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}

/** Of the same shape where there is one, so that it still parses as far as it can. */
function otherThan(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  const text = String(value);
  if (/^\d{4}-/.test(text)) return text.replace(/^\d{4}/, (year) => String(Number(year) + 1));
  const swapped = text.replace(/.$/, (letter) => (letter === 'e' ? 'f' : 'e'));
  return /^[0-9a-f]+$/.test(text) ? text.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')) : swapped;
}
