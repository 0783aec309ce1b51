import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlannedChange } from '../plan/reading.ts';
import { type RiskLevel, riskLevels } from '../wire/run.ts';
import type { Case } from './cases.fixture.ts';
import { dangerousCases } from './dangerous-cases.fixture.ts';
import { otherCases } from './other-cases.fixture.ts';
import { changeOf, deployment, manifestChange, object, planOf, riskOf, shippedRules } from './plan.fixture.ts';

const rank = (level: RiskLevel): number => riskLevels.indexOf(level);
/** What hides may be critical at most: denied is only what is known. */
const hidden = (level: RiskLevel): number => Math.min(rank(level), rank('critical'));
const isChanges = (one: Case): one is readonly PlannedChange[] => !('level' in one);

/** Every change that any rule has a case of: a fair sample of what plans hold. */
const changes = [...Object.values(dangerousCases), ...Object.values(otherCases)].flatMap(({ hits, misses }) =>
  [...hits, ...misses].filter(isChanges).flatMap((one) => one.slice(0, 2)),
);
const anyChange = fc.constantFrom(...changes);
const anyChanges = fc.array(anyChange, { maxLength: 12 });

const untouched = (change: (typeof changes)[number]): typeof change => ({
  ...change,
  action: 'no-op',
  after: change.before,
  afterSensitive: change.beforeSensitive,
  afterUnknown: false,
  importing: false,
  previousAddress: undefined,
  replacePaths: [],
});

describe('the level of a plan', () => {
  it('is the highest of its reasons', () => {
    fc.assert(
      fc.property(anyChanges, (some) => {
        const { level, reasons } = riskOf(planOf(some));
        expect(rank(level)).toBe(Math.max(0, ...reasons.map((reason) => rank(reason.level))));
      }),
    );
  });

  it('is not lowered by one change more', () => {
    fc.assert(
      fc.property(anyChanges, anyChange, (some, more) => {
        // What it was before is known to the plan in either case: images of a registry in use are no new ones.
        const { level } = riskOf(planOf([...some, ...(more.before === null ? [] : [untouched(more)])]));
        expect(rank(riskOf(planOf([...some, more])).level)).toBeGreaterThanOrEqual(rank(level));
      }),
    );
  });

  it('is not lowered by a manifest that is known after the apply only, or cannot be read', () => {
    const veiled = ['unknown', 'unreadable'] as const;
    fc.assert(
      fc.property(anyChange, fc.constantFrom(...veiled), (change, how) => {
        const { after, type } = change;
        if (type !== 'kubectl_manifest' || after === null) return;
        const veil =
          how === 'unknown' ? { after: {}, afterUnknown: { yaml_body: true } } : { after: { yaml_body: '{' } };
        const { level } = riskOf(planOf([change]));
        expect(rank(riskOf(planOf([{ ...change, ...veil }])).level)).toBeGreaterThanOrEqual(hidden(level));
      }),
      { numRuns: 500 },
    );
  });

  it('is not lowered by an attribute that is known after the apply only', () => {
    const named = changes.filter(({ type, after }) => type !== 'kubectl_manifest' && after !== null);
    fc.assert(
      fc.property(fc.constantFrom(...named), (change) => {
        const { after } = change;
        if (typeof after !== 'object' || after === null || Array.isArray(after)) return;
        const { level } = riskOf(planOf([change]));
        for (const key of Object.keys(after)) {
          const veil = { ...change, after: { ...after, [key]: null }, afterUnknown: { [key]: true } };
          expect(rank(riskOf(planOf([veil])).level)).toBeGreaterThanOrEqual(hidden(level));
        }
      }),
    );
  });

  it('is low without a reason when nothing changes', () => {
    expect(riskOf(planOf([changeOf('terraform_data', 'no-op'), changeOf('http', 'read', { mode: 'data' })]))).toEqual({
      level: 'low',
      reasons: [],
    });
  });
});

