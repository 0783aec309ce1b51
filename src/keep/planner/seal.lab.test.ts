import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it, onTestFinished } from 'vitest';
import { describeWithLab } from '../../../test/lab/use-lab.ts';
import { mirrored } from '../../iac/git/origin.fixture.ts';
import { createSandbox } from '../sandbox/sandbox.ts';
import { openSealedPlans } from '../sealed/open.ts';
import { openApplySurroundings } from './apply-surroundings.ts';
import { createPlanner } from './create.ts';
import { filesHolding, labSandbox, runsUid, usePlannerLab } from './lab.fixture.ts';
import type { PlannerOptions } from './plan.ts';
import { linkPatch, wellOf } from './stand-in.fixture.ts';

const never = new AbortController().signal;
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const change = `chg_${'a'.repeat(26)}`;

await describeWithLab('a plan that is sealed', (lab) => {
  const at = usePlannerLab(lab);

  /** A stack with a secret, links to everywhere, and a file that may be run. */
  async function prepared(more: Partial<PlannerOptions> = {}) {
    const canary = `c${randomBytes(16).toString('hex')}`;
    const { repository, tree: plain } = await mirrored({
      'stacks/plain/main.tf': `variable "password" {
  sensitive = true
}
resource "terraform_data" "a" {
  input = var.password
}
resource "terraform_data" "b" {
  triggers_replace = filesha256("\${path.module}/script")
}
`,
      'stacks/plain/script': '#!/bin/sh\nexit 0\n',
      'large.bin': randomBytes(3_000_000).toString('hex'),
    });
    let tree = await repository.applyPatch(plain, linkPatch('stacks/plain/absolute', '/etc/passwd'));
    tree = await repository.applyPatch(tree, linkPatch('stacks/plain/upwards', '../../../../../../etc'));
    tree = await repository.applyPatch(
      tree,
      'diff --git a/stacks/plain/script b/stacks/plain/script\nold mode 100644\nnew mode 100755\n',
    );
    const stateDirectory = mkdtempSync('/dev/shm/castellan-sealed-');
    const workDirectory = mkdtempSync('/dev/shm/castellan-planner-');
    onTestFinished(() => {
      for (const folder of [stateDirectory, workDirectory]) rmSync(folder, { recursive: true, force: true });
    });
    const options: PlannerOptions = {
      ...{ repository, sandbox: labSandbox(), workDirectory, providers: [], sandboxUid: runsUid },
      ...more,
    };
    const program = at().programs.tofu ?? expect.unreachable();
    const profile = at().profile({
      runner: { kind: 'tofu', program },
      state: { kind: 'none' },
      kubernetes: undefined,
      env: { TF_VAR_password: canary },
    });
    const stack = 'stacks/plain';
    const plan = (seal: boolean) =>
      createPlanner(options).plan(
        { run: 'run_1', tree, baseTree: tree, stack, profile, onStep: () => undefined, seal },
        never,
      );
    return { canary, stateDirectory, options, profile, plan, stack };
  }

  it('is nowhere on disk but encrypted, and comes back as it was', async () => {
    const { canary, stateDirectory, options, profile, plan, stack } = await prepared();
    const planned = wellOf(await plan(true));
    expect(planned.json).toContain(canary);
    expect(wellOf(await plan(false)).sealed).toBeUndefined();
    const { sealed } = planned;
    if (sealed === undefined) return expect.unreachable();
    expect(sealed).toMatchObject({ engineFolder: stack, lockFileSha256: undefined });
    const sealedPlans = await openSealedPlans({ stateDirectory });
    await sealedPlans.put(change, sealed);
    expect(filesHolding([stateDirectory, options.workDirectory], [canary, 'resource "terraform_data"'])).toEqual([]);

    const work = await (await openSealedPlans({ stateDirectory })).open(change);
    const request = {
      ...{ run: 'apply_1', stack, profile, work, engineFolder: sealed.engineFolder },
      ...{ planSha256: planned.planSha256, workdirSha256: sealed.workdirSha256 },
    };
    {
      await using surroundings = await openApplySurroundings(options, request, never);
      const bounds = { signal: never, wallMs: 60_000, outputBytes: 10_000_000 };
      // Packed again in the same manner, every name, link, mode and byte of it is the same.
      const repacked = await surroundings.run(
        [
          ...(['/usr/bin/tar', '--create', '--file=/plan/again.tar', '--directory=/work', '--format=gnu'] as const),
          ...['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '.'],
        ],
        bounds,
      );
      expect(repacked.exitCode, repacked.stderr).toBe(0);
      const again = readFileSync(join(options.workDirectory, 'apply_1/out/again.tar'));
      expect(sha256(again)).toBe(sealed.workdirSha256);
      const looked = await surroundings.run(
        ['/bin/sh', '-c', 'readlink absolute upwards; ./script && echo ran'],
        bounds,
      );
      expect(looked.stdout).toBe('/etc/passwd\n../../../../../../etc\nran\n');
      // What was signed cannot be exchanged from inside.
      const swapped = await surroundings.run(
        ['/bin/sh', '-c', `rm -f ${surroundings.plan}; echo x > ${surroundings.plan}; cat ${surroundings.plan}`],
        { ...bounds, outputBytes: 100_000_000 },
      );
      expect(swapped.stderr).toMatch(/Read-only file system|Permission denied/);
      const shown = await surroundings.run([surroundings.engine, 'show', '-json', surroundings.plan], bounds);
      expect(JSON.parse(shown.stdout)).toEqual(JSON.parse(planned.json));
    }
    expect(readdirSync(options.workDirectory)).toEqual([]);
    expect(filesHolding([stateDirectory, options.workDirectory], [canary])).toEqual([]);
  });

  it('is refused where more would be kept than a run may write', async () => {
    const { programs } = { programs: { bwrap: '/usr/bin/bwrap', socat: '/usr/bin/socat' } };
    const small = createSandbox({
      programs: { ...programs, prlimit: '/usr/bin/prlimit', setpriv: '/usr/bin/setpriv' },
      ...{ uid: runsUid, memoryMb: 4_000, processes: 256, fileMb: 4, never: [] },
    });
    const { plan, options } = await prepared({ sandbox: small });
    expect(wellOf(await plan(false)).planSha256).toMatch(/^[0-9a-f]{64}$/);
    await expect(plan(true)).rejects.toMatchObject({ code: 'plan-not-sealed' });
    expect(readdirSync(options.workDirectory)).toEqual([]);
  });

  it('writes nothing through a link that an archive brings', async () => {
    const { stateDirectory, options, profile, plan, stack } = await prepared();
    const planned = wellOf(await plan(true));
    const outside = join(stateDirectory, 'outside');
    const made = join(stateDirectory, 'made');
    for (const folder of [outside, made, join(made, 'real')]) mkdirSync(folder, { mode: 0o777 });
    writeFileSync(join(made, 'real/file'), 'written');
    await execa('tar', ['-cf', join(made, 'a.tar'), '-C', made, '--transform', 's,^real,link,', 'real']);
    symlinkSync(outside, join(made, 'link'));
    await execa('tar', ['-cf', join(made, 'evil.tar'), '-C', made, 'link']);
    await execa('tar', ['-Af', join(made, 'evil.tar'), join(made, 'a.tar')]);
    const workdir = readFileSync(join(made, 'evil.tar'));
    const request = {
      ...{ run: 'apply_1', stack, profile, engineFolder: stack, planSha256: planned.planSha256 },
      ...{ work: { plan: planned.sealed?.plan ?? Buffer.alloc(0), workdir }, workdirSha256: sha256(workdir) },
    };
    const opened = await openApplySurroundings(options, request, never).catch((error: { code: string }) => error.code);
    if (typeof opened === 'string') expect(opened).toBe('sealed-unfit');
    else await opened[Symbol.asyncDispose]();
    expect(readdirSync(outside)).toEqual([]);
    expect(readdirSync(options.workDirectory)).toEqual([]);
  });
});
