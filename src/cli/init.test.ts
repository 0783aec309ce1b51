import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { catalogue } from '../../tools/catalogue.ts';
import { loadConfig } from '../config/index.ts';
import { buildProgram } from './program.ts';
import { runCommand } from './run-command.ts';
import { findTerragruntRoot } from './survey.ts';

let folder: string;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-init-'));
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(words: readonly string[], environment: Record<string, string> = {}): Promise<number> {
  const say = (line: string): void => {
    said.push(line);
  };
  const terminal = { out: say, err: say, colour: false, interactive: false };
  const context = { terminal, environment: { HOME: folder, ...environment }, cwd: folder, groups: catalogue };
  return await runCommand(buildProgram(context), words, terminal);
}

function kubeconfig(names: readonly string[]): void {
  mkdirSync(join(folder, '.kube'));
  const contexts = names.map((name) => ({ name, context: { cluster: 'c', user: 'u' } }));
  writeFileSync(join(folder, '.kube', 'config'), JSON.stringify({ 'current-context': names.at(-1), contexts }));
}

const out = (): string => join(folder, 'castellan.yaml');
const written = () =>
  loadConfig({ flags: { config: out() }, environment: { HOME: folder }, cwd: folder, slices: catalogue });

describe('castellan init', () => {
  it('writes a file that loads, for its owner alone, with the context that was found', async () => {
    kubeconfig(['spare', 'lab']);
    expect(await run(['init', '--out', out()])).toBe(0);
    expect(written().groups.get('kubernetes')).toMatchObject({
      kubeconfig: join(folder, '.kube', 'config'),
      context: 'lab',
    });
    expect(statSync(out()).mode & 0o777).toBe(0o600);
    expect(readFileSync(out(), 'utf8')).toContain('deploy/kubernetes/reader-role.yaml');
    expect(readdirSync(folder).sort()).toEqual(['.kube', 'castellan.yaml']);
  });

  it('writes a file that loads where there is nothing to find', async () => {
    expect(await run(['init', '--out', out()])).toBe(0);
    const { groups, groupsByDefault } = written();
    expect([...groups.keys()]).toEqual(groupsByDefault);
  });

  it('lets no context name and no address write keys of its own', async () => {
    kubeconfig(['x\nhttp: {}', 'lab"\nlog: {level: debug}\n#']);
    expect(await run(['init', '--out', out()], { VAULT_ADDR: 'https://ada:word@vault.example.net/\nhttp: {}' })).toBe(
      0,
    );
    expect(written()).toMatchObject({ http: undefined, log: { level: 'info' } });
    expect(readFileSync(out(), 'utf8')).not.toContain('ada:word');
  });

  it('replaces a file only with --force', async () => {
    writeFileSync(out(), '# mine\n');
    expect(await run(['init', '--out', out()])).toBe(1);
    expect(readFileSync(out(), 'utf8')).toBe('# mine\n');
    expect(await run(['init', '--out', out(), '--force'])).toBe(0);
    expect(readFileSync(out(), 'utf8')).not.toBe('# mine\n');
  });

  it('enters itself into .mcp.json and loses nothing that was there', async () => {
    const file = join(folder, '.mcp.json');
    writeFileSync(file, '{"note":1,"mcpServers":{"other":{"command":"o"}}}');
    chmodSync(file, 0o640);
    expect(await run(['init', '--out', out(), '--client', 'claude'])).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      note: 1,
      mcpServers: {
        other: { command: 'o' },
        castellan: { type: 'stdio', command: 'castellan', args: ['--config', out(), 'mcp'] },
      },
    });
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  it('leaves a .mcp.json alone that it cannot read, and then writes nothing at all', async () => {
    writeFileSync(join(folder, '.mcp.json'), '{ broken');
    expect(await run(['init', '--out', out(), '--yes'])).toBe(1);
    expect(readFileSync(join(folder, '.mcp.json'), 'utf8')).toBe('{ broken');
    expect(existsSync(out())).toBe(false);
  });

  it('leaves another castellan in .mcp.json alone without --force', async () => {
    const text = '{"mcpServers":{"castellan":{"command":"mine"}}}';
    writeFileSync(join(folder, '.mcp.json'), text);
    expect(await run(['init', '--out', out(), '--yes'])).toBe(0);
    expect(readFileSync(join(folder, '.mcp.json'), 'utf8')).toBe(text);
  });

  it('finds the Terragrunt root above, and three levels below but not four', () => {
    mkdirSync(join(folder, 'a', 'b', 'c', 'd'), { recursive: true });
    writeFileSync(join(folder, 'a', 'b', 'c', 'd', 'root.hcl'), '');
    expect(findTerragruntRoot(folder)).toBeUndefined();
    writeFileSync(join(folder, 'a', 'b', 'c', 'root.hcl'), '');
    expect(findTerragruntRoot(folder)).toBe(join(folder, 'a', 'b', 'c'));
    writeFileSync(join(folder, 'a', 'root.hcl'), '');
    expect(findTerragruntRoot(join(folder, 'a', 'b'))).toBe(join(folder, 'a'));
  });
});

describe('castellan config', () => {
  it('exits 2 and lists the problems of a wrong file', async () => {
    writeFileSync(out(), 'htpp: {}\n');
    expect(await run(['--config', out(), 'config', 'check'])).toBe(2);
    expect(said.join('\n')).toMatch(/htpp.*nearest known key is http/);
  });

  it('says which groups are configured, and prints what the file comes to', async () => {
    writeFileSync(out(), 'log: {level: warn}\n');
    expect(await run(['--config', out(), 'config', 'check'])).toBe(0);
    expect(await run(['--config', out(), 'config', 'print'])).toBe(0);
    expect(said.join('\n')).toMatch(/not configured: kubectl.*^log:\n {2}level: warn/ms);
  });

  it('prints the schema as JSON', async () => {
    expect(await run(['config', 'schema'])).toBe(0);
    expect(Object.keys(JSON.parse(said.join('\n')).properties)).toContain('kubernetes');
  });
});
