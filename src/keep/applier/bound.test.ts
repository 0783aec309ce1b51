import { describe, expect, it } from 'vitest';
import { changed, createWorld, refusedIn, reprofiled, sha, stateOf, type World } from './world.fixture.ts';

describe('a world that is another than what was signed', () => {
  const cases: readonly [string, (world: World) => void, RegExp, boolean][] = [
    [
      'a keep that is frozen',
      (world) => {
        world.frozen = () => true;
      },
      /^freeze: everything is frozen$/,
      false,
    ],
    [
      'an attempt that was applied before',
      (world) => void world.spent.add(`apply:${world.document.change}:1`),
      /^nonce: this attempt of the change was applied before/,
      false,
    ],
    [
      'another repository',
      (world) => {
        world.url = 'https://other.example.net/x.git';
      },
      /^repository: /,
      true,
    ],
    [
      'a commit that is gone',
      (world) => void world.commits.delete(world.document.repository.commit),
      /^commit: there is no such commit$/,
      false,
    ],
    [
      'a commit with another tree',
      (world) => void world.commits.set(world.document.repository.commit, sha('x').slice(0, 40)),
      /^tree: the commit holds another tree/,
      false,
    ],
    [
      'a commit that is not on its base',
      (world) => {
        const { base, commit } = world.document.repository;
        world.ancestors.delete(`${base} ${commit}`);
      },
      /^commit: it does not stand on the base/,
      false,
    ],
    [
      'a trusted base that does not hold the base',
      (world) => {
        world.trusted = sha('other').slice(0, 40);
      },
      /^base: it is not part of what this keep trusts any more$/,
      true,
    ],
    [
      'a diff that is another',
      (world) => {
        world.changes = [{ path: 'stacks/mail/main.tf', before: undefined, after: undefined }];
      },
      /^diff: /,
      false,
    ],
    [
      'a branch that moved inside the stack',
      (world) => {
        world.moved = { where: 'inside', head: sha('h').slice(0, 40), paths: ['stacks/mail/main.tf', 'b'] };
      },
      /^branch: commits since then touch what the stack is made of \(stacks\/mail\/main.tf and 1 more\)$/,
      true,
    ],
    [
      'a repository that cannot be reached',
      (world) => void world.failing.add('moved'),
      /^branch: the repository cannot be reached$/,
      false,
    ],
    [
      'another profile',
      (world) => {
        world.profile = { ...world.profile, timeoutSeconds: 1 };
      },
      /^profile: keep.yaml has another/,
      true,
    ],
    [
      'another tier',
      (world) => {
        reprofiled(world, { tier: 'platform' });
      },
      /^tier: /,
      true,
    ],
    [
      'a profile that applies nothing',
      (world) => {
        reprofiled(world, { apply: undefined });
      },
      /^profile: keep.yaml has no credentials to apply/,
      true,
    ],
    [
      'a state that nobody keeps',
      (world) => {
        reprofiled(world, { state: { kind: 'none' } });
      },
      /^state: what the stack makes would be remembered nowhere$/,
      true,
    ],
    [
      'other rules',
      (world) => {
        world.policy = { ...world.policy, rules: sha('x') };
      },
      /^policy: /,
      true,
    ],
    [
      'another renderer',
      (world) => {
        world.policy = { ...world.policy, renderer: 'page 2' };
      },
      /^renderer: /,
      true,
    ],
    [
      'another page',
      (world) => {
        world.shown = sha('x');
      },
      /^shown: the page shows something else/,
      false,
    ],
    [
      'no page',
      (world) => {
        world.shown = undefined;
      },
      /^shown: the page shows something else/,
      false,
    ],
    [
      'another boundary',
      (world) => {
        world.boundary = 'same user';
      },
      /^boundary: /,
      true,
    ],
    [
      'a seal that does not open',
      (world) => void world.failing.add('open'),
      /^sealed: the sealed plan is damaged$/,
      false,
    ],
    [
      'another plan',
      (world) => {
        world.plan = Buffer.from('x');
      },
      /^plan: the sealed plan has other bytes/,
      false,
    ],
    [
      'another working directory',
      (world) => {
        world.workdir = Buffer.from('x');
      },
      /^workdir: the sealed working directory has other bytes/,
      false,
    ],
    [
      'surroundings that do not open',
      (world) => void world.failing.add(`open apply_${'abcdefghijklmnopqrstuvwxyz'}_1`),
      /^surroundings: /,
      false,
    ],
    [
      'a program that was swapped',
      (world) => {
        world.programs = world.programs.map((one, at) => (at === 1 ? { ...one, sha256: sha('x') } : one));
      },
      /^program provider gavinbunney\/kubectl: what is on disk is not what planned it$/,
      false,
    ],
    [
      'a program that is gone',
      (world) => {
        world.programs = world.programs.slice(1);
      },
      /^program tofu: what is on disk is not what planned it$/,
      false,
    ],
    [
      'a program that came',
      (world) => {
        world.programs = [...world.programs, { name: 'provider x/y', sha256: sha('x') }];
      },
      /^program provider x\/y: what is on disk is not what planned it$/,
      false,
    ],
    [
      'no program at all',
      (world) => {
        world.programs = [];
        changed(world, { programs: [] });
      },
      /^programs: what was signed names none$/,
      false,
    ],
    [
      'another lock file',
      (world) => {
        world.lockFile = sha('x');
      },
      /^lock file: /,
      false,
    ],
    [
      'no lock file',
      (world) => {
        world.lockFile = undefined;
      },
      /^lock file: /,
      false,
    ],
    [
      'a state of another lineage',
      (world) => {
        world.before = stateOf(7, '', 'lineage-2');
      },
      /^state: it is of another lineage/,
      false,
    ],
    [
      'a state that went on',
      (world) => {
        world.before = stateOf(8);
      },
      /^state: it was at serial 7 when it was planned, and is at 8$/,
      true,
    ],
    [
      'a state with the same serial and other content',
      (world) => {
        world.before = stateOf(7, 'edited');
      },
      /^state: it has the serial that was signed, and other content$/,
      false,
    ],
    [
      'a state that is gone',
      (world) => {
        world.before = undefined;
      },
      /^state: there was one, and now there is none$/,
      true,
    ],
    [
      'a state where there was none',
      (world) => changed(world, { state: null }),
      /^state: there was none, and now there is one$/,
      true,
    ],
    [
      'a state in the repository that went on',
      (world) => {
        world.inTree = stateOf(8);
      },
      /^state: it was at serial 7 when it was planned, and is at 8$/,
      true,
    ],
    [
      'a plan that the engine cannot read',
      (world) => {
        world.engine['show'] = () => ({ exitCode: 1 });
      },
      /^plan: the engine cannot read what was sealed$/,
      false,
    ],
    [
      'an engine that was ended while it read the plan',
      (world) => {
        world.engine['show'] = () => ({ exitCode: undefined, ended: 'signal' });
      },
      /^plan: the engine was ended while it read what was sealed \(signal\)$/,
      false,
    ],
    ['a plan that cannot be judged', (world) => void world.failing.add('judge'), /^judgement: /, false],
    [
      'a plan that does something else',
      (world) => {
        world.judged = { ...world.judged, semantic: sha('x') };
      },
      /^semantic: /,
      false,
    ],
    [
      'a plan of another format',
      (world) => {
        world.judged = { ...world.judged, format: '1.3' };
      },
      /^format: /,
      false,
    ],
    [
      'a plan that changes more',
      (world) => {
        world.judged = { ...world.judged, counts: { update: 2, create: 0 } };
      },
      /^counts: /,
      false,
    ],
    [
      'a plan that runs something else',
      (world) => {
        world.judged = { ...world.judged, executes: [] };
      },
      /^executes: /,
      false,
    ],
    [
      'a plan that is not whole',
      (world) => {
        world.judged = { ...world.judged, complete: false };
      },
      /^complete: /,
      false,
    ],
    [
      'a risk that is higher now',
      (world) => {
        world.judged = { ...world.judged, risk: { ...world.judged.risk, level: 'high' } };
      },
      /^risk: it was medium when it was signed, and is high now$/,
      true,
    ],
    [
      'other rules of risk that hold',
      (world) => {
        world.judged = { ...world.judged, risk: { level: 'medium', rules: ['other'] } };
      },
      /^rules: /,
      true,
    ],
  ];
  for (const [name, change, reason, stale] of cases) {
    it(`${name} is refused`, async () => {
      const world = createWorld();
      change(world);
      expect(await refusedIn(world)).toEqual({ reasons: [expect.stringMatching(reason)], stale, done: [] });
    });
  }

  it('is one thing with several reasons, and stale only when all of them are', async () => {
    const world = createWorld();
    world.shown = sha('x');
    world.boundary = 'same user';
    expect(await refusedIn(world)).toMatchObject({
      reasons: [expect.stringMatching(/^boundary: /), expect.stringMatching(/^shown: /)],
      stale: false,
    });
  });

  it('is not another where a state was never written: an engine tells of an empty one then', async () => {
    const world = createWorld();
    const empty = stateOf(0, '', '');
    const { lineage, serial, sha256 } = empty.facts;
    world.before = empty;
    world.inTree = undefined;
    world.after = stateOf(1);
    changed(world, { state: { lineage, serial, sha256 } });
    expect(await world.apply()).toMatchObject({ outcome: 'applied', report: { serial: 1 } });
    expect(world.kept.has(`${world.document.change}-before`)).toBe(false);
  });

  it('is another where a state was written since', async () => {
    const world = createWorld();
    const { lineage, serial, sha256 } = stateOf(0, '', '').facts;
    changed(world, { state: { lineage, serial, sha256 } });
    expect(await refusedIn(world)).toEqual({
      reasons: ['state: there was none, and now there is one'],
      stale: true,
      done: [],
    });
  });

  it('does not stand in the way where the branch moved elsewhere, and a state in git is looked at there', async () => {
    const world = createWorld();
    const head = [...world.commits.keys()][2] ?? expect.unreachable();
    world.moved = { where: 'elsewhere', head };
    expect((await world.apply()).outcome).toBe('applied');
    expect(world.happened).toContain(`state in ${world.commits.get(head)}`);
  });
});
