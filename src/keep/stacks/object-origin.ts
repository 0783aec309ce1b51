import type { ObjectOrigin } from '../../change/wire/stacks.ts';
import { type FoundObject, findObject, type ObjectName } from '../../iac/origin/find-object.ts';
import { createOrigins } from '../../iac/origin/origins.ts';
import type { Redact } from '../../kit/index.ts';
import type { Profile } from '../config/valid.ts';
import type { Tree } from '../runs/parts.ts';
import { profileOf } from '../runs/profiles.ts';
import { isHidden, nameIn } from './hidden-value.ts';
import { sourcesOf } from './sources.ts';

const mostFields = 400;
const mostCalls = 8;
/** In place of a value that its name, its form or its line gives away. */
const hidden = '«redacted:literal»';

type FoundField = FoundObject['fields'][number];

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
    const text = (path: string): string | undefined => base.source.files.get(path);
    const found = findObject({ ...sources, text }, object);
    if (found === undefined) continue;
    const literals = new Map(found.fields.map(({ field, literal }) => [field, String(literal)]));
    const told = ({ field, place, literal }: FoundField): { readonly literal?: string } => {
      if (literal === undefined || isSecret) return {};
      const isShown = !isHidden({ name: nameIn(field, literals), value: literal, place }, text, redact);
      return { literal: isShown ? redact(String(literal)).text : hidden };
    };
    const calls = createOrigins(sources).places(found.address).slice(0, -1).slice(0, mostCalls);
    return {
      stack,
      address: found.address,
      place: { file: found.place.file, line: found.place.range.line },
      ...(calls.length === 0 ? {} : { calls: calls.map(({ file, range }) => ({ file, line: range.line })) }),
      fields: found.fields.slice(0, mostFields).map((one) => ({
        field: one.field,
        file: one.place.file,
        line: one.place.range.line,
        ...told(one),
      })),
      ignored: [...found.ignored],
    };
  }
  return undefined;
}
