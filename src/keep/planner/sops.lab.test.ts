import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import { mirrored, refusal } from '../../iac/git/origin.fixture.ts';
import { decryptState, decryptStateApart, encryptState } from './sops.ts';
import { linkPatch } from './stand-in.fixture.ts';

const never = new AbortController().signal;
const sops = {
  age: [{ recipient: 'age1', enc: 'x' }],
  lastmodified: 'x',
  mac: 'x',
  version: '3.9.0',
  kms: null,
  pgp: [],
};
const encrypted = 'state/mail/terraform.tfstate.enc';

/** A clone with that content, and a program instead of sops. */
async function prepared(content: object, script = 'cat "$6"; echo "$@" > "$0.argv"; env > "$0.env"') {
  const { origin, repository, tree } = await mirrored({ [encrypted]: JSON.stringify(content) });
  const clone = join(origin.folder, 'clone');
  await repository.checkOut(tree, clone);
  const program = join(origin.folder, 'sops');
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o700);
  const source = {
    kind: 'sops',
    encrypted: 'state/{name}/terraform.tfstate.enc',
    plain: 'state/{name}/terraform.tfstate',
    sops: program,
    ageKeyFile: '/keys/age.key',
  } as const;
  const decrypt = async (more: Partial<typeof source> = {}, stack = 'stacks/mail') =>
    decryptState({ ...source, ...more }, { repository, files: await repository.files(tree), stack, clone }, never);
  return { repository, tree, clone, program, decrypt, source };
}

describe('an encrypted state', () => {
  it('is decrypted into the clone, by arguments and with nothing of the environment', async () => {
    const { clone, program, decrypt } = await prepared({ lineage: 'ENC[x]', sops });
    const plain = join(clone, 'state/mail/terraform.tfstate');
    expect((await decrypt())?.toString()).toBe(readFileSync(plain, 'utf8'));
    expect(statSync(plain).mode & 0o777).toBe(0o600);
    expect(readFileSync(`${program}.argv`, 'utf8').trim()).toBe(
      `decrypt --input-type json --output-type json ${join(clone, encrypted)}`,
    );
    const env = readFileSync(`${program}.env`, 'utf8')
      .split('\n')
      .map((line) => line.split('=')[0]);
    const ours = env.filter((name) => name !== '' && !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(name ?? ''));
    expect(ours.sort()).toEqual(['HOME', 'PATH', 'SOPS_AGE_KEY_FILE']);
  });

  it('of bytes is told from one of JSON', async () => {
    const { program, decrypt } = await prepared({ data: 'ENC[x]', sops });
    await decrypt();
    expect(readFileSync(`${program}.argv`, 'utf8')).toContain('--input-type binary --output-type binary');
  });

  it('that is not there is no state', async () => {
    const { decrypt } = await prepared({ lineage: 'ENC[x]', sops });
    expect(await decrypt({}, 'stacks/new')).toBeUndefined();
  });

  it('that names a key service, or anything that is not known, is refused and never given to sops', async () => {
    const service = [{ vault_address: 'https://192.0.2.66', engine_path: 'transit', key_name: 'k', enc: 'x' }];
    const names = ['kms', 'gcp_kms', 'hckms', 'azure_kv', 'hc_vault', 'pgp', 'key_groups', 'something_new'];
    for (const content of [
      ...names.map((name) => ({ lineage: 'x', sops: { ...sops, [name]: service } })),
      { lineage: 'x', sops: { ...sops, age: [] } },
      { lineage: 'x' },
      [],
    ]) {
      const { program, decrypt } = await prepared(content);
      expect((await refusal(decrypt())).code).toBe('state-unreadable');
      expect(existsSync(`${program}.argv`)).toBe(false);
    }
  });

  it('that sops cannot decrypt is refused, without its words', async () => {
    const { decrypt } = await prepared({ lineage: 'ENC[x]', sops }, 'echo words; exit 1');
    const { code, message } = await refusal(decrypt());
    expect([code, message.includes('words')]).toEqual(['state-unreadable', false]);
    expect((await refusal(decrypt({ sops: '/nonexistent/sops' } as object))).code).toBe('state-unreadable');
  });

  it('that is a link is refused, and a plain one is never written through one', async () => {
    const { repository, tree, clone, source, decrypt } = await prepared({ lineage: 'ENC[x]', sops });
    const linked = await repository.applyPatch(tree, linkPatch('state/other.enc', '/etc/passwd'));
    const from = { repository, files: await repository.files(linked), stack: 'stacks/other', clone };
    const link = { ...source, encrypted: 'state/{name}.enc' };
    expect((await refusal(decryptState(link, from, never))).code).toBe('state-unreadable');
    const outside = join(clone, '..', 'outside');
    symlinkSync(join(clone, '..'), join(clone, 'out'));
    for (const plain of ['out/outside', '../outside', 'state/../../outside']) {
      expect((await refusal(decrypt({ plain } as object))).code).toBe('profile-unusable');
    }
    expect(existsSync(outside)).toBe(false);
    writeFileSync(outside, 'mine');
    symlinkSync(outside, join(clone, 'state/mail/terraform.tfstate'));
    await decrypt();
    expect(readFileSync(outside, 'utf8')).toBe('mine');
  });
});