describe('what is not known', () => {
  const rulesOf = (some: readonly PlannedChange[], more = {}): readonly string[] =>
    riskOf(planOf(some), more).reasons.map(({ rule, level }) => `${level} ${rule}`);
  const typed = (
    after: PlannedChange['after'],
    afterUnknown: PlannedChange['afterUnknown'],
  ): readonly PlannedChange[] => [changeOf('kubernetes_deployment_v1', 'create', { after, afterUnknown })];

  it('is judged as the worst that a rule looks for there', () => {
    const metadata = [{ name: 'a', namespace: 'b' }];
    const spec = (value: unknown) => [{ template: [{ spec: [{ host_network: value }] }] }];
    const known = typed({ metadata, spec: spec(false) as never }, {});
    const unknown = typed({ metadata, spec: spec(null) as never }, { spec: spec(true) as never });
    expect(rulesOf(known)).toEqual(['low added-or-changed']);
    expect(rulesOf(unknown)).toEqual(['high unknown-value', 'low added-or-changed']);
  });

  it('raises what is known by a class at least', () => {
    const before = deployment();
    const after = { yaml_body: JSON.stringify(object('Service')) };
    const change = changeOf('kubectl_manifest', 'update', { before: { yaml_body: JSON.stringify(before) }, after });
    expect(rulesOf([{ ...change, after: {}, afterUnknown: { yaml_body: true } }])[0]).toMatch(
      /^critical unknown-value/,
    );
  });

  it('does not count where no rule looks', () => {
    const create = changeOf('terraform_data', 'create', {
      after: { input: 'a' },
      afterUnknown: { id: true, output: true },
    });
    expect(rulesOf([create])).toEqual(['low added-or-changed']);
  });

  it('is a manifest that cannot be read', () => {
    const change = changeOf('kubectl_manifest', 'delete', { before: { yaml_body: 'a: [' } });
    expect(rulesOf([change])[0]).toBe('critical unknown-manifest');
  });

  it('is what a manifest of several objects, or one without end, means', () => {
    const several = 'kind: ConfigMap\n---\nkind: Namespace\n';
    const tenfold = (of: string): string => Array.from({ length: 10 }, () => `*${of}`).join(', ');
    const laughing = Array.from({ length: 9 }, (_, index) => `a${index + 1}: &a${index + 1} [${tenfold(`a${index}`)}]`);
    const endless = ['a0: &a0 [x]', ...laughing].join('\n');
    const circular = 'kind: &k {again: [*k]}';
    for (const yaml_body of [several, endless, circular]) {
      expect(rulesOf([changeOf('kubectl_manifest', 'create', { after: { yaml_body } })])[0]).toMatch(
        / unknown-manifest$/,
      );
    }
  });

  it('is a kind of resource nobody here knows that goes', () => {
    expect(rulesOf([changeOf('strange_thing', 'delete')])).toEqual(['critical unknown-type', 'high taken']);
    expect(rulesOf([changeOf('terraform_data', 'delete')])).toEqual(['high taken']);
    expect(rulesOf([manifestChange('delete', object('Peculiar'), null)])).toEqual([
      'critical unknown-type',
      'high taken',
    ]);
  });

  it('is the backup of a volume that goes', () => {
    const volume = (newestBackup: string) => ({
      blastRadius: {
        stacks: [],
        resources: [],
        hosts: [],
        volumes: [{ claim: 'a/b', size: '1Gi', newestBackup }],
        unknown: [],
      },
    });
    const replaced = [manifestChange('replace', deployment(), deployment())];
    expect(rulesOf(replaced, volume('2026-03-01T02:00:00.000Z'))).toEqual(['high taken']);
    for (const none of ['unknown: nobody can say', 'none that the cluster tells of']) {
      expect(rulesOf(replaced, volume(none))[0]).toBe('critical unknown-backup');
    }
  });

  it('is an image whose name no registry takes, and which was made to keep a pattern busy', () => {
    const image = `${':1@'.repeat(200_000)}\n`;
    expect(rulesOf([manifestChange('update', deployment(), deployment({ image }))])[0]).toMatch(/ unknown-value$/);
  });

  it('never denies', () => {
    const before = { yaml_body: 'a: [' };
    expect(riskOf(planOf([changeOf('kubectl_manifest', 'delete', { before })])).level).toBe('critical');
  });
});

describe('the reasons', () => {
  it('name what denies first, then what destroys, then the rest by level', () => {
    const plan = planOf(
      [
        manifestChange('create', null, object('Secret')),
        manifestChange('delete', object('PersistentVolumeClaim'), null),
        manifestChange('delete', object('ConfigMap'), null),
        manifestChange('create', null, object('Service')),
      ],
      { errored: true },
    );
    expect(riskOf(plan).reasons.map(({ rule }) => rule)).toEqual([
      'plan-errored',
      'volume-taken',
      'taken',
      'secret-changed',
      'added-or-changed',
    ]);
  });

  it('come once a rule, with the addresses of all it is about and no more than a reader takes in', () => {
    const secrets = Array.from({ length: 5 }, (_, index) => ({
      ...manifestChange('create', null, object('Secret')),
      address: `module.a["${index}"].kubectl_manifest.secret_${index % 4}[${index}]`,
    }));
    const { reasons } = riskOf(planOf([...secrets, ...secrets]));
    expect(reasons.filter(({ rule }) => rule === 'secret-changed')).toEqual([
      {
        rule: 'secret-changed',
        level: 'high',
        text: 'A secret is written: module.a.kubectl_manifest.secret_0, module.a.kubectl_manifest.secret_1, module.a.kubectl_manifest.secret_2 and 1 more',
      },
    ]);
  });

  it('hold no value and no instance key', () => {
    const secret = `zz${randomBytes(12).toString('hex')}`;
    const planted = { ...deployment({ image: `${secret}:latest` }), metadata: { name: secret, namespace: secret } };
    const some = (['create', 'update', 'replace', 'delete'] as const).map((action) => ({
      ...manifestChange(action, action === 'create' ? null : planted, action === 'delete' ? null : planted),
      address: `kubectl_manifest.it["${secret}"]["\\"]${secret}"]`,
      afterUnknown: { [secret]: true },
    }));
    const plan = planOf(some, { secrets: new Set([secret]), drift: some });
    expect(JSON.stringify(riskOf(plan))).not.toContain(secret);
  });

  it('are printed by whoever knows which keys may be seen', () => {
    const { reasons } = riskOf(planOf([manifestChange('create', null, object('Secret'))]), {
      printAddress: () => 'somewhere',
    });
    expect(reasons[0]?.text).toBe('A secret is written: somewhere');
  });
});

describe('the shipped rules', () => {
  it('say no more than a sentence', () => {
    for (const { sentence } of shippedRules.rules) expect(sentence).toMatch(/^[A-Z][^.]*$/);
  });
});
