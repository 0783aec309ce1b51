import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { plannerError } from './errors.ts';
import { inside } from './given.ts';
import { readPlain } from './in-clone.ts';
import { installedPrograms } from './installed-programs.ts';
import type { Run } from './plan.ts';
import type { PlannedForApply } from './port.ts';

/**
 * What an applier needs of a plan: its bytes and the clone as the plan left it, packed by tar inside the sandbox, where links of the
 * tree lead nowhere. The archive holds everything the run left, for a stack whose state is sealed in git its decrypted state too:
 * it stays in memory until it is encrypted.
 */
export const archiveFile = 'work.tar';
export const mostArchive = 512 * 1024 * 1024;
const longestPackMs = 300_000;

/** The same folder is the same archive, whenever and by whomever it is packed. */
const pack = [
  ...['/usr/bin/tar', '--create', `--file=${inside.plan}/${archiveFile}`, `--directory=${inside.tree}`],
  ...['--format=gnu', '--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '.'],
] as const;

/** Undefined when it was cancelled, or its time was over. Errors: `plan-not-sealed`, `profile-unusable`. */
export async function packForApply(
  { options, surroundings, folder, request, signal, endsAt }: Run,
  { engineFolder, plan }: { readonly engineFolder: string; readonly plan: Buffer },
): Promise<PlannedForApply | undefined> {
  const wallMs = Math.min(longestPackMs, endsAt - Date.now());
  if (signal.aborted || wallMs <= 0) return undefined;
  const { binds } = surroundings;
  const { clone, out } = folder;
  // Whatever the run put there.
  await rm(join(out, archiveFile), { recursive: true, force: true });
  const packing = { argv: pack, cwd: inside.tree, env: {}, binds, sockets: [], wallMs, outputBytes: 1_000_000 };
  const { exitCode, ended } = await options.sandbox.run(packing, signal);
  if (ended === 'cancelled' || ended === 'timeout') return undefined;
  const workdir = exitCode === 0 ? await readPlain(out, archiveFile, mostArchive) : undefined;
  if (workdir === undefined) {
    throw plannerError('plan-not-sealed', {
      message: `the working directory of ${request.stack} could not be packed (${exitCode ?? ended})`,
      next: 'see whether the stack leaves files there that nobody can read, or more than sandbox.fileMb of keep.yaml',
    });
  }
  return {
    plan,
    workdir,
    workdirSha256: digestOf(workdir),
    engineFolder,
    lockFileSha256: await lockFileOf(clone, engineFolder),
    programs: await installedPrograms({ clone, engineFolder, runner: request.profile.runner, binds }),
  };
}

/** SHA-256 of the engine's lock file; undefined when it has none. */
export async function lockFileOf(clone: string, engineFolder: string): Promise<string | undefined> {
  const bytes = await readPlain(clone, posix.join(engineFolder, '.terraform.lock.hcl'), 10_000_000);
  return bytes === undefined ? undefined : digestOf(bytes);
}

export function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
