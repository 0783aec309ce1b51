import type { ObjectOrigin } from '../../change/wire/stacks.ts';
import { findObject, type ObjectName } from '../../iac/origin/find-object.ts';
import { createOrigins } from '../../iac/origin/origins.ts';
import type { Redact } from '../../kit/index.ts';
import type { Profile } from '../config/valid.ts';
import type { Tree } from '../runs/parts.ts';
import { profileOf } from '../runs/profiles.ts';
import { sourcesOf } from './sources.ts';

const mostFields = 400;
const mostCalls = 8;

/** The first stack of the tree whose source makes the object, and where each field of it stands; undefined when none does. */
export async function originOfObject(
  base: Tree,
  object: ObjectName,
  profiles: readonly Profile[],
  redact: Redact,
): Promise<ObjectOrigin | undefined> {
  // What is written into a Secret is one, wherever it stands.
  const isSecret = object.kind.toLowerCase() === 'secret';
  for (const stack of base.graph.stacks.keys()) {
    const profile = profileOf(profiles, stack)?.profile;
    if (profile === undefined) continue;
    const sources = await sourcesOf(base, stack, profile);
    const found = findObject({ ...sources, text: (path) => base.source.files.get(path) }, object);
    if (found === undefined) continue;
    const calls = createOrigins(sources).places(found.address).slice(0, -1).slice(0, mostCalls);
    return {
      stack,
      address: found.address,
      place: { file: found.place.file, line: found.place.range.line },
      ...(calls.length === 0 ? {} : { calls: calls.map(({ file, range }) => ({ file, line: range.line })) }),
      fields: found.fields.slice(0, mostFields).map(({ field, place, literal }) => ({
        field,
        file: place.file,
        line: place.range.line,
        ...(literal === undefined || isSecret ? {} : { literal: redact(String(literal)).text }),
      })),
      ignored: [...found.ignored],
    };
  }
  return undefined;
}
