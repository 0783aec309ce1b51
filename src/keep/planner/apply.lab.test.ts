import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithLab, kubectlAs } from '../../../test/lab/use-lab.ts';
import type { ApplyRequest, ApplySurroundings } from './apply-port.ts';
import { openApplySurroundings } from './apply-surroundings.ts';
import { filesHolding, memoryEdit, usePlannerLab } from './lab.fixture.ts';
import type { PlannedWell } from './port.ts';
import { wellOf } from './stand-in.fixture.ts';

const never = new AbortController().signal;
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const bounds = { signal: never, wallMs: 100_000, outputBytes: 10_000_000 };

await describeWithLab('the surroundings of an apply', (lab) => {
  const at = usePlannerLab(lab);
  let count = 0;

  const sealedOf = ({ sealed }: PlannedWell) => sealed ?? expect.unreachable('nothing was sealed');
  const requestOf = (planned: PlannedWell, stack: string, more: Partial<ApplyRequest> = {}): ApplyRequest => {
    const { plan, workdir, workdirSha256, engineFolder } = sealedOf(planned);
    count += 1;
    return {
      run: `apply_${count}`,
      stack,
      profile: at().profile(),
      work: { plan, workdir },
      planSha256: planned.planSha256,
      workdirSha256,
      engineFolder,
      ...more,
    };
  };
  const open = (request: ApplyRequest): Promise<ApplySurroundings> =>
    openApplySurroundings(at().options, request, never);
  const apply = ({ engine, plan }: ApplySurroundings): [string, ...string[]] => [
    engine,
    'apply',
    '-json',
    '-input=false',
    '-lock-timeout=5s',
    plan,
  ];
  const converge = ({ engine }: ApplySurroundings): [string, ...string[]] => [
    engine,
    'plan',
    '-detailed-exitcode',
    '-input=false',
    '-lock=false',
  ];
  const limitsOf = async (): Promise<string> => {
    const { stdout } = await kubectlAs('admin', lab, ['get', 'deployments', '--all-namespaces', '--output=json']);
    return stdout;
  };

  it('are those of the plan, and what was planned there is what happens', async () => {
    const tree = await memoryEdit(at(), 'stacks/mail', '1122Mi');
    const planned = wellOf(await at().plan('stacks/mail', { tree, seal: true }));
    const sealed = sealedOf(planned);
    expect(sha256(sealed.plan)).toBe(planned.planSha256);
    expect(sha256(sealed.workdir)).toBe(sealed.workdirSha256);
    expect(sealed.engineFolder).toMatch(/^stacks\/mail\//);
    expect(sealed.programs.map(({ name }) => name)).toEqual([
      expect.stringMatching(/^registry\.opentofu\.org\/gavinbunney\/kubectl \d/),
      'terragrunt',
      'tofu',
    ]);
    const tofu = at().programs.tofu ?? '';
    expect(sealed.programs).toContainEqual({ name: 'tofu', sha256: sha256(readFileSync(tofu)) });
    expect(await limitsOf()).not.toContain('1122Mi');
    {
      await using surroundings = await open(requestOf(planned, 'stacks/mail'));
      expect(await surroundings.programs()).toEqual(sealed.programs);
      expect(await surroundings.lockFileSha256()).toBe(sealed.lockFileSha256);
      const before = await surroundings.state(never);
      expect(before?.facts).toEqual(planned.state);
      expect(surroundings.traffic().forwarded).toEqual({});
      const lines: string[] = [];
      const done = await surroundings.run(apply(surroundings), { ...bounds, onLine: (_, line) => lines.push(line) });
      expect(done.exitCode, done.stdout + done.stderr).toBe(0);
      expect(lines.join('\n')).toContain('apply_complete');
      expect(await limitsOf()).toContain('1122Mi');
      const after = await surroundings.state(never);
      expect(after?.facts).toMatchObject({ lineage: planned.state?.lineage });
      expect(after?.facts.serial).toBeGreaterThan(before?.facts.serial ?? Infinity);
      expect(surroundings.traffic()).toMatchObject({ forwarded: { PATCH: expect.any(Number) }, refused: [] });
      const empty = await surroundings.run(converge(surroundings), bounds);
      expect(empty.exitCode, empty.stdout + empty.stderr).toBe(0);
    }
    expect(readdirSync(at().work)).toEqual([]);
    // Back to what the repository says.
    const back = wellOf(await at().plan('stacks/mail', { seal: true }));
    await using surroundings = await open(requestOf(back, 'stacks/mail'));
    expect((await surroundings.run(apply(surroundings), bounds)).exitCode).toBe(0);
  });

  it('hold the plain state of a stack whose state is in git, and give it back encrypted', async () => {
    const profile = at().profile({ state: at().sops() });
    const tree = await memoryEdit(at(), 'stacks/dns', '323Mi');
    const { tree: landed } = await at().repository.commit(at().head);
    const planned = wellOf(await at().plan('stacks/dns', { profile, tree, seal: true }));
    await using surroundings = await open(requestOf(planned, 'stacks/dns', { profile }));
    expect((await surroundings.state(never))?.facts).toEqual(planned.state);
    expect((await surroundings.stateInTree(landed, never))?.facts).toEqual(planned.state);
    const done = await surroundings.run(apply(surroundings), bounds);
    expect(done.exitCode, done.stdout + done.stderr).toBe(0);
    const after = await surroundings.state(never);
    expect(after?.facts.serial).toBeGreaterThan(planned.state?.serial ?? Infinity);
    const written = await surroundings.encryptedState(landed, never);
    expect(written?.path).toBe('state/dns/terraform.tfstate.enc');
    expect(written?.bytes.includes('323Mi')).toBe(false);
    expect(JSON.parse(written?.bytes.toString() ?? '')).toMatchObject({ sops: { age: expect.any(Array) } });
    // What is in the tree is as it was.
    expect((await surroundings.stateInTree(landed, never))?.facts).toEqual(planned.state);
    expect(after?.bytes.includes('323Mi')).toBe(true);
    expect(readdirSync(join(at().work, `apply_${count}`)).sort()).not.toContain('scratch');
    // Back: as the state in git still is the old one, what it says is put there again by hand.
    const old = wellOf(await at().plan('stacks/dns', { profile, seal: true }));
    await using again = await open(requestOf(old, 'stacks/dns', { profile }));
    await again.run(apply(again), bounds);
  });

  it('are not made of other bytes than those that were signed', async () => {
    const planned = wellOf(await at().plan('stacks/mail', { seal: true }));
    const { plan, workdir } = sealedOf(planned);
    const changed = (bytes: Buffer): Buffer => Buffer.concat([bytes.subarray(0, -1), Buffer.from('x')]);
    for (const more of [
      { work: { plan: changed(plan), workdir } },
      { work: { plan, workdir: changed(workdir) } },
      { workdirSha256: planned.planSha256 },
      { work: { plan, workdir: Buffer.from('no archive') }, workdirSha256: sha256(Buffer.from('no archive')) },
    ]) {
      await expect(open(requestOf(planned, 'stacks/mail', more))).rejects.toMatchObject({ code: 'sealed-unfit' });
    }
    await expect(
      open(requestOf(planned, 'stacks/mail', { profile: at().profile({ apply: undefined }) })),
    ).rejects.toMatchObject({ code: 'profile-unusable' });
    for (const missing of ['kubernetes', 'connection'] as const) {
      const { apply: whole } = at().profile();
      if (whole === undefined) return expect.unreachable();
      const profile = at().profile({ apply: { ...whole, [missing]: undefined } });
      await expect(open(requestOf(planned, 'stacks/mail', { profile }))).rejects.toMatchObject({
        code: 'profile-unusable',
      });
    }
    expect(readdirSync(at().work)).toEqual([]);
    expect(filesHolding([at().work], ['tfstate'])).toEqual([]);
  });
});
