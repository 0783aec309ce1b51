import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { changeId } from '../../change/wire/change.ts';
import { CastellanError } from '../../kit/index.ts';
import { fsyncDirectory } from '../../store/fsync.ts';
import { loadOrCreateKeyText } from '../../store/key-file.ts';
import { readEncrypted, unfinished, writeEncrypted } from './age-file.ts';
import { longestSealed, unwrap, wrap } from './envelope.ts';
import { sealedError } from './errors.ts';
import type { SealedPlans } from './port.ts';

/**
 * `sealed/<change>.age` and `states/<name>-<time>.age` in the state directory, encrypted to one X25519 key that is made once and
 * never leaves `keys/plan.age`. age itself opens them: `age -d -i keys/plan.age states/….age`.
 */
export interface SealedPlansOptions {
  readonly stateDirectory: string;
  readonly now?: () => Date;
}

/** Errors: `key-file-unusable`, `key-file-exposed`, `sealed-write-failed`. */
export async function openSealedPlans({
  stateDirectory,
  now = () => new Date(),
}: SealedPlansOptions): Promise<SealedPlans> {
  const identity = loadOrCreateKeyText(
    join(stateDirectory, 'keys', 'plan.age'),
    /^AGE-SECRET-KEY-1[0-9A-Z]{58}$/,
    await generateX25519Identity(),
  );
  const recipient = await identityToRecipient(identity);
  const plans = join(stateDirectory, 'sealed');
  const states = join(stateDirectory, 'states');
  await written('the folders of sealed plans', async () => {
    for (const folder of [plans, states]) await mkdir(folder, { recursive: true, mode: 0o700 });
    fsyncDirectory(stateDirectory);
  });
  const pathOf = (change: string): string => join(plans, `${changeId.parse(change)}.age`);

  return {
    async put(change, work) {
      const path = pathOf(change);
      await written(`the plan of ${change}`, () => writeEncrypted(path, recipient, wrap(change, work)));
    },

    async open(change) {
      const path = pathOf(change);
      try {
        const bytes = await readEncrypted(path, identity, longestSealed);
        if (bytes === undefined) throw missing(change);
        return unwrap(change, bytes);
      } catch (error) {
        if (error instanceof CastellanError) throw error;
        throw damaged(change, error);
      }
    },

    async drop(change) {
      const path = pathOf(change);
      await written(`the end of the plan of ${change}`, async () => {
        await rm(path, { force: true });
        fsyncDirectory(plans);
      });
    },

    async keepState(name, bytes) {
      const time = now().toISOString().replaceAll(/[-:.]/g, '');
      const plain = name.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 150);
      await written(`a state of ${plain}`, () => writeBeside(join(states, `${plain}-${time}`), recipient, bytes));
    },

    async cleanUp(open) {
      const wanted = new Set(open.map((change) => `${change}.age`));
      await written('the end of plans of no change', async () => {
        for (const name of await readdir(plans)) {
          if (!wanted.has(name)) await rm(join(plans, name), { force: true });
        }
        for (const name of await readdir(states)) {
          if (unfinished.test(name)) await rm(join(states, name), { force: true });
        }
        fsyncDirectory(plans);
      });
    },
  };
}

/** Two states of one moment are two files. */
async function writeBeside(path: string, recipient: string, bytes: Buffer): Promise<void> {
  for (let count = 0; ; count += 1) {
    try {
      return await writeEncrypted(`${path}${count === 0 ? '' : `-${count}`}.age`, recipient, [bytes], { isNew: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

async function written(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw sealedError('sealed-write-failed', {
      message: `${what} could not be written`,
      next: 'check the space and the rights of the keep’s state directory; nothing is applied whose plan is not kept',
      cause,
    });
  }
}

function missing(change: string): Error {
  return sealedError('sealed-missing', {
    message: `there is no sealed plan of ${change}`,
    next: 'propose the change again: it is planned anew',
  });
}

function damaged(change: string, cause: unknown): Error {
  return sealedError('sealed-damaged', {
    message: `the sealed plan of ${change} is not the one that was written`,
    next: 'see who can write to the keep’s state directory, then propose the change again: it is planned anew',
    cause,
  });
}
