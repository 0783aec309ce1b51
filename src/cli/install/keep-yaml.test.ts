import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadKeepConfig } from '../../keep/config/load.ts';
import { type Answers, keepYaml } from './keep-yaml.ts';
import { paths } from './layout.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-yaml-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const answers = (change: Partial<Answers> = {}): Answers => ({
  repository: 'https://git.example.net/infra.git',
  branch: 'main',
  trustedBase: 'a'.repeat(40),
  stacks: 'stacks/*',
  profile: 'terragrunt',
  programs: new Map(),
  ...change,
});

/** As the keep reads it, with what it names in a folder that may be looked at. */
const load = (text: string) => {
  const programs = ['terragrunt', 'terraform', 'tofu'];
  for (const name of programs) writeFileSync(join(folder, name), '', { mode: 0o755 });
  mkdirSync(join(folder, 'mirror'), { recursive: true });
  const file = join(folder, 'keep.yaml');
  writeFileSync(
    file,
    text.replaceAll('/usr/local/bin/', `${folder}/`).replaceAll(paths.mirror, join(folder, 'mirror')),
  );
  return loadKeepConfig(file, { seatBelt: true });
};

describe('the first keep.yaml', () => {
  it.each(['terragrunt', 'terraform', 'tofu'] as const)('is one that the keep takes, for %s', (profile) => {
    const config = load(keepYaml(answers({ profile })));
    expect(config).toMatchObject({
      stateDirectory: paths.state,
      workDirectory: paths.work,
      directories: { agents: paths.agents, humans: paths.humans, freeze: paths.freeze },
      repository: { url: 'https://git.example.net/infra.git', branch: 'main', trustedBase: 'a'.repeat(40) },
      profiles: [{ name: profile, stacks: ['stacks/*'], runner: { kind: profile }, state: { kind: 'none' } }],
    });
  });

  it('names programs where they were found, and the engine that is there', () => {
    const programs = new Map([
      ['tofu', '/usr/bin/tofu'],
      ['terragrunt', '/usr/bin/terragrunt'],
    ]);
    expect(parse(keepYaml(answers({ programs })))).toMatchObject({
      profiles: [{ runner: { program: '/usr/bin/terragrunt', engine: '/usr/bin/tofu', engineKind: 'tofu' } }],
    });
  });

  it('has a section for Vault that the keep takes as soon as it is made one', () => {
    const text = keepYaml(answers());
    expect(load(text).vault).toBeUndefined();
    const lines = text.split('\n');
    const [from, to] = [lines.indexOf('# vault:'), lines.findIndex((line) => line.startsWith('#   fingerprinter:'))];
    const uncommented = lines.map((line, at) => (at >= from && at <= to ? line.replace(/^# /, '') : line)).join('\n');
    expect(load(uncommented)).toMatchObject({
      vault: {
        address: 'https://vault.example.net',
        auth: { kind: 'token-file', file: `${paths.credentials}/vault-token`, requiredPolicy: 'castellan-requests' },
        fingerprinter: { socket: `${paths.fingerprinterRuntime}/fingerprinter.sock` },
      },
    });
  });

  it('is refused by the keep until what was not answered is filled in', () => {
    for (const missing of [{ repository: undefined }, { trustedBase: undefined }]) {
      expect(() => load(keepYaml(answers(missing)))).toThrowError(/repository/);
    }
  });

  it('says what was answered and nothing more, whatever the answer was', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (repository, branch) => {
        const read = parse(keepYaml(answers({ repository, branch, stacks: branch })));
        expect(read.repository.url).toBe(repository);
        expect(read.repository.branch).toBe(branch);
        expect(Object.keys(read)).toEqual(Object.keys(parse(keepYaml(answers()))));
      }),
    );
  });
});
