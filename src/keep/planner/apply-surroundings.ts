import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { giveTo } from '../sandbox/give-to.ts';
import type { Bind, SandboxResult } from '../sandbox/port.ts';
import type { ApplyRequest, ApplyRunOptions, ApplySurroundings, PulledState } from './apply-port.ts';
import { plannerError, unusable } from './errors.ts';
import { inside } from './given.ts';
import { readPlain } from './in-clone.ts';
import { installedPrograms } from './installed-programs.ts';
import type { PlannerOptions } from './plan.ts';
import { makeRunFolder, type RunFolder } from './run-folder.ts';
import { archiveFile, digestOf, lockFileOf, mostArchive } from './seal.ts';
import { decryptStateApart, encryptState, plainPathOf } from './sops.ts';
import { readState, stateUnreadable } from './state.ts';
import { openSurroundings, type Surroundings } from './surroundings.ts';

/** What it promises is in apply-port.ts. */
export async function openApplySurroundings(
  options: PlannerOptions,
  request: ApplyRequest,
  signal: AbortSignal,
): Promise<ApplySurroundings> {
  const { profile, stack } = request;
  if (profile.apply === undefined) {
    throw unusable(`profile ${profile.name} applies nothing`, 'give it an apply section in keep.yaml');
  }
  assertAsSigned(request);
  const folder = await makeRunFolder(options.workDirectory, request.run);
  let surroundings: Surroundings | undefined;
  try {
    await unpack(options, folder, request, signal);
    surroundings = await openSurroundings(options, profile, folder, { mode: 'apply', stack, hasLockFile: false });
    await surroundings.doors.openKubernetes([]);
    return applyIn(options, request, folder, surroundings);
  } catch (error) {
    await surroundings?.[Symbol.asyncDispose]();
    await folder.wipe();
    throw error;
  }
}

/** Where the sealed files are, apart from what a run can write to. */
const sealedInside = '/castellan/sealed';
const planFile = 'plan';
const mostOutput = 256_000_000;
const mostState = 256_000_000;
const longestUnpackMs = 300_000;
const longestPullMs = 120_000;

function assertAsSigned({ work, planSha256, workdirSha256 }: ApplyRequest): void {
  if (digestOf(work.plan) !== planSha256) throw unfit('the plan is not the one that was signed');
  if (digestOf(work.workdir) !== workdirSha256) throw unfit('the working directory is not the one that was signed');
  if (work.workdir.length > mostArchive) throw unfit('the working directory is larger than any that is sealed');
}

const sealedFolder = (folder: RunFolder): string => join(folder.path, 'sealed');

/** Inside the sandbox, where a link of the archive leads to nothing of the machine's. */
async function unpack(
  options: PlannerOptions,
  folder: RunFolder,
  { work }: ApplyRequest,
  signal: AbortSignal,
): Promise<void> {
  const sealed = sealedFolder(folder);
  for (const path of [folder.clone, sealed]) await mkdir(path, { mode: 0o700 });
  await writeFile(join(sealed, planFile), work.plan, { mode: 0o400 });
  await writeFile(join(sealed, archiveFile), work.workdir, { mode: 0o400 });
  for (const path of [folder.clone, folder.out, sealed]) await giveTo(options.sandboxUid, path);
  const { exitCode, ended } = await options.sandbox.run(
    {
      argv: [
        ...([
          '/usr/bin/tar',
          '--extract',
          `--file=${sealedInside}/${archiveFile}`,
          `--directory=${inside.tree}`,
        ] as const),
        ...['--no-same-owner', '--preserve-permissions', '--delay-directory-restore'],
      ],
      cwd: inside.tree,
      env: {},
      binds: [{ from: folder.clone, to: inside.tree, writable: true }, sealedBind(folder)],
      sockets: [],
      wallMs: longestUnpackMs,
      outputBytes: 1_000_000,
    },
    signal,
  );
  if (exitCode !== 0) throw unfit(`the working directory could not be unpacked (${exitCode ?? ended})`);
  await rm(join(sealed, archiveFile));
}

