import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { planSummary } from '../wire/run.ts';
import {
  claimReplaced,
  deployment,
  deploymentChange,
  machineReplaced,
  manifestChange,
  namespaceDeleted,
  providerChange,
  recordCreated,
  releaseChange,
  secretChange,
  vaultMountDeleted,
  vaultPolicyChange,
  vaultSecretChange,
  workload,
} from './homelab.fixture.ts';
import { maskPlan } from './mask-plan.ts';
import { drawSecret, optionsWith, planJson, shown, type WrittenChange } from './plan.fixture.ts';
import { readPlan } from './read-plan.ts';

/** As the protocol takes it. */
const masked = planSummary.omit({ risk: true, blastRadius: true, conventions: true });

const first = (changes: readonly WrittenChange[], source = {}) => shown(changes, source).changes[0];

describe('a change of a workload', () => {
  it('in a manifest is the field that changed, with the place it is written at', () => {
    const literals = ['64Mi', '96Mi', 'relay', 'mail', 'Deployment'];
    expect(first([manifestChange(workload('64Mi'), workload('96Mi'))], { literals })).toEqual({
      address: 'kubectl_manifest.relay',
      action: 'update',
      object: 'Deployment mail/relay',
      notes: [],
      place: { file: 'stacks/mail/main.tf', line: 7 },
      leaves: [
        {
          path: 'yaml_body.spec.template.spec.containers[relay].resources.limits.memory',
          before: '64Mi',
          after: '96Mi',
          place: { file: 'stacks/mail/main.tf', line: 7 },
        },
      ],
      more: 0,
    });
  });

  it('in a manifest says no value that is not literal, and no path that leads to none', () => {
    expect(first([manifestChange(workload('64Mi'), workload('96Mi'))])?.leaves).toEqual([
      { path: 'yaml_body.…', before: '«sensitive»', after: '«sensitive»' },
    ]);
  });

  it('whose environment comes from elsewhere tells which variable, and not what it is', () => {
    const password = drawSecret();
    const env = (value: string) => [{ name: 'RELAY_MODE', value }];
    const change = manifestChange(workload('64Mi', env('old')), workload('64Mi', env(password)));
    const leaves = first([change], {
      literals: ['RELAY_MODE', 'relay'],
      paths: ['yaml_body/spec/template/spec/containers/0/env/0/value'],
    })?.leaves;
    expect(leaves).toEqual([
      {
        path: 'yaml_body.spec.template.spec.containers[relay].env[RELAY_MODE].value',
        before: '«sensitive»',
        after: '«sensitive»',
      },
    ]);
  });

  it('in blocks of its own is the field that changed', () => {
    const of = (image: string) => deployment({ image, memory: '64Mi', env: [] });
    const change = first([deploymentChange(of('relay:1'), of('relay:2'))], {
      literals: ['relay:1', 'relay:2', 'relay', 'mail'],
    });
    expect(change?.object).toBe('Deployment mail/relay');
    expect(change?.leaves).toMatchObject([
      { path: 'spec[0].template[0].spec[0].container[relay].image', before: 'relay:1', after: 'relay:2' },
    ]);
  });
});

