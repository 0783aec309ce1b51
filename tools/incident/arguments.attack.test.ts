import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ZodError } from 'zod';
import { narrativeFixture } from '../../src/incident/report/report.fixture.ts';
import { CastellanError, type JsonObject, type Tool } from '../../src/kit/index.ts';
import type { LogStore } from '../../src/monitoring/port.ts';
import { type Attacked, openAttacked } from './attacked.fixture.ts';
import { draft } from './draft.ts';
import { gather } from './gather.ts';
import { history } from './history.ts';
import { list } from './list.ts';
import { open } from './open.ts';
import type { IncidentPorts } from './port.ts';
import { publish } from './publish.ts';
import { record } from './record.ts';
import { show } from './show.ts';
import { triage } from './triage.ts';
import { update } from './update.ts';

/** Arguments that no honest client sends. Each is refused with a code and a next step, or kept as the letters it is. */
const long = 'a'.repeat(1_048_576);
const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
const halfDeep = '['.repeat(100_000);
const many = Array.from({ length: 10_000 }, (_, index) => `n${index}`).join(',');
const hostile: JsonObject = {
  NUL: 'a\0b',
  'half of a pair': 'a\ud800b',
  'the other half': '\udc00',
  'a change of direction': 'a\u202egnp.exe\u2066b\u200b\u{e0041}',
  'an escape of a terminal': '\u001b[2Ja',
  'the name of a prototype': '__proto__',
  'a constructor': 'constructor',
  'a list with prototypes': '__proto__,constructor,toString',
  'one megabyte': long,
  'a hundred thousand brackets': deep,
  'brackets that never end': halfDeep,
  'a list of ten thousand': many,
  'ten thousand ids': Array.from({ length: 10_000 }, () => 'ev_aaaaaaaa').join(','),
  'an id of no incident': 'inc_aaaaaaaaaa',
  SQL: "'; drop table castellan.incident; --",
  'signs of a pattern': '%_\\%\\',
  'an expression that never ends': '(a+)+$',
  'nothing but space': ' \t\n ',
  nothing: '',
  'a number': Number.MAX_SAFE_INTEGER,
  'no number': Number.NaN,
  'less than nothing': -1,
  'a list': ['a'],
  'a prototype': JSON.parse('{"__proto__":{"polluted":true}}'),
  null: null,
  true: true,
  'a day that is none': '2026-02-30',
  'a moment beyond time': '+275760-09-13T00:00:00Z',
  'a year of five digits': '99999-01-01T00:00:00Z',
  'a span beyond time': '999999d',
};

const logStore = (): LogStore => {
  const lines = [{ at: new Date(Date.now() - 60_000), labels: { pod: 'web-0' }, text: `error: ${'a'.repeat(5_000)}!` }];
  const answer = async () => ({ lines, truncated: false });
  return {
    lines: answer,
    ofPods: answer,
    health: async () => ({ ready: true, version: '1' }),
    problemIn: () => undefined,
  };
};

let attacked: Attacked;
let mine: Ours;
let other: Ours;
let action = '';
interface Ours {
  readonly incident: string;
  readonly evidence: string;
  readonly finding: string;
}

const report = `# The door\n\n- Date: 2026-08-04\n\n## Summary\n\nIt was open.\n\n## Action items\n\n- [ ] Close the door\n`;

beforeAll(async () => {
  attacked = await openAttacked({ logStore });
  await attacked.command('import', { files: [{ path: 'post-mortems/2026-08-04-door.md', text: report }] });
  action = /act_[a-z2-7]{8}/.exec((await attacked.call(list, {})).text)?.[0] ?? '';
  mine = await opened('web');
  other = await opened('mail');
}, 180_000);
afterAll(() => attacked?.[Symbol.asyncDispose]());

