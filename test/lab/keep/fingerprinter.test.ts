import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectFingerprinter } from '../../../src/keep/fingerprinter/client.ts';
import { createKnownValues } from '../../../src/redaction/known/known-values.ts';
import { describeWithLab } from '../use-lab.ts';
import { type Planted, plantSecrets } from '../vault/planted.ts';
import { prepareKeep, type ScratchKeep } from './scratch-keep.ts';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

await describeWithLab('the fingerprinter beside a keep', (lab) => {
  let keep: ScratchKeep;
  let planted: Planted;
  beforeAll(async () => {
    planted = await plantSecrets(lab, 24);
    keep = await prepareKeep(lab, { vault: true });
    await keep.fingerprinter?.start();
  });
  afterAll(async () => {
    await keep?.[Symbol.asyncDispose]();
    await planted?.[Symbol.asyncDispose]();
  });
  const parts = () => {
    const { fingerprinter } = keep;
    if (fingerprinter === undefined) throw new Error('it was prepared without Vault');
    return fingerprinter;
  };

  it('gives a table by which what was planted is recognised, and in which none of it stands', async () => {
    using client = connectFingerprinter({ socket: parts().socket, log: quiet });
    const signal = AbortSignal.timeout(60_000);
    const ready = async () => (await client.fingerprints(undefined, 1_000, signal)).state;
    await expect.poll(ready, { timeout: 60_000 }).toBe('ready');
    const { set } = await client.fingerprints(undefined, 0, signal);
    if (set === undefined) throw new Error('it gave no set');
    const text = JSON.stringify(set);
    for (const { value } of planted.secrets) expect(text).not.toContain(value);
    const known = createKnownValues();
    known.load(set);
    for (const { path, key, value, parts: inside, shape } of planted.secrets) {
      const text = `it says ${value} there`;
      const masked = known.layer
        .find(text, 'others')
        .toSorted((a, b) => b.start - a.start)
        .reduce((left, { start, end }) => `${left.slice(0, start)}«»${left.slice(end)}`, text);
      // A short number is masked only where its name stands before it.
      for (const secret of shape === 'pin' ? [] : inside.length > 0 ? inside : [value]) {
        expect(masked.includes(secret), `${shape} ${path}#${key}`).toBe(false);
      }
    }
  });

  it('keeps its token from the keep, and speaks to nobody else', async () => {
    const { credentials, socket, configFile, state } = parts();
    const as = (user: number, ...words: readonly string[]) =>
      execa('/usr/bin/setpriv', ['--reuid', String(user), '--regid', String(user), '--clear-groups', '--', ...words], {
        reject: false,
        stdin: 'ignore',
      });
    for (const path of [`${credentials}/vault-token`, `${credentials}/kubeconfig`, configFile, `${state}/mac-key`]) {
      expect((await as(keep.user, '/usr/bin/cat', path)).exitCode, path).not.toBe(0);
    }
    const isThere = async (user: number) => (await as(user, '/usr/bin/test', '-w', socket)).exitCode;
    expect(await isThere(keep.user)).toBe(0);
    expect(await isThere(65_534)).not.toBe(0);
  });

  it('prints nothing that it read', () => {
    const printed = parts().printed.join('\n');
    expect(printed).toContain('fingerprinter.listening');
    for (const { value } of planted.secrets) expect(printed).not.toContain(value);
  });
});
