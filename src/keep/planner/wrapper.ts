import { posix } from 'node:path';
import type { ObjectId, Repository } from '../../iac/repository.ts';
import { unusable } from './errors.ts';
import { writePlain } from './in-clone.ts';

/** The repository's own script runs everything else, so it is always the one of the trusted base. Errors: `profile-unusable`. */
export async function placeWrapper(
  repository: Repository,
  baseTree: ObjectId,
  clone: string,
  script: string,
): Promise<void> {
  const path = posix.normalize(script);
  const file = (await repository.files(baseTree)).find((one) => one.path === path);
  if (file === undefined || !file.mode.startsWith('100')) {
    throw unusable(
      `the trusted base has no plain file ${JSON.stringify(script)} to run`,
      'correct runner.script of the profile in keep.yaml; a link is not followed',
    );
  }
  const content = (await repository.read([file.blob])).get(file.blob) ?? Buffer.alloc(0);
  await writePlain(clone, path, content, 0o755);
}
