import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { evidenceDraft, findingDraft, robin, writing } from './record.fixture.ts';
import { openRecordKeeper, payloadOf } from './record-keeper.fixture.ts';

const home = mkdtempSync(join(tmpdir(), 'castellan-record-killed-'));
afterAll(() => rmSync(home, { recursive: true }));

interface Line {
  readonly key: string;
  readonly incident: string;
  readonly evidence?: string;
  readonly finding?: string;
  readonly holding?: string;
}

/** Runs a writer until so many lines were read, and kills it. */
async function killAfter(lines: number, ...args: readonly string[]): Promise<readonly Line[]> {
  const script = fileURLToPath(new URL('./writer.fixture.ts', import.meta.url));
  const writer = spawn(process.execPath, [script, home, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = once(writer, 'exit');
  const lastWords = text(writer.stderr);
  const read: Line[] = [];
  for await (const line of createInterface({ input: writer.stdout })) {
    read.push(JSON.parse(line));
    if (read.length === lines) writer.kill('SIGKILL');
  }
  const [code, signal] = await gone;
  if (signal !== 'SIGKILL') throw new Error(`the writer ended with ${code ?? signal}: ${await lastWords}`);
  return read;
}

describe('kill -9 of a process that records', () => {
  it('loses nothing that was acknowledged, and the same call with its key gets the same answer', async () => {
    const lines: Line[] = [];
    for (let round = 0; round < 4; round += 1) {
      lines.push(...(await killAfter(2 + Math.floor(Math.random() * 12), String(round))));
    }
    await using keeper = await openRecordKeeper(home);
    const { record } = keeper;
    const acknowledged = lines.filter(({ evidence }) => evidence !== undefined);
    expect(acknowledged.length).toBeGreaterThan(3);
    const incidents = new Set(lines.map(({ incident }) => incident));
    expect(incidents.size).toBe(1);
    const [id = ''] = incidents;
    const { texts, tampered } = await record.payloads(acknowledged.map(({ evidence = '' }) => evidence));
    expect(tampered).toEqual([]);
    for (const { key, evidence = '' } of acknowledged) expect(texts.get(evidence)).toBe(payloadOf(key));

    // Every call is sent again, those too that nobody saw the end of: each is there once.
    for (const key of new Set(lines.map((line) => line.key))) {
      const before = acknowledged.find((line) => line.key === key);
      const drafts = [evidenceDraft({ payload: payloadOf(key) })];
      const [evidence] = await record.addEvidence(id, drafts, writing({ key: `${key}-evidence` }));
      const cited = findingDraft([evidence?.id ?? ''], { hypothesis: key });
      const finding = await record.putFinding(id, cited, writing({ key: `${key}-finding` }));
      if (before !== undefined) expect([evidence?.id, finding.id]).toEqual([before.evidence, before.finding]);
    }
    const { evidence, findings, events, incident } = await record.dossier(id);
    const keys = new Set(lines.map((line) => line.key));
    expect([evidence.length, findings.length]).toEqual([keys.size, keys.size]);
    expect(new Set(findings.map(({ hypothesis }) => hypothesis))).toEqual(keys);
    expect(events.length).toBe(incident.version);
    expect((await record.verify()).broken).toEqual([]);
  }, 240_000);

  it('a stage that it held is free once its lease ends', async () => {
    const [{ holding = '' } = { holding: '' }] = await killAfter(1, 'holder', 'hold');
    await using keeper = await openRecordKeeper(home);
    await expect
      .poll(() => keeper.record.holding(holding, 'triage', robin, async () => 'resumed').catch((error) => error.code))
      .toBe('resumed');
    expect((await keeper.record.dossier(holding)).leases).toEqual([]);
  }, 120_000);
});