async function opened(service: string): Promise<Ours> {
  const asked = { title: `${service} is down`, symptom: `${service} is down`, services: service };
  const incident = /inc_[a-z2-7]{10}/.exec((await attacked.call(open, asked)).text)?.[0] ?? '';
  const noted = await attacked.call(record, { incident, kind: 'note', text: 'somebody told' });
  const evidence = /ev_[a-z2-7]{8}/.exec(noted.text)?.[0] ?? '';
  const found = await attacked.call(record, { incident, kind: 'finding', text: 'it is off', evidence, status: 'open' });
  return { incident, evidence, finding: /fi_[a-z2-7]{8}/.exec(found.text)?.[0] ?? '' };
}

const unprintable = /[^\P{Cc}\n\r\t]|\p{Bidi_Control}/u;

/** What came back: an answer, or the code of a refusal. Anything else is a failure. */
async function sent(tool: Tool<IncidentPorts>, asked: JsonObject): Promise<string> {
  try {
    const { text } = await attacked.call(tool, asked);
    expect(text.isWellFormed()).toBe(true);
    expect(text).not.toMatch(unprintable);
    return text;
  } catch (error) {
    // The server's own refusal of what its schema does not take.
    if (error instanceof ZodError) return 'arguments-invalid';
    if (!(error instanceof CastellanError)) throw error;
    expect(error.code).toMatch(/^[a-z-]+$/);
    expect(error.next).not.toBe('');
    expect(`${error.message} ${error.next}`).not.toMatch(unprintable);
    expect(error.message.length).toBeLessThan(1_000);
    return error.code;
  }
}

const narrative = (more: object = {}): string => JSON.stringify({ ...narrativeFixture(), ...more });
const right: readonly (readonly [Tool<IncidentPorts>, () => JsonObject])[] = [
  [open, () => ({ title: 'x is down', symptom: 'x is down', services: 'x', namespaces: 'x', since: '1h' })],
  [gather, () => ({ incident: mine.incident, source: 'logs', target: 'pod/web-0', namespace: 'shop' })],
  [gather, () => ({ incident: mine.incident, source: 'http', target: 'https://a.example.net' })],
  [record, () => ({ incident: mine.incident, kind: 'finding', text: 'x', evidence: mine.evidence })],
  [record, () => ({ incident: mine.incident, kind: 'note', text: 'x', at: '5m' })],
  [record, () => ({ incident: mine.incident, kind: 'annotate', target: '00000000', text: 'x' })],
  [record, () => ({ incident: mine.incident, kind: 'verdict', target: 'x', status: 'accepted', text: 'x' })],
  [record, () => ({ incident: mine.incident, kind: 'milestone', target: 'started', at: '5m', text: 'x' })],
  [record, () => ({ incident: mine.incident, kind: 'override', target: 'SEV3', text: 'x' })],
  [history, () => ({ incident: mine.incident, text: 'x is down' })],
  [history, () => ({ text: 'x is down' })],
  [triage, () => ({ incident: mine.incident })],
  [draft, () => ({ incident: mine.incident, narrative: narrative() })],
  [publish, () => ({ incident: mine.incident, reason: 'x' })],
  [list, () => ({})],
  [update, () => ({ action, verify: '{"kind":"manual","why":"x"}' })],
  [show, () => ({ incident: mine.incident, part: 'timeline' })],
  [show, () => ({ incident: mine.incident })],
  [show, () => ({})],
];

describe.each(right.map(([tool, asked], index) => ({ name: `${tool.name} ${index}`, tool, asked })))(
  '$name',
  ({ tool, asked }) => {
    it('is heard when it is right, or the rest says nothing', async () => {
      expect(await sent(tool, asked())).toMatch(/as of|^candidate-unknown$|^incident-argument-invalid$/);
    });

    it.each(Object.entries(hostile))(
      'takes %s in no argument, or as letters',
      { timeout: 120_000 },
      async (_, value) => {
        for (const field of Object.keys(tool.input.shape)) await sent(tool, { ...asked(), [field]: value });
        await sent(tool, { ...asked(), [String(value).slice(0, 100)]: value });
      },
    );
  },
);

