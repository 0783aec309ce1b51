import { basename, isAbsolute } from 'node:path';
import type { z } from 'zod';
import { type ConfigPath, type Problem, problemsOf, readYamlFile, refusal } from '../../config/index.ts';
import { type Owners, proveOwnership } from './ownership.ts';

export interface RootYaml<Raw> {
  readonly raw: Raw;
  readonly placeOf: (path: ConfigPath) => string;
}

/**
 * A file that only root can have written, against its schema: keep.yaml and fingerprinter.yaml. `next`: what to do once it is corrected.
 * Errors: `config-not-found`, `config-unsafe`, `config-unreadable`, `config-malformed`, `config-unknown-key`, `config-invalid`.
 */
export function readRootYaml<Schema extends z.ZodObject>(
  file: string,
  schema: Schema,
  { owners, next }: { readonly owners: Owners; readonly next: string },
): RootYaml<z.output<Schema>> {
  const proof = isAbsolute(file)
    ? proveOwnership(file, owners)
    : ({ flaw: 'is not an absolute path', missing: false } as const);
  if (proof.flaw !== undefined) {
    throw refusal([
      {
        code: proof.missing ? 'config-not-found' : 'config-unsafe',
        where: '',
        message: `${file} ${proof.flaw}`,
        next: proof.missing
          ? '`sudo castellan install` writes one; --config names another'
          : 'give it, and every folder above it, to root alone (chown root, chmod go-w)',
      },
    ]);
  }
  const yaml = readYamlFile(file);
  const parsed = yaml.tree === undefined ? undefined : schema.safeParse(yaml.tree);
  const typed = { schema, tree: yaml.tree, whereOf: yaml.placeOf };
  refuseProblems(
    [...yaml.problems, ...(parsed?.success === false ? problemsOf(parsed.error.issues, typed) : [])],
    next,
  );
  if (parsed?.success !== true) throw new Error(`${basename(file)} without problems was not parsed`);
  return { raw: parsed.data, placeOf: yaml.placeOf };
}

/** Throws all of them at once; nothing where there are none. */
export function refuseProblems(problems: readonly Problem[], next: string): void {
  const [first, ...others] = problems;
  if (first !== undefined) throw refusal([first, ...others], next);
}
