import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithLab } from '../use-lab.ts';
import { consented, planned } from './ask-keep.ts';
import { aimedAt, base, escapes } from './escapes.ts';
import { keepProcesses } from './processes.ts';
import { prepareKeep, type ScratchKeep } from './scratch-keep.ts';
import { filesHolding } from './traces.ts';

/** What engines leave in a home or a temporary folder. */
function namesNow(): readonly string[] {
  const inHome = readdirSync(homedir()).map((name) => join(homedir(), name));
  const temporary = readdirSync(tmpdir()).filter((name) => /^(tf|terra|tofu|bwrap|plugin|provider)/.test(name));
  return [...inHome, ...temporary];
}

const before = new Set(namesNow());
/** No part of it of any use stands in a source by chance. */
const planted = `q${randomBytes(20).toString('hex')}`;

await describeWithLab('ways out of a plan', (lab) => {
  let keep: ScratchKeep;
  const heard: string[] = [];
  const listener = createServer((request, response) => {
    heard.push(request.url ?? '');
    response.end();
  });
  const port = (): number => {
    const address = listener.address();
    if (address === null || typeof address === 'string') throw new Error('nothing listens');
    return address.port;
  };
  beforeAll(async () => {
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    keep = await prepareKeep(lab, {
      credentials: { TF_VAR_planted: planted },
      prepare: async (infra) => void (await infra.commit('mail: a secret and a data source', base)),
    });
    await keep.start();
  });
  afterAll(async () => {
    await keep[Symbol.asyncDispose]();
    await new Promise((resolve) => listener.close(resolve));
  });

  it('the base itself is planned, and shows nothing of its secret', async () => {
    const run = await planned(keep);
    expect(run).toMatchObject({ state: 'planned', summary: { counts: { create: 1 } } });
    expect(JSON.stringify(run)).not.toContain(planted);
  });

  describe('each is stopped before anything of it runs', () => {
    it.each(escapes)('$name', async ({ edits, stopped, rule }) => {
      const run = await planned(keep, { patch: await keep.infra.patch(aimedAt(port(), edits)) });
      expect({ state: run.state, rules: run.findings.map((one) => one.rule).join(' ') }).toEqual({
        state: stopped,
        rules: expect.stringMatching(rule),
      });
      expect(run.summary).toBeUndefined();
    });
  });

  describe('and where a human consents, it finds nothing outside and tells nothing of what is inside', () => {
    it.each(escapes.filter(({ stopped }) => stopped === 'needs-consent'))('$name', async ({ edits }) => {
      const asked = await planned(keep, { patch: await keep.infra.patch(aimedAt(port(), edits)) });
      expect(asked.state).toBe('needs-consent');
      const run = await consented(keep, asked);
      expect(['planned', 'no-changes', 'failed', 'denied']).toContain(run.state);
      const told = JSON.stringify(run);
      expect(told).not.toContain(planted);
      expect(told).not.toContain('root:');
      // No six letters of it in a row, backwards neither, and not one by one as keys.
      for (let at = 0; at + 6 <= planted.length; at += 1) {
        const part = planted.slice(at, at + 6);
        expect(told).not.toContain(part);
        expect(told).not.toContain([...part].reverse().join(''));
      }
      expect(told).not.toMatch(/terraform_data\.x\["[0-9a-q]"\]/);
      expect(readdirSync(keep.work)).toEqual([]);
      expect(keepProcesses().filter(({ command }) => command.includes('sleep'))).toEqual([]);
    });
  });

  it('nothing was sent to anybody, though a listener waited for it on loopback', async () => {
    expect(heard).toEqual([]);
    await fetch(`http://127.0.0.1:${port()}/from-outside`);
    expect(heard).toEqual(['/from-outside']);
  });

  it('the secret lies nowhere afterwards: not in the journal, the mirror, a home or a temporary folder', () => {
    const needles = [planted, Buffer.from(planted).toString('base64').slice(0, 24)];
    expect(filesHolding(keep.state, needles)).toEqual([]);
    expect(filesHolding(keep.work, needles)).toEqual([]);
    expect(namesNow().filter((name) => !before.has(name))).toEqual([]);
    expect(keep.printed.join('\n')).not.toContain(planted);
  });
});