describe('changes of the types a homelab has', () => {
  const everything = { literals: '*' } as const;

  it('a Secret shows nothing of its data, though all of it were literal', () => {
    const [old, fresh] = [drawSecret(), drawSecret()];
    const change = first([secretChange(old, fresh)], everything);
    expect(change?.leaves).toEqual([{ path: 'data', before: '«sensitive»', after: '«sensitive»' }]);
  });

  it('a Secret written as a manifest shows nothing of itself', () => {
    const secret = (value: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a' },
      data: { password: value },
    });
    const change = first([manifestChange(secret(drawSecret()), secret(drawSecret()))], everything);
    expect(change?.leaves).toEqual([{ path: 'yaml_body', before: '«sensitive»', after: '«sensitive»' }]);
  });

  it('a claim that is replaced says why, by a path and no value', () => {
    expect(first([claimReplaced()], everything)).toMatchObject({
      action: 'replace',
      object: 'PersistentVolumeClaim mail/mail-data',
      reason: 'replace_because_cannot_update',
      notes: ['replaced because of spec.…'],
      leaves: [{ path: 'spec[0].resources[0].requests.storage', before: '20Gi', after: '10Gi' }],
    });
  });

  it('a namespace that goes', () => {
    expect(first([namespaceDeleted()], everything)).toMatchObject({ action: 'delete', object: 'Namespace mail' });
  });

  it('a release shows what changes among its values', () => {
    const values = (memory: string) => stringify({ resources: { limits: { memory } }, ingress: { enabled: true } });
    expect(first([releaseChange(values('1Gi'), values('2Gi'))], everything)?.leaves).toMatchObject([
      { path: 'values[0].resources.limits.memory', before: '1Gi', after: '2Gi' },
    ]);
  });

  it('a secret of Vault shows nothing of what it keeps', () => {
    const change = first([vaultSecretChange(drawSecret(), drawSecret())], everything);
    expect(change?.leaves).toEqual([
      { path: 'data', before: '«sensitive»', after: '«sensitive»' },
      { path: 'data_json', before: '«sensitive»', after: '«sensitive»' },
    ]);
  });

  it('a policy and a mount of Vault, a record, a provider and a machine', () => {
    const changes = [
      vaultPolicyChange('path "secret/*" { capabilities = ["read"] }', 'path "*" { capabilities = ["sudo"] }'),
      vaultMountDeleted(),
      recordCreated(),
      providerChange(drawSecret()),
      machineReplaced(),
    ];
    const summary = shown(changes, everything);
    expect(summary.counts).toMatchObject({ create: 1, update: 2, delete: 1, replace: 1 });
    expect(
      summary.changes.map(({ address, leaves }) => [address, leaves.map(({ path, after }) => `${path} → ${after}`)]),
    ).toEqual([
      ['vault_mount.kv', ['options.version → undefined', 'path → undefined', 'type → undefined']],
      ['proxmox_virtual_environment_vm.worker', ['node_name → birch']],
      ['authentik_provider_oauth2.wiki', ['access_token_validity → minutes=10']],
      ['vault_policy.reader', ['policy → path "*" { capabilities = ["sudo"] }']],
      [
        'cloudflare_record.mail',
        ['content → 192.0.2.10', 'hostname → «known after apply»', 'name → mail', 'proxied → false', 'type → A'],
      ],
    ]);
  });

  it('what is new shows what its source says, and not what its provider fills in', () => {
    const change = manifestChange(
      undefined,
      workload('64Mi', [{ name: 'API_KEY', valueFrom: { secretKeyRef: { name: 'relay' } } }]),
    );
    const leaves =
      first([change], { literals: ['relay', 'API_KEY', '64Mi'], paths: ['yaml_body'] })?.leaves.map(
        ({ path }) => path,
      ) ?? [];
    expect(leaves).toContain('yaml_body.spec.template.spec.containers[relay].env[API_KEY].valueFrom.secretKeyRef.name');
    expect(leaves.every((path) => path.startsWith('yaml_body.'))).toBe(true);
  });

  it('a literal whose name says it is a password is not shown', () => {
    const change = (password: string): WrittenChange => ({
      address: 'example_user.a',
      actions: ['update'],
      before: { password: drawSecret(), env: [{ name: 'DB_PASSWORD', value: drawSecret() }] },
      after: { password, env: [{ name: 'DB_PASSWORD', value: password }] },
    });
    const summary = shown([change(drawSecret())], everything);
    expect(summary.changes[0]?.leaves.map(({ after }) => after)).toEqual(['«sensitive»', '«sensitive»']);
  });
});

describe('what is done to a resource', () => {
  const change = (more: Partial<WrittenChange>): WrittenChange => ({
    address: 'terraform_data.a',
    actions: ['no-op'],
    before: { input: 'x' },
    after: { input: 'x' },
    ...more,
  });

  it('is not told when nothing is', () => {
    expect(shown([change({})]).changes).toEqual([]);
  });

  it.each<[string, Partial<WrittenChange>, string]>([
    ['imported', { importing: { id: 'pool/disk' } }, 'brings in what exists'],
    ['moved', { more: { previous_address: 'terraform_data.old' } }, 'moved'],
    ['forgotten', { actions: ['forget'] }, 'it is no longer managed, and stays'],
    ['replaced and forgotten', { actions: ['create', 'forget'] }, 'the old one is no longer managed, and stays'],
    [
      'a leftover',
      { actions: ['delete'], more: { deposed: '0a1b2c3d' } },
      'a leftover of an earlier replacement that did not finish',
    ],
    [
      'tainted',
      { actions: ['delete', 'create'], more: { action_reason: 'replace_because_tainted' } },
      'it is tainted: an earlier apply did not finish it',
    ],
    ['created first', { actions: ['create', 'delete'] }, 'the new one is created before the old one is deleted'],
  ])('is told when it is %s', (_what, more, note) => {
    const [told] = shown([change(more)]).changes;
    expect(told?.notes).toContain(note);
    expect(JSON.stringify(told)).not.toMatch(/pool|0a1b2c3d/);
  });

  it('is counted', () => {
    const actions = [
      ['create'],
      ['update'],
      ['delete'],
      ['delete', 'create'],
      ['forget'],
      ['create', 'forget'],
      ['read'],
      ['no-op'],
    ];
    const changes = actions.map((one, index) => change({ address: `terraform_data.a${index}`, actions: one }));
    expect(
      shown([
        ...changes,
        change({ address: 'terraform_data.b', importing: {} }),
        change({ address: 'terraform_data.c', more: { previous_address: 'x.y' } }),
      ]).counts,
    ).toEqual({
      create: 1,
      update: 1,
      delete: 1,
      replace: 1,
      forget: 2,
      import: 1,
      move: 1,
      read: 1,
    });
  });

  it('is told in one order: what loses something first, then by address', () => {
    const changes = ['read', 'create', 'update', 'forget', 'delete'].flatMap((action) =>
      ['z', 'a'].map((name) =>
        change({ address: `terraform_data.${name}_${action}`, actions: [action], after: { input: 'y' } }),
      ),
    );
    const told = shown(changes).changes.map(({ address }) => address.replace('terraform_data.', ''));
    expect(told).toEqual([
      'a_delete',
      'z_delete',
      'a_forget',
      'z_forget',
      'a_update',
      'z_update',
      'a_create',
      'z_create',
      'a_read',
      'z_read',
    ]);
    expect(shown(changes.toReversed()).changes.map(({ address }) => address.replace('terraform_data.', ''))).toEqual(
      told,
    );
  });
});