const sealedBind = (folder: RunFolder): Bind => ({ from: sealedFolder(folder), to: sealedInside, writable: false });

function applyIn(
  options: PlannerOptions,
  { profile, stack, engineFolder }: ApplyRequest,
  folder: RunFolder,
  { commands, binds, env, doors }: Surroundings,
): ApplySurroundings {
  const { clone } = folder;
  const cwd = posix.join(inside.tree, engineFolder);
  const all = [...binds, sealedBind(folder)];
  const sops = profile.state.kind === 'sops' ? profile.state : undefined;
  const plain = sops && plainPathOf(sops, stack);
  const running = new Set<Promise<unknown>>();
  const over = new AbortController();

  const run = async (
    argv: readonly [string, ...string[]],
    { signal, wallMs, outputBytes, onLine, gentleMs }: ApplyRunOptions,
  ): Promise<SandboxResult> => {
    const ended = options.sandbox.run(
      {
        ...{ argv, cwd, env, binds: all, sockets: doors.sockets(), wallMs, outputBytes },
        ...(onLine === undefined ? {} : { onLine }),
        ...(gentleMs === undefined ? {} : { gentle: { graceMs: gentleMs } }),
      },
      AbortSignal.any([signal, over.signal]),
    );
    running.add(ended);
    return ended.finally(() => running.delete(ended));
  };

  const pulled = async (signal: AbortSignal): Promise<PulledState | undefined> => {
    const pull = { signal, wallMs: longestPullMs, outputBytes: mostOutput };
    const { exitCode, ended, stdout, stderr } = await run([commands.engine, 'state', 'pull'], pull);
    if (exitCode === 0) return asPulled(Buffer.from(stdout));
    throw stateUnreadable(`the engine could not pull it (${exitCode ?? ended})`, new Error(stderr));
  };

  return {
    engine: commands.engine,
    plan: posix.join(sealedInside, planFile),
    programs: () => installedPrograms({ clone, engineFolder, runner: profile.runner, binds: all }),
    lockFileSha256: () => lockFileOf(clone, engineFolder),
    run,
    async state(signal) {
      if (plain === undefined) return pulled(signal);
      return asPulled(await readPlain(clone, plain, mostState));
    },
    async stateInTree(tree, signal) {
      if (sops === undefined) return undefined;
      const files = await options.repository.files(tree);
      return asPulled(
        await inScratch(folder, (scratch) => decryptStateApart(sops, { ...from(files), clone: scratch }, signal)),
      );
    },
    async encryptedState(tree, signal) {
      if (sops === undefined || plain === undefined) return undefined;
      const bytes = await readPlain(clone, plain, mostState);
      if (bytes === undefined) return undefined;
      const files = await options.repository.files(tree);
      return inScratch(folder, (scratch) => encryptState(sops, bytes, { ...from(files), clone: scratch }, signal));
    },
    leftBehind: (name) => readPlain(clone, posix.join(engineFolder, name), mostState),
    traffic: () => ({ forwarded: doors.forwarded(), refused: doors.refused() }),
    async [Symbol.asyncDispose]() {
      over.abort();
      await Promise.allSettled(running);
      await doors[Symbol.asyncDispose]();
      await folder.wipe();
    },
  };

  function from(files: Awaited<ReturnType<PlannerOptions['repository']['files']>>) {
    return { repository: options.repository, files, stack };
  }
}

function asPulled(bytes: Buffer | undefined): PulledState | undefined {
  const reading = bytes && readState(bytes);
  return bytes && reading && { bytes, facts: reading.facts };
}

/** A folder of the keep's own, in memory, that no run ever sees. */
async function inScratch<Result>(folder: RunFolder, work: (scratch: string) => Promise<Result>): Promise<Result> {
  const scratch = join(folder.path, 'scratch');
  await mkdir(scratch, { mode: 0o700 });
  try {
    return await work(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function unfit(why: string): Error {
  return plannerError('sealed-unfit', {
    message: `nothing was applied: ${why}`,
    next: 'propose the change again: it is planned and signed anew; then see who can write to the keep’s state directory',
  });
}