describe('JSON within an argument', () => {
  const why = '"kind":"manual","why":"x"';
  it.each([
    `{"__proto__":{${why}}}`,
    `{"kind":"__proto__"}`,
    `{"kind":"constructor","why":"x"}`,
    `{"kind":"toString"}`,
    `{"kind":["manual"],"why":"x"}`,
    `{"kind":{"toString":"manual"},"why":"x"}`,
    `{${why},"constructor":{"prototype":{"polluted":true}}}`,
    `[{${why}}]`,
    'null',
    '1e999',
    `{"kind":"metric","query":"up","op":">","value":1e999}`,
    `{"kind":"document","corpus":"__proto__","name":"__proto__"`,
    `${'['.repeat(1_400)}${']'.repeat(1_400)}`,
    `{"kind":"manual","why":"a\\u0000b\\u0000"}}`,
  ])('is no predicate: %s', async (verify) => {
    const before = await attacked.ports.record.action(action);
    expect(await sent(update, { action, verify })).toBe('incident-argument-invalid');
    expect((await attacked.ports.record.action(action)).verify).toEqual(before.verify);
  });

  it.each([
    `{${why},"__proto__":{"kind":"probe","target":"x"}}`,
    '{"kind":"manual","why":"a\\u0000b\\ud800c"}',
    '{"kind":"document","corpus":"__proto__","name":"constructor"}',
    '{"kind":"object-field","target":"deploy/web","field":"__proto__.polluted","is":"constructor"}',
  ])('is a predicate of its own keys alone, and is verified without harm: %s', async (verify) => {
    await sent(update, { action, verify });
    await sent(update, { action, run: true });
    expect(Object.getPrototypeOf((await attacked.ports.record.action(action)).verify ?? {})).toBe(Object.prototype);
  });

  it.each([
    ['prototypes', narrative().replace(/^\{/, '{"__proto__":{"title":"polluted"},')],
    ['prototypes within', narrative().replaceAll('{"text"', '{"__proto__":{"absence":true},"text"')],
    ['constructors', narrative({ constructor: { prototype: { polluted: true } } })],
    [
      'names of prototypes as ids',
      narrative().replaceAll('"killed"', '"__proto__"').replaceAll('"limit"', '"constructor"'),
    ],
    [
      'a prototype as a document',
      narrative({ recurrence: { verdict: 'related', text: 'x', of: ['__proto__'], earlierActions: [] } }),
    ],
    ['NULs and halves', narrative({ title: 'a\0b\ud800c', lessons: { well: ['\0'], poorly: ['\udc00'], lucky: [] } })],
    ['changes of direction', narrative({ title: 'a\u202eb', authors: ['\u202e'] })],
    ['steps in a circle', narrative().replaceAll('"impact"]', '"limit"]')],
    ['brackets', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['brackets that never end', '['.repeat(199_000)],
    ['braces that never end', '{"cause":'.repeat(20_000)],
    [
      'brackets for a title',
      narrative({ title: 0 }).replace('"title":0', `"title":${'['.repeat(90_000)}${']'.repeat(90_000)}`),
    ],
    ['more than it has', narrative({ summary: Array.from({ length: 5_000 }, () => ({ text: 'x', evidence: [] })) })],
    [
      'keys without end',
      JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, 1]))),
    ],
    ['letters of three bytes', narrative({ title: '\u20ac'.repeat(190_000) })],
    ['quotes alone', '"'.repeat(199_999)],
    ['escapes alone', `"${'\\'.repeat(199_000)}"`],
    ['a number without end', `{"title":${'9'.repeat(199_000)}}`],
    ['spaces', ' '.repeat(200_000)],
  ])('is refused or kept as letters in a narrative: %s', { timeout: 120_000 }, async (_, json) => {
    await sent(draft, { incident: mine.incident, narrative: json });
    await sent(show, { incident: mine.incident, part: 'report', budget: 24_000 });
    await sent(publish, { incident: mine.incident });
  });

  it('changes no object of ours', () => {
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(Reflect.get({}, 'title')).toBeUndefined();
    expect(Reflect.get({}, 'absence')).toBeUndefined();
  });
});

