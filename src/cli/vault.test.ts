import { readdirSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHcl } from '../iac/hcl/parse.ts';
import type { HclBlock } from '../iac/hcl/syntax.ts';
import { literalOf } from '../iac/hcl/walk.ts';
import { runCommand } from './run-command.ts';
import { vaultCommand } from './vault.ts';
import { isMount, isRole, policyNames, vaultPolicy, vaultRoles } from './vault-policies.ts';

const vault = async (...words: readonly string[]) => {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = {
    out: (line: string) => out.push(line),
    err: (line: string) => err.push(line),
    colour: false,
    interactive: false,
  };
  const program = new Command('castellan').addCommand(
    vaultCommand({ terminal, environment: {}, cwd: '/', groups: [] }),
  );
  const code = await runCommand(program, ['vault', ...words], terminal);
  return { code, out: out.join('\n'), err: err.join('\n') };
};

const shipped = (file: string) => readFileSync(new URL(`../../deploy/vault/${file}`, import.meta.url), 'utf8');

/** What a policy grants, by path. */
const grantsOf = async (text: string): Promise<ReadonlyMap<string, readonly unknown[]>> => {
  const { body } = await parseHcl('policy.hcl', `${text.trimEnd()}\n`);
  return new Map(body.blocks.map((block) => [block.labels[0] ?? '', capabilities(block)]));
};
const capabilities = ({ body }: HclBlock): readonly unknown[] => {
  const value = body.attributes.find(({ name }) => name === 'capabilities')?.value;
  return value?.kind === 'tuple' ? value.items.map((item) => literalOf(item)?.value) : [];
};

