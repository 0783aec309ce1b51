import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../redaction/index.ts';
import { createObjectRedactor } from '../withholding/object-redactor.ts';
import { matchLines } from './match-lines.ts';

const patience = (): AbortSignal => AbortSignal.timeout(20_000);
const endless = '(a+)+$';
const victim = [`${'a'.repeat(40)}!`];

describe('matching lines', () => {
  it('takes a pattern anywhere in a line, case ignored', async () => {
    const texts = ['GET /login 200', 'error: no route', 'ERROR timeout', '', 'terror'];
    expect(await matchLines('error', texts, patience())).toEqual([false, true, true, false, true]);
    expect(await matchLines('^error|200$', texts, patience())).toEqual([true, true, true, false, false]);
    expect(await matchLines('', texts, patience())).toEqual([true, true, true, true, true]);
    expect(await matchLines('x', [], patience())).toEqual([]);
  });

  it('answers as the pattern would have in this thread, line by line', async () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '𝒳', '\n', ' ', '1') });
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.constantFrom('a', '^b', 'é$', '\\d', 'a.b', '^$'), async (texts, pattern) => {
        const expected = texts.map((text) => new RegExp(pattern, 'i').test(text));
        expect(await matchLines(pattern, texts, patience())).toEqual(expected);
      }),
    );
  });

  it.each(['(', 'a{2,1}', '[z-a]', '\\', 'x'.repeat(501), '(?<a>x)(?<a>y)'])(
    'refuses %j as a pattern',
    async (pattern) => {
      await expect(matchLines(pattern, ['x'], patience())).rejects.toMatchObject({
        code: 'pattern-invalid',
        message: expect.not.stringContaining(pattern),
      });
    },
  );

  it('stops a pattern that never ends, while this thread goes on', async () => {
    let turns = 0;
    const turning = setInterval(() => {
      turns += 1;
    }, 10);
    const started = performance.now();
    try {
      await expect(matchLines(endless, victim, patience())).rejects.toMatchObject({ code: 'pattern-too-slow' });
    } finally {
      clearInterval(turning);
    }
    expect(performance.now() - started).toBeGreaterThan(450);
    expect(turns).toBeGreaterThan(5);
    expect(await matchLines('a', victim, patience())).toEqual([true]);
  });

  it('makes honest patterns wait for a bad one, not fail with it', async () => {
    const [bad, good] = await Promise.allSettled([
      matchLines(endless, victim, patience()),
      matchLines('!', victim, patience()),
    ]);
    expect(bad.status).toBe('rejected');
    expect(good).toEqual({ status: 'fulfilled', value: [true] });
  });

  it('gives up when its caller does, before its turn and in it', async () => {
    const inTurn = new AbortController();
    const before = new AbortController();
    const running = matchLines(endless, victim, inTurn.signal);
    const waiting = matchLines('a', victim, before.signal);
    before.abort(new Error('no longer wanted'));
    setTimeout(() => inTurn.abort(new Error('cancelled')), 50);
    await expect(running).rejects.toThrow('cancelled');
    await expect(waiting).rejects.toThrow('no longer wanted');
    await expect(matchLines('a', victim, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    expect(await matchLines('a', victim, patience())).toEqual([true]);
  });

  it('lets others in between the pieces of a long search', async () => {
    const done: string[] = [];
    const long = Array.from({ length: 60_000 }, (_, index) => `line ${index} ${'.'.repeat(90)}`);
    await Promise.all([
      matchLines('9', long, patience()).then(() => done.push('long')),
      matchLines('9', ['9'], patience()).then(() => done.push('short')),
    ]);
    expect(done).toEqual(['short', 'long']);
  });

  it('has time for an honest pattern over five megabytes', async () => {
    const texts = Array.from({ length: 60_000 }, (_, index) => `level=info request ${index} ${'.'.repeat(60)}`);
    const hits = await matchLines('request \\d*7 |level=(warn|error)', texts, patience());
    expect(hits.filter((hit) => hit)).toHaveLength(6_000);
  });

  it('answers the right and the wrong guess at a masked value alike', async () => {
    const secret = 'hunter2-Zq8xV';
    const lines = [`login refused: password=${secret}`, `Authorization: Bearer ${secret}${secret}`, 'all is well'];
    const { lines: texts } = createObjectRedactor(createRedactor()).lines(lines);
    const guesses = [secret, 'hunter2', 'password=h', 'password=hu', '=h.*v$', '^.{30,40}$', 'bearer hunter'];
    for (const guess of guesses) {
      const wrong = guess.replace('hunter2', 'xunter2').replace('=h', '=x').replace('Zq8', 'Zq9');
      if (wrong === guess) continue;
      expect(await matchLines(guess, texts, patience())).toEqual(await matchLines(wrong, texts, patience()));
    }
    expect(await matchLines('password=', texts, patience())).toEqual([true, false, false]);
  });

  it('does not keep a process that has nothing else to do', async () => {
    const file = fileURLToPath(new URL('./match-lines.ts', import.meta.url));
    const program = `
      import { matchLines } from ${JSON.stringify(file)};
      const hits = await matchLines('b', ['abc', 'x'], new AbortController().signal);
      console.log(JSON.stringify(hits));`;
    const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', program], { timeout: 20_000 });
    expect(stdout).toBe('[true,false]');
  });
});
