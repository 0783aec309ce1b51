import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Profile } from '../config/valid.ts';
import type { Bind } from '../sandbox/port.ts';
import { type Commands, commandsOf, environmentOf } from './commands.ts';
import { type Doors, type Mode, openDoors } from './doors.ts';
import { allowedProviders, cliConfig, cliConfigName, inside, kubeconfig, kubeconfigName } from './given.ts';
import type { PlannerOptions } from './plan.ts';
import type { RunFolder } from './run-folder.ts';

/** What the commands of a plan or an apply have in common: what they see, what they are told, and where they may go. */
export interface Surroundings extends AsyncDisposable {
  readonly commands: Commands;
  readonly binds: readonly Bind[];
  readonly env: Readonly<Record<string, string>>;
  readonly doors: Doors;
}

export interface Wanted {
  readonly mode: Mode;
  readonly stack: string;
  readonly hasLockFile: boolean;
}

/** Disposing closes the doors. Errors: `profile-unusable`, `sandbox-door-failed`. */
export async function openSurroundings(
  options: PlannerOptions,
  profile: Profile,
  folder: RunFolder,
  { mode, stack, hasLockFile }: Wanted,
): Promise<Surroundings> {
  const { sandboxUid, openssl = '/usr/bin/openssl' } = options;
  const doors = await openDoors(profile, folder, { mode, uid: sandboxUid, openssl });
  try {
    const commands = await commandsOf(profile.runner, stack, hasLockFile);
    const binds = [...(await give(options, profile, folder, doors)), ...commands.binds];
    const env = environmentOf(profile, commands.engine, doors.connection, mode);
    return { commands, binds, env, doors, [Symbol.asyncDispose]: () => doors[Symbol.asyncDispose]() };
  } catch (error) {
    await doors[Symbol.asyncDispose]();
    throw error;
  }
}

async function give(
  options: PlannerOptions,
  profile: Profile,
  folder: RunFolder,
  doors: Doors,
): Promise<readonly Bind[]> {
  const providers = await allowedProviders(profile.providerMirror, options.providers);
  const texts = {
    [cliConfigName]: cliConfig(providers.addresses),
    ...(profile.kubernetes === undefined ? {} : { [kubeconfigName]: kubeconfig(doors.kubernetesPort) }),
  };
  for (const [name, text] of Object.entries(texts)) {
    await writeFile(join(folder.given, name), text);
    await chmod(join(folder.given, name), 0o444);
  }
  return [
    { from: folder.clone, to: inside.tree, writable: true },
    { from: folder.out, to: inside.plan, writable: true },
    { from: folder.given, to: inside.given, writable: false },
    ...providers.binds,
    ...doors.binds,
  ];
}
