import { describe, expect, it } from 'vitest';
import type { ChangeDocument } from '../../change/document/documents.ts';
import { changed, createWorld, refusedIn, sha, type World } from './world.fixture.ts';

it('applies what was signed where everything fits', async () => {
  const world = createWorld();
  expect(await world.apply()).toMatchObject({ outcome: 'applied', report: { converged: true, serial: 8 } });
});

describe('a signature', () => {
  const cases: readonly [string, (world: World) => void, RegExp, boolean?][] = [
    [
      'is asked for',
      (world) => {
        world.signatures = [];
      },
      /^signature: nobody signed this$/,
    ],
    [
      'of nobody who is enrolled',
      (world) => void world.enrolled.delete('ada'),
      /^signature: nobody enrolled signed it$/,
    ],
    [
      'over another document of this change',
      (world) => {
        world.signatures = [world.sign({ documents: [{ change: world.document.change, sha256: sha('other') }] })];
      },
      /^document: /,
    ],
    [
      'that names two documents for this change',
      (world) => {
        const [named] = JSON.parse(world.sign().document).documents;
        world.signatures = [world.sign({ documents: [named, { ...named, sha256: sha('other') }] })];
      },
      /^document: /,
    ],
    [
      'over a document of another change',
      (world) => {
        const [named] = JSON.parse(world.sign().document).documents;
        world.signatures = [world.sign({ documents: [{ ...named, change: `chg_${'b'.repeat(26)}` }] })];
      },
      /^document: /,
    ],
    [
      'over another set',
      (world) => {
        world.signatures = [world.sign({ set: `set_${'b'.repeat(26)}` })];
      },
      /^set: what was signed is of another set$/,
    ],
    [
      'that has expired',
      (world) => {
        world.signatures = [world.sign({ expiresAt: '2026-11-26T12:00:00.000Z' })];
      },
      /^expiry: what was signed was good until 2026-11-26T12:00:00.000Z$/,
      true,
    ],
    [
      'from the future',
      (world) => {
        world.signatures = [world.sign({ issuedAt: '2026-11-26T12:02:00.000Z' })];
      },
      /^expiry: what was signed is from the future$/,
    ],
    [
      'that this keep never accepted',
      (world) => {
        world.signatures = [world.sign({ accepted: false })];
      },
      /^nonce: the signature was never accepted by this keep$/,
    ],
    [
      'of another kind',
      (world) => {
        const thaw = { ...JSON.parse(world.sign().document), kind: 'thaw', frozenSince: '2026-11-26T11:00:00.000Z' };
        for (const name of ['set', 'documents', 'audit']) delete thaw[name];
        world.signatures = world.signatures.map((one) => ({ ...one, document: JSON.stringify(thaw) }));
      },
      /^signature: it is over a document of another kind/,
    ],
    [
      'that is no JSON',
      (world) => {
        world.signatures = world.signatures.map((one) => ({ ...one, document: '{' }));
      },
      /^signature: it is over a document of another kind/,
    ],
    [
      'beside a good one',
      (world) => void world.signatures.push(world.sign({ who: 'mallory' })),
      /^signature: nobody enrolled signed it$/,
    ],
    [
      'of one person where two are asked for',
      (world) => {
        world.twoPeople = ['medium'];
      },
      /^signature: risk medium asks for two people, and one signed$/,
    ],
    [
      'of one person twice where two are asked for',
      (world) => {
        world.twoPeople = ['medium'];
        world.signatures = [world.sign(), world.sign()];
      },
      /^signature: risk medium asks for two people, and one signed$/,
    ],
    [
      'of two names with one passkey',
      (world) => {
        world.twoPeople = ['medium'];
        const ada = world.enrolled.get('ada') ?? expect.unreachable();
        world.enrolled.set('ben', { ...ada, name: 'ben' });
        world.signatures = [world.sign(), world.sign({ who: 'ben' })];
      },
      /^signature: risk medium asks for two people, and one signed$/,
    ],
    [
      'over what policy denies',
      (world) => {
        world.judged = { ...world.judged, risk: { ...world.judged.risk, level: 'deny' } };
        changed(world, { risk: { level: 'deny', rules: ['rollout'] } });
      },
      /^risk: policy denies this, and only a break-glass signature applies it$/,
    ],
  ];
  for (const [name, change, reason, stale = false] of cases) {
    it(`${name} is refused`, async () => {
      const world = createWorld();
      change(world);
      expect(await refusedIn(world)).toEqual({ reasons: [expect.stringMatching(reason)], stale, done: [] });
    });
  }

  it('of two people is enough where two are asked for', async () => {
    const world = createWorld();
    world.twoPeople = ['medium'];
    world.signatures = [world.sign(), world.sign({ who: 'ben' })];
    expect((await world.apply()).outcome).toBe('applied');
  });

  it('that breaks glass needs no second person, and no policy that allows it', async () => {
    const world = createWorld();
    world.twoPeople = ['deny'];
    world.judged = { ...world.judged, risk: { ...world.judged.risk, level: 'deny' } };
    changed(world, { risk: { level: 'deny', rules: ['rollout'] } });
    world.signatures = [world.sign({ kind: 'break-glass' })];
    expect((await world.apply()).outcome).toBe('applied');
  });
});

