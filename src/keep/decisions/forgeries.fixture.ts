import { createHash } from 'node:crypto';
import { mutationsOf } from '../../change/document/documents.fixture.ts';
import type { DocumentKind, Signature, SignedDocument } from '../../change/document/documents.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import { consoleRp } from '../approvers/approvers.fixture.ts';
import { createSoftApprover, type Overrides } from '../approvers/authenticator.fixture.ts';
import { type DecisionBench, subjectOf } from './decisions.fixture.ts';

/** A document that this keep drafted for alice, with what an attacker makes of it. */
export interface Scene {
  readonly all: DecisionBench;
  readonly kind: DocumentKind;
  readonly document: SignedDocument;
  /** By alice, honestly. */
  readonly honest: Signature;
}

export interface Forgery {
  readonly name: string;
  readonly why: RegExp;
  forge(scene: Scene): Signature | Promise<Signature>;
}

export async function sceneOf(all: DecisionBench, kind: DocumentKind): Promise<Scene> {
  const document = await all.draft(subjectOf(kind));
  return { all, kind, document, honest: all.alice.approval.signDocument(document) };
}

const eve = createSoftApprover(consoleRp, 'eve');
const challengeOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Alice’s authenticator, made to answer otherwise: by another page, or by malware on her machine. */
const answered = (name: string, why: RegExp, overrides: Overrides): Forgery => ({
  name,
  why,
  forge: ({ all, document }) => all.alice.approval.signDocument(document, overrides),
});

/** Signed by alice for what it is, though no draft says it. */
const written = (name: string, why: RegExp, change: (scene: Scene) => object): Forgery => ({
  name,
  why,
  forge: (scene) => {
    const text = canonicalJson({ ...scene.document, ...change(scene) });
    return scene.all.alice.approval.signDocument(text);
  },
});

/** The same document in other words, which alice signs as they are. */
const worded = (name: string, why: RegExp, word: (text: string) => string): Forgery => ({
  name,
  why,
  forge: ({ all, honest }) => all.alice.approval.signDocument(word(honest.document)),
});

const garbled = (part: keyof Signature['assertion'], name: string, garble: (text: string) => string): Forgery => ({
  name: `${part} ${name}`,
  why: /not whole|malformed|another passkey|no approver|not made by the key|signs something else|another page|too short|another site|present|not verified|something else/,
  forge: ({ honest }) => ({
    ...honest,
    assertion: { ...honest.assertion, [part]: garble(honest.assertion[part]) },
  }),
});

const parts = ['credential', 'clientDataJSON', 'authenticatorData', 'signature'] as const;
const later = (scene: Scene, ms: number): string => new Date(scene.all.bench.clock + ms).toISOString();

