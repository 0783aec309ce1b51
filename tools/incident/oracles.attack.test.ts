import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { narrativeFixture } from '../../src/incident/report/report.fixture.ts';
import type { JsonObject, Tool } from '../../src/kit/index.ts';
import { type Attacked, known, openAttacked } from './attacked.fixture.ts';
import { draft } from './draft.ts';
import { gather } from './gather.ts';
import { history } from './history.ts';
import { list } from './list.ts';
import { open } from './open.ts';
import type { IncidentPorts } from './port.ts';
import { record } from './record.ts';
import { show } from './show.ts';
import { update } from './update.ts';

/**
 * An agent that guesses a value of Vault, short enough to be guessed, and asks the incident tools whether it is right. The right guess
 * and a wrong one of the same shape get the same answer, but for the guess itself.
 */
const wrongOf = (value: string): string => value.replace(/\d$/, (digit) => String((Number(digit) + 5) % 10));
/** Becomes known after it was stored. */
const late = `cedarQuay${100 + (randomBytes(1)[0] ?? 0)}`;
const guesses: readonly (readonly [name: string, right: string, wrong: string])[] = [
  ['a password', known.password, wrongOf(known.password)],
  ['one that became known later', late, wrongOf(late)],
];

const report = `# The door stayed open\n\n- Date: 2026-08-04\n- Services: door\n\n## Summary\n\nThe lock of the door had ${known.pin} and ${late}.\n\n## Root cause\n\nSomebody knew ${known.password}.\n\n## Action items\n\n- [ ] Rotate ${late} of the door\n- [ ] Rotate ${known.password} and ${known.pin} of the door\n`;

let attacked: Attacked;
let id = '';
let evidence = '';
let action = '';
beforeAll(async () => {
  const lines = [known.password, late].map((value, index) => ({
    at: new Date(Date.now() - (10 - index) * 60_000),
    labels: { namespace: 'shop', pod: 'web-0', container: 'app' },
    text: `error: login of mira with ${value} was refused`,
  }));
  attacked = await openAttacked({
    logStore: (redact) => {
      const answer = async () => ({
        lines: lines.map((line) => ({ ...line, text: redact(line.text) })),
        truncated: false,
      });
      const health = async () => ({ ready: true, version: '1' });
      return { lines: answer, ofPods: answer, health, problemIn: () => undefined };
    },
  });
  const opened = await attacked.call(open, { title: 'the door stays open', symptom: 'the door is open', since: '1h' });
  id = /inc_[a-z2-7]{10}/.exec(opened.text)?.[0] ?? '';
  const gathered = await attacked.call(gather, {
    incident: id,
    source: 'logs',
    target: 'pod/web-0',
    namespace: 'shop',
  });
  evidence = /ev_[a-z2-7]{8}/.exec(gathered.text)?.[0] ?? '';
  const path = 'post-mortems/2026-08-04-door-open.md';
  await attacked.command('import', { files: [{ path, text: report }] });
  action = /act_[a-z2-7]{8}/.exec((await attacked.call(list, {})).text)?.[0] ?? '';
  attacked.learn([late], 'b');
}, 180_000);
afterAll(() => attacked?.[Symbol.asyncDispose]());