describe('a field of the document', () => {
  const commit = (text: string): string => sha(text).slice(0, 40);
  const forgeries: readonly [keyof ChangeDocument, (document: ChangeDocument) => Partial<ChangeDocument>][] = [
    ['change', () => ({ change: `chg_${'b'.repeat(26)}` })],
    ['set', () => ({ set: `set_${'b'.repeat(26)}` })],
    ['attempt', () => ({ attempt: 2 })],
    ['requester', ({ requester }) => ({ requester: { ...requester, human: 'human:eve' } })],
    ['reason', () => ({ reason: 'another' })],
    ['repository', ({ repository }) => ({ repository: { ...repository, commit: commit('x') } })],
    ['stack', () => ({ stack: 'stacks/dns' })],
    ['tier', () => ({ tier: 'platform' })],
    ['profile', ({ profile }) => ({ profile: { ...profile, sha256: sha('x') } })],
    ['plan', ({ plan }) => ({ plan: { ...plan, sha256: sha('x') } })],
    ['workdir', ({ workdir }) => ({ workdir: { ...workdir, engineFolder: 'stacks/dns' } })],
    ['state', () => ({ state: null })],
    ['lockFile', () => ({ lockFile: null })],
    ['programs', ({ programs }) => ({ programs: programs.slice(1) })],
    ['policy', ({ policy }) => ({ policy: { ...policy, rules: sha('x') } })],
    ['shown', () => ({ shown: sha('x') })],
    ['risk', () => ({ risk: { level: 'low', rules: [] } })],
    ['expect', () => ({ expect: [{ kind: 'probe', url: 'https://mail.example.net', status: 200, within: 300 }] })],
    ['boundary', () => ({ boundary: 'same user' })],
  ];
  for (const [field, forge] of forgeries) {
    it(`${field}, edited after it was signed, is refused`, async () => {
      const world = createWorld();
      world.document = { ...world.document, ...forge(world.document) };
      expect((await refusedIn(world)).reasons.join()).toMatch(/^(document|set): /);
    });
  }

  it('is proved for every field there is', () => {
    const proved = new Set(forgeries.map(([field]) => field));
    expect(Object.keys(createWorld().document).filter((field) => field !== 'v' && !proved.has(field as never))).toEqual(
      [],
    );
  });

  it('of another change than the one to be applied is refused', async () => {
    const world = createWorld();
    const { apply } = world;
    const good = world.document;
    changed(world, { change: `chg_${'b'.repeat(26)}` });
    const forged = world.document;
    // The order names the change that waits; the document that comes with it is another's.
    let reads = 0;
    Object.defineProperty(world, 'document', { get: () => (reads++ === 0 ? good : forged) });
    const ended = await apply();
    expect(ended).toMatchObject({ outcome: 'refused', reasons: ['change: the document is of another one'] });
  });
});
