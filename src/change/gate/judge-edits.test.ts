import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileMode, TreeChange } from '../../iac/repository.ts';
import { added, blob, change, judge, open, policy, removed, rulesOf } from './changes.fixture.ts';

describe('the edit gate', () => {
  it('lets a plain file inside the globs through', () => {
    expect(judge([change('stacks/mail/main.tf'), added('stacks/mail/values/a.yaml')])).toEqual([]);
    expect(judge([])).toEqual([]);
  });

  it('asks for consent for whatever no glob allows', () => {
    for (const path of [
      'README.md',
      'docs/a.yaml',
      'stacks/main.tf',
      'stacks/mail/main.txt',
      'other/stacks/mail/main.tf',
    ]) {
      expect(rulesOf([change(path)]), path).toEqual(['edit-outside']);
    }
  });

  it('does not let a glob without a dot open what begins with one', () => {
    expect(rulesOf([added('stacks/mail/.hidden.tf')])).toContain('edit-outside');
    expect(rulesOf([added('stacks/mail/.cache/main.tf')])).toContain('edit-outside');
  });

  it('reads a negated glob that would open everything else as the name it spells', () => {
    expect(rulesOf([added('scripts.txt')], { ...policy, agentMayEdit: ['!stacks/**'] })).toContain('edit-outside');
  });

  it('opens nothing when no glob is given', () => {
    expect(rulesOf([added('stacks/mail/main.tf')], { agentMayEdit: [], never: [], modules: [] })).toEqual([
      'edit-outside',
    ]);
  });

  it.each(['stacks/vault', 'stacks/vault/main.tf', 'stacks/VAULT/deep/main.tf', 'keep.yaml', 'stacks/vault/.hidden'])(
    'denies %s, which can never be changed',
    (path) => {
      const [first] = judge([added(path)]);
      expect(first).toMatchObject({ rule: 'edit-never', verdict: 'deny' });
    },
  );

  it.each(['modules/app/main.tf', 'modules/app/.x', 'stacks/mail/shared/main.tf', 'Modules/app/main.tf'])(
    'asks for consent for %s of a shared module, even inside the globs',
    (path) => {
      expect(rulesOf([change(path)], { ...policy, agentMayEdit: ['**'] })).toContain('edit-shared-module');
    },
  );

  it('tells where, why and what to do instead', () => {
    expect(judge([change('root.hcl')])).toEqual([
      {
        rule: 'edit-hcl',
        verdict: 'consent',
        file: 'root.hcl',
        message: expect.stringMatching(/^root\.hcl is run by Terragrunt while it is only parsed: .*consent$/),
      },
      expect.objectContaining({ rule: 'edit-outside' }),
    ]);
  });

  it('puts what denies first', () => {
    const verdicts = judge([change('a.hcl'), added('stacks/vault/x.tf'), added('docs/b')]).map(
      ({ verdict }) => verdict,
    );
    expect(verdicts).toEqual([...verdicts].sort((one, other) => Number(other === 'deny') - Number(one === 'deny')));
    expect(verdicts[0]).toBe('deny');
  });
});

describe('modes', () => {
  it('denies submodules, coming or going', () => {
    for (const one of [added('stacks/mail/sub.tf', '160000'), removed('stacks/mail/sub.tf', '160000')]) {
      expect(judge([one], open)[0]).toMatchObject({ rule: 'edit-submodule', verdict: 'deny' });
    }
  });

  it('asks for consent for links, added, retargeted or replaced', () => {
    const retargeted: TreeChange = {
      ...change('stacks/mail/a.tf', '120000'),
      before: { mode: '120000', blob: blob('c') },
    };
    const replaced: TreeChange = { ...change('stacks/mail/a.tf'), before: { mode: '120000', blob: blob('c') } };
    for (const one of [
      added('stacks/mail/a.tf', '120000'),
      retargeted,
      replaced,
      removed('stacks/mail/a.tf', '120000'),
    ]) {
      expect(rulesOf([one])).toEqual(['edit-link']);
    }
  });

  it('asks for consent for executables and for what changes its mode alone', () => {
    expect(rulesOf([added('stacks/mail/a.tf', '100755')])).toEqual(['edit-executable']);
    const only: TreeChange = {
      path: 'stacks/mail/a.tf',
      before: { mode: '100755', blob: blob('a') },
      after: { mode: '100644', blob: blob('a') },
    };
    expect(rulesOf([only])).toEqual(['edit-executable', 'edit-mode-only']);
  });

  it('denies a mode it does not know, and a change that has neither side', () => {
    const strange = {
      path: 'stacks/mail/a.tf',
      before: undefined,
      after: { mode: '040000' as FileMode, blob: blob('a') },
    };
    expect(judge([strange], open)[0]?.verdict).toBe('deny');
    expect(judge([{ path: 'stacks/mail/a.tf', before: undefined, after: undefined }], open)[0]?.verdict).toBe('deny');
  });
});

describe('how much changes', () => {
  const many = (count: number, make: (path: string) => TreeChange): TreeChange[] =>
    Array.from({ length: count }, (_, index) => make(`stacks/mail/f${index}.tf`));

  it('asks for consent for more than two hundred files', () => {
    expect(rulesOf(many(200, change))).toEqual([]);
    expect(rulesOf(many(201, change))).toEqual(['edit-many-files']);
  });

  it('asks for consent for more than ten removed files', () => {
    expect(rulesOf(many(10, removed))).toEqual([]);
    expect(rulesOf(many(11, removed))).toEqual(['edit-mass-removal']);
  });
});

const part = fc.constantFrom(
  'stacks',
  'Stacks',
  'mail',
  'vault',
  'modules',
  '.git',
  '.github',
  'scripts',
  'main.tf',
  'a.yaml',
  'root.hcl',
  'x.md',
  '..',
  '.terraform',
  'ｍail',
  'é',
  'a b',
  '',
);
const anyPath = fc.oneof(
  fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const side = fc.record({
  mode: fc.constantFrom<FileMode>('100644', '100755', '120000', '160000'),
  blob: fc.constantFrom(blob('a'), blob('b')),
});
const anyChange: fc.Arbitrary<TreeChange> = fc.record({
  path: anyPath,
  before: fc.option(side, { nil: undefined }),
  after: fc.option(side, { nil: undefined }),
});
const anyChanges = fc.uniqueArray(anyChange, { selector: ({ path }) => path, maxLength: 15 });

describe('for any change set', () => {
  it('nothing outside the globs comes through without a finding', () => {
    const allowed =
      /^stacks\/(?!\.)[^/]+\/(?:(?!\.)[^/]+\/)*(?!\.)[^/]*\.(?:tf|yaml|tfvars)$|^stacks\/(?!\.)[^/]+\/(?!\.)[^/]*\.md$/s;
    fc.assert(
      fc.property(anyChanges, (changes) => {
        for (const one of changes.filter(({ path }) => !allowed.test(path))) {
          expect(judge([one]).length).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('the order of the changes does not matter', () => {
    fc.assert(
      fc.property(
        anyChanges.chain((changes) =>
          fc.tuple(fc.constant(changes), fc.shuffledSubarray(changes, { minLength: changes.length })),
        ),
        ([changes, shuffled]) => {
          expect(judge(shuffled)).toEqual(judge(changes));
        },
      ),
    );
  });

  it('more changes never take a finding away', () => {
    fc.assert(
      fc.property(anyChanges, fc.nat(), (changes, seed) => {
        const some = changes.filter((_, index) => (seed >> index) % 2 === 0);
        const all = judge(changes);
        for (const finding of judge(some)) expect(all).toContainEqual(finding);
      }),
    );
  });
});
