import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { catalogue } from '../../tools/catalogue.ts';
import { buildProgram } from './program.ts';
import { runCommand } from './run-command.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(yaml: string, ...words: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    colour: false,
    interactive: false,
  };
  const file = join(folder, 'castellan.yaml');
  writeFileSync(file, yaml, { mode: 0o600 });
  const program = buildProgram({ terminal, environment: { HOME: folder }, cwd: folder, groups: catalogue });
  const code = await runCommand(program, ['--config', file, 'config', ...words], terminal);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('castellan config check', () => {
  test('says what is configured', async () => {
    const { code, out } = await run('kubernetes: { inCluster: true }', 'check');
    expect(code).toBe(0);
    expect(out).toMatch(/castellan\.yaml is valid\n {2}configured: +kubectl/);
  });

  test('says what is not, and how to add it', async () => {
    const { code, out } = await run('', 'check');
    expect(code).toBe(0);
    expect(out).toMatch(/not configured: kubectl .*\n +add: kubernetes:/);
  });

  test('ends with 2 and every problem', async () => {
    const { code, out, err } = await run('log: { level: loud }\nkubernets: {}', 'check');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('castellan.yaml:1:8');
    expect(err).toContain('the nearest known key is kubernetes');
  });

  test("ends with 2 too when it is a secret's file that is wrong", async () => {
    const secret = randomBytes(12).toString('hex');
    const file = join(folder, 'pw');
    writeFileSync(file, secret);
    chmodSync(file, 0o644);
    const yaml = 'database: { postgres: { host: h, database: d, user: u, passwordFrom: ./pw } }';
    const { code, err } = await run(yaml, 'check');
    expect(code).toBe(2);
    expect(err).toContain('secret-file-unsafe');
    expect(err).not.toContain(secret);
  });
});

test('castellan config print writes YAML with where each value comes from', async () => {
  const { code, out } = await run('log: { level: warn }', 'print');
  expect(code).toBe(0);
  expect(parse(out)).toMatchObject({ log: { level: 'warn' }, backup: { keep: 7 } });
  expect(out).toContain('level: warn # castellan.yaml:1:8');
});

test('castellan config schema writes the JSON Schema', async () => {
  const { out } = await run('', 'schema');
  expect(JSON.parse(out)).toMatchObject({ title: 'castellan.yaml', additionalProperties: false });
});