/** What comes back, without the guess and what is new in every answer. */
async function told(tool: Tool<IncidentPorts>, asked: JsonObject, guess: string): Promise<string> {
  let text: string;
  try {
    text = (await attacked.call(tool, asked)).text;
  } catch (error) {
    text = error instanceof Error ? `${error.name} ${error.message}` : String(error);
  }
  return text
    .replaceAll(guess, '[guess]')
    .replaceAll(`${guess.slice(0, -1)}[${guess.at(-1)}]`, '[guess]')
    .replaceAll(guess.toLowerCase(), '[guess]')
    .replace(/\b(?:ev|fi|act)_[a-z2-7]{8}\b|\binc_[a-z2-7]{10}\b/g, '[id]')
    .replace(/\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?/g, '[time]')
    .replace(/\b\d+[smhd](?:\d+[smh])? ago/g, '[ago]')
    .replace(/sha256 [0-9a-f]{12}/g, '[hash]')
    .replace(/\b(?:draft|version|pieces?|#)\s?\d+/g, '[count]')
    .replace(/\bscore [01]\.\d+/g, '[score]');
}

const narrative = (change: (told: ReturnType<typeof narrativeFixture>) => object): string =>
  JSON.stringify(change(narrativeFixture()));
const claim = (text: string, quote?: string) => ({
  text,
  evidence: [evidence],
  ...(quote === undefined ? {} : { quote }),
});

const ways: Readonly<Record<string, (guess: string) => readonly [Tool<IncidentPorts>, JsonObject]>> = {
  'a grep of logs': (guess) => [
    gather,
    { incident: id, source: 'logs', target: 'pod/web-0', namespace: 'shop', query: `with ${guess}` },
  ],
  'a grep of logs by its beginning': (guess) => [
    gather,
    {
      incident: id,
      source: 'logs',
      target: 'pod/web-0',
      namespace: 'shop',
      query: `${guess.slice(0, -1)}[${guess.at(-1)}] was`,
    },
  ],
  'a target of logs': (guess) => [gather, { incident: id, source: 'logs', target: `pod/${guess}`, namespace: 'shop' }],
  'the name of an alert': (guess) => [gather, { incident: id, source: 'alerts', target: guess }],
  'words of history': (guess) => [history, { text: `a door with ${guess}` }],
  'the error of history': (guess) => [history, { text: `it said "error: login of mira with ${guess} was refused"` }],
  'words of an action': (guess) => [list, { text: guess }],
  'the owner of an action': (guess) => [list, { owner: guess }],
  'the report of an action': (guess) => [list, { report: guess }],
  'words of the list of incidents': (guess) => [show, { text: guess }],
  'a finding': (guess) => [
    record,
    { incident: id, kind: 'finding', status: 'supported', text: `it was ${guess}`, evidence },
  ],
  'a note': (guess) => [record, { incident: id, kind: 'note', text: `robin told of ${guess}` }],
  'the quote of a claim': (guess) => [
    draft,
    {
      incident: id,
      narrative: narrative((whole) => ({ ...whole, summary: [claim('A login was refused.', `with ${guess} was`)] })),
    },
  ],
  'the words of a claim': (guess) => [
    draft,
    {
      incident: id,
      narrative: narrative((whole) => ({ ...whole, summary: [claim(`The login with “${guess}” was refused.`)] })),
    },
  ],
  'the title of a report': (guess) => [
    draft,
    { incident: id, narrative: narrative((whole) => ({ ...whole, title: `The login with ${guess}` })) },
  ],
  'a draft of an action': (guess) => [
    draft,
    {
      incident: id,
      narrative: narrative((whole) => ({
        ...whole,
        actions: whole.actions.map((one) => ({ ...one, draft: { language: 'yaml', text: `word: ${guess}\n` } })),
      })),
    },
  ],
  'what is looked for to verify an action': (guess) => [
    update,
    { action, verify: JSON.stringify({ kind: 'file-contains', path: 'a.yaml', text: guess }), run: true },
  ],
  'the document that an action waits for': (guess) => [
    update,
    { action, verify: JSON.stringify({ kind: 'document', corpus: 'post-mortems', name: guess }), run: true },
  ],
};

/** What was indexed before a value was known is searched as it was then: known by the next import. */
const searched = new Set(['words of history', 'the error of history']);

describe.each(guesses)('a guess at %s', (_, right, wrong) => {
  const asked = Object.entries(ways).filter(([name]) => right !== late || !searched.has(name));
  it.each(asked)('is not answered by %s', async (__, way) => {
    const ask = async (guess: string): Promise<string> => {
      const [tool, asked] = way(guess);
      return told(tool, asked, guess);
    };
    const [ofWrong, ofRight] = [await ask(wrong), await ask(right)];
    expect(ofRight).toBe(ofWrong);
  });
});