describe('the rest of a plan', () => {
  it('is told: drift by attribute, outputs, checks that did not pass, what waits, what runs', () => {
    const summary = shown(
      [],
      { literals: ['https://wiki.example.net'] },
      {
        resource_drift: [
          {
            address: 'a.b',
            mode: 'managed',
            type: 'a',
            name: 'b',
            change: { actions: ['update'], before: { tags: 'x', size: 1 }, after: { tags: 'y', size: 1 } },
          },
        ],
        output_changes: {
          url: { actions: ['update'], before: 'x', after: 'https://wiki.example.net' },
          made: { actions: ['create'], after: drawSecret() },
          later: { actions: ['create'], after_unknown: true },
          hidden: { actions: ['create'], after: 'abcdefgh', after_sensitive: true },
          same: { actions: ['no-op'], before: 'x', after: 'x' },
        },
        checks: [
          {
            address: { to_display: 'check.up' },
            status: 'fail',
            instances: [{ address: { to_display: 'check.up' }, status: 'fail', problems: [{ message: 'it is down' }] }],
          },
          { address: { to_display: 'check.fine' }, status: 'pass' },
        ],
        deferred_changes: [{ reason: 'provider_config_unknown', resource_change: { address: 'a.c' } }],
        action_invocations: [
          { address: 'action.a.b', type: 'a', lifecycle_action_trigger: { action_trigger_event: 'after_update' } },
        ],
        configuration: {
          root_module: { resources: [{ address: 'a.b', expressions: {}, provisioners: [{ type: 'local-exec' }] }] },
        },
      },
    );
    expect(summary).toMatchObject({
      drift: [{ address: 'a.b', action: 'update', paths: ['tags'] }],
      outputs: [
        { name: 'url', value: 'https://wiki.example.net' },
        { name: 'made', value: '«computed»' },
        { name: 'later', value: '«known after apply»' },
        { name: 'hidden', value: '«sensitive»' },
      ],
      checks: [{ address: 'check.up', status: 'fail', problems: ['«computed»'] }],
      deferred: ['a.c: provider_config_unknown'],
      executes: ['provisioner local-exec of a.b', 'action action.a.b (a), after_update'],
    });
  });
});

describe('a large plan', () => {
  const large = (count: number, leaves: number): WrittenChange[] =>
    Array.from({ length: count }, (_, index) => ({
      address: `module.${'long'.repeat(20)}.terraform_data.a${String(index).padStart(5, '0')}`,
      actions: ['update'],
      before: Object.fromEntries(Array.from({ length: leaves }, (_unused, leaf) => [`a${leaf}`, 'x'.repeat(300)])),
      after: Object.fromEntries(Array.from({ length: leaves }, (_unused, leaf) => [`a${leaf}`, 'y'.repeat(300)])),
    }));

  it('is cut, and says by how much', () => {
    const summary = shown(large(300, 60), { literals: '*' });
    expect(summary.counts.update).toBe(300);
    expect(summary.changes.length).toBeLessThanOrEqual(200);
    expect(summary.changes.length + (summary.moreChanges ?? 0)).toBe(300);
    for (const change of summary.changes) {
      expect(change.leaves.length).toBeLessThanOrEqual(40);
      expect(change.leaves.length + change.more).toBe(60);
    }
    expect(summary.changes[0]?.leaves[0]?.after?.length).toBe(200);
    expect(Buffer.byteLength(JSON.stringify(summary))).toBeLessThanOrEqual(64 * 1_024);
    expect(masked.parse(summary)).toEqual(summary);
  });

  it('of one change shows what it can of it', () => {
    expect(shown(large(1, 60), { literals: '*' }).changes[0]).toMatchObject({ leaves: { length: 40 }, more: 20 });
  });
});

describe('the digest that leaves', () => {
  it('is keyed: without the key nobody can try guesses at what it is made of', () => {
    const reading = readPlan(planJson([recordCreated()]));
    const options = optionsWith();
    const one = maskPlan(reading, options).digest;
    expect(maskPlan(reading, options).digest).toBe(one);
    expect(maskPlan(reading, { ...options, digestKey: 'another' }).digest).not.toBe(one);
  });
});