describe('what belongs to another incident', () => {
  it('is cited by no finding', async () => {
    const asked = {
      incident: mine.incident,
      kind: 'finding',
      status: 'supported',
      text: 'x',
      evidence: other.evidence,
    };
    expect(await sent(record, asked)).toBe('evidence-unknown');
  });

  it('is not stated anew', async () => {
    const before = await attacked.ports.record.dossier(other.incident);
    const asked = { incident: mine.incident, kind: 'finding', status: 'open', text: 'x', target: other.finding };
    expect(await sent(record, asked)).toMatch(/^[a-z-]+$/);
    expect((await attacked.ports.record.dossier(other.incident)).findings).toEqual(before.findings);
  });

  it('is not shown', async () => {
    expect(await sent(show, { incident: mine.incident, evidence: other.evidence })).toBe('evidence-unknown');
  });

  it('supports no claim', async () => {
    const whole = narrativeFixture();
    const json = narrative({ summary: [{ ...whole.summary[0], text: 'somebody told', evidence: [other.evidence] }] });
    const text = await sent(draft, { incident: mine.incident, narrative: json });
    expect(text).toMatch(/^REFUSED/);
    expect(text).toContain(other.evidence);
  });
});

describe('a cursor', () => {
  const usual = () => ({ incident: mine.incident, part: 'events', limit: 1, budget: 1_000 });
  const cursorOf = async (): Promise<string> => {
    const { text } = await attacked.call(show, usual());
    return /next_cursor: (\S+)/.exec(text)?.[1] ?? '';
  };

  it('goes on where it was minted, and nowhere else', async () => {
    const cursor = await cursorOf();
    expect(await sent(show, { ...usual(), cursor })).toContain('events');
    expect(await sent(show, { ...usual(), incident: other.incident, cursor })).toBe('cursor-invalid');
    expect(await sent(show, { ...usual(), part: 'evidence', cursor })).toBe('cursor-invalid');
    expect(await sent(list, { limit: 1, cursor })).toBe('cursor-invalid');
    const asked = { ...usual(), cursor };
    const foreign = attacked.call(show, asked, { human: 'human:mallory' });
    await expect(foreign).rejects.toMatchObject({ code: 'cursor-invalid' });
  });

  it.each([
    ['with another place', (cursor: string) => cursor.replace(/^[^.]+/, sealed({ skip: 0 }))],
    ['with a place that is none', (cursor: string) => cursor.replace(/^[^.]+/, sealed({ skip: -1, byte: 1e308 }))],
    ['with a prototype', (cursor: string) => cursor.replace(/^[^.]+/, sealed('__proto__'))],
    ['without its signature', (cursor: string) => cursor.replace(/\..*$/, '.')],
    ['with half of its signature', (cursor: string) => cursor.slice(0, -1)],
    ['with two signatures', (cursor: string) => `${cursor}.${cursor.split('.')[1]}`],
    ['with a NUL', (cursor: string) => `${cursor}\0`],
    ['in capitals', (cursor: string) => cursor.toUpperCase()],
    ['of one megabyte', () => long],
    ['of nothing', () => ''],
    ['of dots', () => '.'.repeat(10_000)],
  ])('is refused %s', async (_, forge) => {
    const forged = await sent(show, { ...usual(), cursor: forge(await cursorOf()) });
    expect(forged).toMatch(/^(?:cursor-invalid|arguments-invalid)$/);
  });
});

function sealed(position: unknown): string {
  return Buffer.from(JSON.stringify({ expires: Date.now() + 60_000, position })).toString('base64url');
}