describe('castellan vault policy', () => {
  it('prints a policy as it is shipped, and all of them, each by its name', async () => {
    for (const name of policyNames) {
      expect(await vault('policy', name)).toMatchObject({ code: 0, out: shipped(`castellan-${name}.hcl`).trimEnd() });
    }
    const { out } = await vault('policy');
    for (const name of policyNames) expect(out).toContain(`# ===== castellan-${name}.hcl =====`);
    const files = readdirSync(new URL('../../deploy/vault', import.meta.url)).filter((file) => file.endsWith('.hcl'));
    expect(files.sort()).toEqual(policyNames.map((name) => `castellan-${name}.hcl`).sort());
  });

  it('prints the roles, which are Terraform that names every policy', async () => {
    const { out } = await vault('policy', '--roles');
    expect(out).toBe(shipped('roles.tf').trimEnd());
    const { body } = await parseHcl('roles.tf', vaultRoles());
    expect(body.blocks.map(({ type, labels }) => [type, ...labels].join(' '))).toEqual([
      'locals',
      'resource vault_policy castellan',
      'resource vault_approle_auth_backend_role castellan',
      'resource vault_kubernetes_auth_backend_role castellan',
      'resource vault_kubernetes_secret_backend_role castellan_reader',
      'resource vault_kubernetes_secret_backend_role castellan_lent',
    ]);
    for (const name of policyNames) expect(out).toContain(`"castellan-${name}"`);
    expect(out).not.toMatch(/token_no_default_policy\s*=\s*false|cluster-admin/);
  });

  it('fills in mounts, and denies what it denied for every other engine too', async () => {
    const { out } = await vault('policy', 'metadata', '--mount', 'secret', '--mount', 'team/secret/');
    const grants = await grantsOf(out);
    for (const mount of ['secret', 'team/secret']) {
      expect(grants.get(`${mount}/metadata/*`)).toEqual(['list', 'read']);
      expect(grants.get(`${mount}/subkeys/*`)).toEqual(['read']);
      expect(grants.get(`${mount}/data/*`)).toEqual(['deny']);
    }
    expect(grants.get('+/metadata/*')).toBeUndefined();
    expect(grants.get('+/data/*')).toEqual(['deny']);
    expect(grants.get('+/static-roles/*')).toEqual(['read']);
  });

  it('reads only wrapped, also by the mounts and roles that were filled in', async () => {
    const words = ['--mount', 'kv', '--kubernetes', 'clusters/home', '--lend', 'media-viewer', '--lend', 'backup'];
    const { out } = await vault('policy', 'requests', ...words);
    const { body } = await parseHcl('policy.hcl', `${out}\n`);
    const data = body.blocks.filter(({ labels }) => labels[0]?.includes('/data/'));
    expect(data.map(({ labels }) => labels[0])).toEqual(['kv/data/*']);
    expect(data[0]?.body.attributes.map(({ name }) => name)).toContain('min_wrapping_ttl');
    const grants = await grantsOf(out);
    expect(grants.get('clusters/home/creds/media-viewer')).toEqual(['create', 'update']);
    expect(grants.get('clusters/home/creds/backup')).toEqual(['create', 'update']);
    expect(out).toContain('["clusters/home/creds/media-viewer/*", "clusters/home/creds/backup/*"]');
    expect([...grants.keys()].filter((path) => path.includes('castellan-lent'))).toEqual([]);
    expect(out).not.toContain('"kubernetes/creds');
  });

  it.each([
    ['--mount', 'secret" { capabilities = ["sudo"] } path "x'],
    ['--mount', '+'],
    ['--mount', '*'],
    ['--mount', 'secret/*'],
    ['--mount', '../sys'],
    ['--mount', 'a//b'],
    ['--mount', ''],
    ['--kubernetes', '+'],
    ['--kubernetes', 'a\nb'],
    ['--lend', '*'],
    ['--lend', 'a/b'],
    ['--lend', '+'],
    ['--lend', '..'],
    ['castellan'],
  ])('takes nothing for a name that would be more than one: %s %j', async (...words) => {
    const { code, out } = await vault('policy', ...(words.length === 1 ? [] : ['requests']), ...words);
    expect(code).toBe(2);
    expect(out).toBe('');
  });

  it('grants the same whatever the names are, each below its own mount', async () => {
    const capabilitiesOf = (grants: ReadonlyMap<string, readonly unknown[]>) => [...grants.values()].map(String).sort();
    const plain = Object.fromEntries(
      await Promise.all(policyNames.map(async (name) => [name, capabilitiesOf(await grantsOf(vaultPolicy(name)))])),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.string().filter(isMount),
        fc.string({ maxLength: 20 }).filter(isRole),
        fc.constantFrom(...policyNames.filter((name) => name !== 'metadata')),
        async (mount, role, name) => {
          const text = vaultPolicy(name, { mounts: [mount], kubernetes: mount, lend: [role] });
          expect(capabilitiesOf(await grantsOf(text))).toEqual(plain[name]);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('what is shipped', () => {
  it('lets one policy read values, and none delete, destroy, or administer', async () => {
    for (const name of policyNames) {
      const grants = await grantsOf(vaultPolicy(name));
      const all = [...grants].flatMap(([path, can]) => can.map((one) => `${path} ${one}`));
      expect(
        all.filter((one) => / (?:sudo|delete|root)$/.test(one)),
        name,
      ).toEqual([]);
      expect(
        all.filter((one) => /(?:undelete|destroy|\/config)/.test(one)),
        name,
      ).toEqual([]);
      expect(
        all.filter((one) => /^sys\/(?!leases|wrapping|capabilities-self).* (?:create|update|patch)$/.test(one)),
      ).toEqual([]);
      const reads = grants.get('+/data/*')?.includes('read') === true;
      const isWrapped = vaultPolicy(name).includes('min_wrapping_ttl');
      expect(reads && !isWrapped, name).toBe(name === 'fingerprinter');
    }
  });

  it('gives no process two policies of which one is for another', () => {
    const roles = vaultRoles()
      .split('\n')
      .filter((line) => /^ +policies +=/.test(line));
    expect(roles).toHaveLength(4);
    for (const line of roles) {
      const who = ['metadata', 'fingerprinter', 'requests', 'memories'].filter((name) =>
        line.includes(`castellan-${name}`),
      );
      expect(who, line).toHaveLength(1);
    }
  });
});