describe('a state that goes back into the tree', () => {
  const scratchOf = (clone: string): string => {
    const scratch = join(clone, '..', 'scratch');
    mkdirSync(scratch);
    return scratch;
  };
  const tell = 'echo "$@" > "$0.argv"; echo sealed';

  it('is encrypted for whom, and in the manner in which, it was', async () => {
    const age = [
      { recipient: 'age1first', enc: 'x' },
      { recipient: 'age1second', enc: 'x' },
    ];
    const said = { ...sops, age, unencrypted_suffix: '_plain', encrypted_regex: '^(data|$x)$' };
    const { repository, tree, clone, program, source } = await prepared({ lineage: 'ENC[x]', sops: said }, tell);
    const from = { repository, files: await repository.files(tree), stack: 'stacks/mail', clone: scratchOf(clone) };
    const { path, bytes } = await encryptState(source, Buffer.from('{}'), from, never);
    expect([path, bytes.toString()]).toEqual([encrypted, 'sealed\n']);
    expect(readFileSync(`${program}.argv`, 'utf8').trim()).toBe(
      'encrypt --age age1first,age1second --unencrypted-suffix=_plain --encrypted-regex=^(data|$x)$ ' +
        `--input-type json --output-type json ${join(clone, '../scratch/state/mail/terraform.tfstate')}`,
    );
    expect(existsSync(join(clone, 'state/mail/terraform.tfstate'))).toBe(false);
  });

  it('for the first time is encrypted for the key of the profile', async () => {
    const { repository, tree, clone, program, source } = await prepared({ lineage: 'ENC[x]', sops }, tell);
    const identity = await generateX25519Identity();
    const ageKeyFile = join(clone, '..', 'age.key');
    writeFileSync(ageKeyFile, `# made today\n${identity}\n`);
    const from = { repository, files: await repository.files(tree), stack: 'stacks/new', clone: scratchOf(clone) };
    const { path } = await encryptState({ ...source, ageKeyFile }, Buffer.from('{}'), from, never);
    expect(path).toBe('state/new/terraform.tfstate.enc');
    const argv = readFileSync(`${program}.argv`, 'utf8');
    expect(argv).toContain(`encrypt --age ${await identityToRecipient(identity)} --input-type json`);
    expect(argv).not.toContain(identity);
  });

  it('is never given for a file that names a key service, nor quietly left plain', async () => {
    const kms = [{ arn: 'x' }];
    const { repository, tree, clone, source } = await prepared({ lineage: 'ENC[x]', sops: { ...sops, kms } }, tell);
    const from = { repository, files: await repository.files(tree), stack: 'stacks/mail', clone: scratchOf(clone) };
    expect((await refusal(encryptState(source, Buffer.from('{}'), from, never))).code).toBe('state-unreadable');
    const failing = await prepared({ lineage: 'ENC[x]', sops }, 'exit 1');
    const files = await failing.repository.files(failing.tree);
    const there = { ...from, files, repository: failing.repository };
    expect((await refusal(encryptState(failing.source, Buffer.from('{}'), there, never))).code).toBe(
      'state-unreadable',
    );
  });

  it('is read from a tree that is not checked out', async () => {
    const { repository, tree, clone, source } = await prepared({ lineage: 'ENC[x]', sops });
    const from = { repository, files: await repository.files(tree), stack: 'stacks/mail', clone: scratchOf(clone) };
    expect((await decryptStateApart(source, from, never))?.toString()).toContain('ENC[x]');
    expect(await decryptStateApart(source, { ...from, stack: 'stacks/new' }, never)).toBeUndefined();
    expect(existsSync(join(clone, 'state/mail/terraform.tfstate'))).toBe(false);
  });
});
