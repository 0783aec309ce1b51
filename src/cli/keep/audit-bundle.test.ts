import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { someChange, someChangeDocument, someSet } from '../../change/document/documents.fixture.ts';
import { createSoftApprover } from '../../keep/approvers/authenticator.fixture.ts';
import { fingerprintOf } from '../../keep/approvers/passkey.ts';
import { type BundleContent, bundleDigest } from '../../keep/bundle/bundle.ts';
import { buildProgram } from '../program.ts';
import { runCommand } from '../run-command.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'castellan-bundle-cli-')));
afterAll(() => {
  rmSync(folder, { recursive: true });
  process.exitCode = 0;
});

async function run(...words: readonly string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);
  const terminal = { out: say, err: say, colour: false, interactive: false };
  const program = buildProgram({ terminal, environment: {}, cwd: folder, groups: [] });
  process.exitCode = 0;
  const code = await runCommand(program, words, terminal);
  const ended = code === 0 ? Number(process.exitCode ?? 0) : code;
  process.exitCode = 0;
  return { code: ended, text: lines.join('\n') };
}

const origin = 'http://castellan.localhost:8790';
const at = '2026-03-01T10:00:00.000Z';
const { approver } = createSoftApprover({ origin, id: 'castellan.localhost' }, 'alice');

/** A change that waits for its signature. */
const waiting: BundleContent = {
  v: 1,
  kind: 'castellan-bundle',
  keep: 'keep_0',
  origin,
  boundary: 'separate user',
  exportedAt: at,
  set: someSet,
  changes: [
    {
      id: someChange,
      order: 1,
      stack: someChangeDocument.stack,
      state: 'awaiting-approval',
      attempt: 1,
      createdAt: at,
      changedAt: at,
      approvedBy: [],
      brokenGlass: false,
      document: someChangeDocument,
      signatures: [],
      steps: [],
      apply: null,
      expected: [],
      landedAs: null,
    },
  ],
  decisions: [],
  approvers: [{ ...approver, since: at }],
  audit: { rows: [], heads: [] },
};

describe('castellan audit verify-bundle', () => {
  it('says of each check how it went, and ends with 1 when one fails', async () => {
    const bundle = { ...waiting, digest: bundleDigest(waiting) };
    writeFileSync(join(folder, 'good.json'), JSON.stringify(bundle));
    const known = ['--approver', fingerprintOf(approver), '--origin', origin];
    const good = await run('audit', 'verify-bundle', 'good.json', ...known);
    expect(good).toMatchObject({
      code: 0,
      text: expect.stringContaining(`ok      ${someChange} document: it binds stacks/mail`),
    });
    expect(good.text).toContain('nothing fails');
    const stranger = await run('audit', 'verify-bundle', 'good.json', '--approver', 'aaaa-bbbb-cccc-dddd-eeee');
    expect(stranger).toMatchObject({ code: 1, text: expect.stringContaining('FAIL    approver alice') });
    writeFileSync(join(folder, 'bad.json'), JSON.stringify({ ...bundle, exportedAt: '2026-01-01T00:00:00.000Z' }));
    const bad = await run('audit', 'verify-bundle', 'bad.json', ...known);
    expect(bad).toMatchObject({ code: 1, text: expect.stringContaining('it does not hold') });
  });

  it('refuses what is no file', async () => {
    expect(await run('audit', 'verify-bundle', '.')).toMatchObject({
      code: 1,
      text: expect.stringContaining('bundle-unreadable'),
    });
  });
});