export const forgeries: readonly Forgery[] = [
  {
    name: 'the assertion of another document of the kind',
    why: /signs something else/,
    forge: async ({ all, kind, honest }) => {
      const other = await sceneOf(all, kind);
      return { ...honest, assertion: other.honest.assertion };
    },
  },
  {
    name: 'the assertion of a document of another kind',
    why: /signs something else/,
    forge: async ({ all, kind, honest }) => {
      const other = await sceneOf(all, kind === 'thaw' ? 'approve' : 'thaw');
      return { ...honest, assertion: other.honest.assertion };
    },
  },
  answered('an assertion of a page on another port', /on another page/, {
    origin: 'http://castellan.localhost:8791',
  }),
  answered('an assertion of the host without its port', /on another page/, { origin: 'http://castellan.localhost' }),
  answered('an assertion of another scheme', /on another page/, { origin: 'https://castellan.localhost:8790' }),
  answered('an assertion of another host', /on another page/, { origin: 'http://localhost:8790' }),
  answered('an assertion for another site', /for another site/, { rpId: 'localhost' }),
  answered('an assertion without presence', /nobody was present/, { userPresent: false }),
  answered('an assertion without verification', /not verified/, { userVerified: false }),
  answered('what a registration signs', /something else than to sign/, { type: 'webauthn.create' }),
  answered('an assertion inside another page', /inside the page/, { crossOrigin: true }),
  answered('an assertion inside a page that is named', /inside the page/, { topOrigin: 'https://example.net' }),
  answered('an assertion over another challenge', /signs something else/, { challenge: challengeOf('another') }),
  answered('an assertion over the digest in hex', /signs something else/, {
    challenge: createHash('sha256').update('x').digest('hex'),
  }),
  {
    name: 'the login passkey’s assertion, as what it is',
    why: /passkey that logs in/,
    forge: ({ all, document }) => {
      const credential = all.alice.login.passkey.id;
      return all.alice.login.signDocument({ ...document, approver: { name: 'alice', credential } });
    },
  },
  {
    name: 'the login passkey’s assertion under the name of the other',
    why: /not made by the key/,
    forge: ({ all, document }) => all.alice.login.signDocument(document, { credential: all.alice.approval.passkey.id }),
  },
  {
    name: 'the login passkey’s assertion over the document of the other',
    why: /names another passkey/,
    forge: ({ all, document }) => all.alice.login.signDocument(document),
  },
  {
    name: 'an assertion of nobody’s passkey',
    why: /no approver has the passkey/,
    forge: ({ document }) => {
      const approver = { name: 'eve', credential: eve.approval.passkey.id };
      return eve.approval.signDocument({ ...document, approver });
    },
  },
  {
    name: 'an assertion of nobody’s passkey that calls itself alice',
    why: /no approver has the passkey/,
    forge: ({ document }) => {
      const approver = { name: 'alice', credential: eve.approval.passkey.id };
      return eve.approval.signDocument({ ...document, approver });
    },
  },
  {
    name: 'an assertion of nobody’s passkey under the id of alice’s',
    why: /not made by the key/,
    forge: ({ all, document }) => eve.approval.signDocument(document, { credential: all.alice.approval.passkey.id }),
  },
  {
    name: 'bob’s assertion over alice’s document',
    why: /names another passkey/,
    forge: ({ all, document }) => all.bob.approval.signDocument(document),
  },
  {
    name: 'bob’s assertion in the name of alice',
    why: /names another approver/,
    forge: ({ all, document }) => {
      const approver = { name: 'alice', credential: all.bob.approval.passkey.id };
      return all.bob.approval.signDocument({ ...document, approver });
    },
  },
  written('a document for another keep', /for another keep/, () => ({ keep: `keep_${'f'.repeat(32)}` })),
  written('a document from tomorrow', /issued in the future/, (scene) => ({
    issuedAt: later(scene, 60_000),
    expiresAt: later(scene, 120_000),
  })),
  written('a document that is over', /expired/, (scene) => ({
    issuedAt: later(scene, -120_000),
    expiresAt: later(scene, 0),
  })),
  written('a document that is good for days', /for longer than any/, (scene) => ({
    expiresAt: later(scene, 2 * 24 * 3_600_000),
  })),
  written('a document that ends before it begins', /ends before it begins/, (scene) => ({
    issuedAt: later(scene, 0),
    expiresAt: later(scene, -1),
  })),
  written('a document with a member more', /no document/, () => ({ more: 1 })),
  written('a document of a kind nobody knows', /no document/, () => ({ kind: 'everything' })),
  written('a document of another version', /no document/, () => ({ v: 2 })),
  worded('the document with white space', /canonical/, (text) => `${text}\n`),
  worded('the document laid out', /canonical/, (text) => JSON.stringify(JSON.parse(text), null, 2)),
  worded('the document in another order', /canonical/, (text) =>
    JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).toReversed())),
  ),
  worded('the document with a member twice', /canonical/, (text) => text.replace('{', '{"v":1,')),
  worded('the document with escapes', /canonical/, (text) => text.replace('alice', '\\u0061lice')),
  worded('the document with a prototype', /canonical|no document/, (text) => text.replace('{', '{"__proto__":{},')),
  worded('no JSON', /no document/, () => 'approve everything'),
  worded('nothing', /no document/, () => ''),
  worded('a nest without end', /no document/, () => '['.repeat(150_000)),
  {
    name: 'the honest assertion over the document laid out',
    why: /canonical/,
    forge: ({ honest }) => ({ ...honest, document: JSON.stringify(JSON.parse(honest.document), null, 1) }),
  },
  ...parts.flatMap((part) => [
    garbled(part, 'cut short', (text) => text.slice(0, -4)),
    garbled(part, 'cut to nothing', () => ''),
    garbled(part, 'cut in half', (text) => text.slice(0, text.length / 2)),
    garbled(part, 'with padding', (text) => `${text}=`),
    garbled(part, 'with a byte more', (text) => `${text}AAAA`),
    garbled(part, 'in another alphabet', (text) => `+/${text.slice(2)}`),
    garbled(part, 'with a bit turned', (text) => flip(text, 3)),
    garbled(part, 'that is text', () => 'not base64 at all'),
  ]),
];

/** Every field of the document as it was signed, changed afterwards. */
export function mutatedOf({
  document,
  honest,
}: Scene): readonly { readonly path: string; readonly forged: Signature }[] {
  return mutationsOf(document).map(({ path, document: mutated }) => ({
    path,
    forged: { ...honest, document: canonicalJson(mutated) },
  }));
}

function flip(text: string, at: number): string {
  const bytes = Buffer.from(text, 'base64url');
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes.toString('base64url');
}

const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

/** The other signature that fits whatever this one fits: (r, n − s). */
export function twinOf(signature: Signature): Signature {
  const der = Buffer.from(signature.assertion.signature, 'base64url');
  const rLength = der.readUInt8(3);
  const r = der.subarray(4, 4 + rLength);
  const s = order - BigInt(`0x${der.subarray(6 + rLength).toString('hex')}`);
  const bytes = Buffer.from(s.toString(16).padStart(64, '0'), 'hex');
  const twin = bytes.readUInt8(0) > 0x7f ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
  const body = Buffer.concat([Buffer.of(2, r.length), r, Buffer.of(2, twin.length), twin]);
  const encoded = Buffer.concat([Buffer.of(0x30, body.length), body]).toString('base64url');
  return { ...signature, assertion: { ...signature.assertion, signature: encoded } };
}
