import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refusal } from '../../iac/git/origin.fixture.ts';
import { Secret } from '../../kit/index.ts';
import { linkPatch, standIn, wellOf } from './stand-in.fixture.ts';
import { placeWrapper } from './wrapper.ts';

describe('a tree', () => {
  it('that brings folders of the engine is refused', async () => {
    for (const path of ['.terraform/terraform.tfstate', '.terragrunt-cache/a/main.tf', 'terraform.tfstate.d/x']) {
      const at = await standIn({ [`stacks/mail/${path}`]: '{}' });
      expect((await refusal(at.plan())).code).toBe('profile-unusable');
      expect(at.commands).toEqual([]);
    }
  });

  it('in which the stack is a link, or missing, is refused', async () => {
    const at = await standIn();
    const tree = await at.repository.applyPatch(at.tree, linkPatch('stacks/post', 'mail'));
    expect((await refusal(at.plan({ tree, stack: 'stacks/post' }))).code).toBe('profile-unusable');
    for (const stack of ['stacks/none', '../..', 'stacks/../../..', '/etc']) {
      expect((await refusal(at.plan({ stack }))).code).toBe('profile-unusable');
    }
    expect(at.commands).toEqual([]);
  });

  it('whose backend holds a credential is refused, before anything is planned', async () => {
    const backends: readonly (readonly [object, string])[] = [
      [{ type: 'pg', config: { conn_str: 'postgres://a:b@192.0.2.1/x' } }, 'conn_str'],
      [{ type: 'http', config: { address: 'https://example.net', password: 'p' } }, 'password'],
      [{ type: 's3', config: { endpoints: { s3: 'https://a:b@example.net' } } }, 's3'],
      [{ type: 's3', config: { access_key: 'A' } }, 'access_key'],
      [{ type: 'azurerm', config: { sas_token: 's' } }, 'sas_token'],
      [{ type: 'remote', config: { workspaces: [{ name: 'a' }], token: 't' } }, 'token'],
    ];
    for (const [backend, name] of backends) {
      const at = await standIn();
      at.acts['init'] = ({ cwd }, outside) => {
        mkdirSync(outside(join(cwd, '.terraform')));
        writeFileSync(outside(join(cwd, '.terraform/terraform.tfstate')), JSON.stringify({ version: 3, backend }));
        return {};
      };
      expect(await refusal(at.plan())).toMatchObject({
        code: 'backend-credential',
        message: expect.stringMatching(`^${name} of`),
      });
      expect(at.commands).toHaveLength(1);
    }
  });

  it('whose backend cannot be read is refused', async () => {
    for (const text of ['{', '{"backend":[]}', ' '.repeat(1_000_001)]) {
      const at = await standIn();
      at.acts['init'] = ({ cwd }, outside) => {
        mkdirSync(outside(join(cwd, '.terraform')));
        writeFileSync(outside(join(cwd, '.terraform/terraform.tfstate')), text);
        return {};
      };
      expect((await refusal(at.plan())).code).toBe('profile-unusable');
    }
  });

  it('whose backend names only places is planned', async () => {
    const at = await standIn();
    const config = { conn_str: null, schema_name: 'mail', address: 'https://example.net/state', secret_suffix: 'mail' };
    at.acts['init'] = ({ cwd }, outside) => {
      mkdirSync(outside(join(cwd, '.terraform')));
      writeFileSync(
        outside(join(cwd, '.terraform/terraform.tfstate')),
        JSON.stringify({ backend: { type: 'pg', config } }),
      );
      return {};
    };
    wellOf(await at.plan());
  });
});

describe('the repository’s own script', () => {
  const runnerAt = (folder: string, script = 'scripts/tg') =>
    ({
      kind: 'wrapper',
      script,
      engine: join(folder, 'tofu'),
      engineKind: 'tofu',
      terragrunt: join(folder, 'terragrunt'),
    }) as const;

  it('is always the one of the trusted base, and gets init and plan as arguments', async () => {
    const at = await standIn({ 'scripts/tg': '#!/bin/sh\nbase\n' });
    const patch =
      'diff --git a/scripts/tg b/scripts/tg\n--- a/scripts/tg\n+++ b/scripts/tg\n@@ -1,2 +1,2 @@\n #!/bin/sh\n-base\n+evil\n';
    const tree = await at.repository.applyPatch(at.tree, patch);
    let script = '';
    at.acts['init'] = ({ argv, cwd }, outside) => {
      script = readFileSync(outside(argv[0]), 'utf8');
      expect(statSync(outside(argv[0])).mode & 0o777).toBe(0o755);
      mkdirSync(outside(join(cwd, '.terraform')));
      return {};
    };
    await at.plan({ tree, profile: { runner: runnerAt(at.folder) } });
    expect(script).toBe('#!/bin/sh\nbase\n');
    expect(at.commands[0]?.argv.slice(0, 2)).toEqual(['/work/scripts/tg', 'init']);
    expect(at.commands[0]?.binds.map(({ to }) => to)).toContain('/castellan/bin/terragrunt');
  });

  it('that is a link, lies behind one, or is not there, is refused', async () => {
    const linked = await standIn({ 'scripts/tg': 'x' });
    for (const script of ['scripts/none', '../scripts/tg', '/bin/sh']) {
      expect((await refusal(linked.plan({ profile: { runner: runnerAt(linked.folder, script) } }))).code).toBe(
        'profile-unusable',
      );
    }
    const removed =
      'diff --git a/scripts/tg b/scripts/tg\ndeleted file mode 100644\n--- a/scripts/tg\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n\\ No newline at end of file\n';
    const evil = await linked.repository.applyPatch(linked.tree, `${removed}${linkPatch('scripts', '/usr/bin')}`);
    const { code } = await refusal(linked.plan({ tree: evil, profile: { runner: runnerAt(linked.folder) } }));
    expect(code).toBe('profile-unusable');
    expect(linked.commands).toEqual([]);
  });
});

describe('a profile', () => {
  it('cannot set what belongs to the planner', async () => {
    const names = [
      'PATH',
      'LD_PRELOAD',
      'TF_LOG',
      'TF_LOG_PATH',
      'TF_CLI_ARGS_plan',
      'TF_CLI_CONFIG_FILE',
      'PG_CONN_STR',
      'PGHOST',
    ];
    for (const name of [...names, 'TF_REATTACH_PROVIDERS', 'TG_TF_PATH', 'GIT_SSH_COMMAND', 'TF_DATA_DIR']) {
      const at = await standIn();
      expect((await refusal(at.plan({ profile: { env: { [name]: 'x' } } }))).message).toContain(name);
      expect((await refusal(at.plan({ profile: { credentials: { [name]: new Secret('x') } } }))).code).toBe(
        'profile-unusable',
      );
    }
  });

  it('whose programs or mirror are not there is refused', async () => {
    const at = await standIn();
    expect(
      (await refusal(at.plan({ profile: { runner: { kind: 'tofu', program: join(at.folder, 'none') } } }))).code,
    ).toBe('profile-unusable');
    expect((await refusal(at.plan({ profile: { providerMirror: join(at.folder, 'none') } }))).code).toBe(
      'profile-unusable',
    );
  });
});

describe('a script of the trusted base', () => {
  it('that is a link is refused', async () => {
    const at = await standIn({ 'real/tg': 'x' });
    const base = await at.repository.applyPatch(at.tree, linkPatch('tg', 'real/tg'));
    const clone = join(at.work, 'clone');
    await at.repository.checkOut(base, clone);
    expect((await refusal(placeWrapper(at.repository, base, clone, 'tg'))).code).toBe('profile-unusable');
  });
});
