import { posix } from 'node:path';
import type { HclExpression } from '../hcl/syntax.ts';
import { expressionsIn } from '../hcl/walk.ts';
import type { OriginSources } from './origins.ts';

/**
 * The text of a file of values, where this stack's source names it in one place alone. One that is named twice, or that a
 * `fileset` may have found, has a part in something that is not seen from here, and is not read.
 */
export function valuesFile({ files, text }: OriginSources): ((path: string) => string | undefined) | undefined {
  if (text === undefined) return undefined;
  let written: Written | undefined;
  return (path) => {
    written ??= writtenIn(files.flatMap(({ body }) => [...expressionsIn(body)].map(({ expression }) => expression)));
    const name = posix.basename(path);
    const named = written.texts.filter((one) => one.includes(name)).length;
    return written.findsFiles || named !== 1 ? undefined : text(path);
  };
}

interface Written {
  readonly texts: readonly string[];
  readonly findsFiles: boolean;
}

function writtenIn(expressions: readonly HclExpression[]): Written {
  const texts = expressions.flatMap((one) => {
    if (one.kind === 'literal') return [String(one.value)];
    return one.kind === 'template' ? one.parts.filter((part) => typeof part === 'string') : [];
  });
  return { texts, findsFiles: expressions.some((one) => one.kind === 'call' && one.name === 'fileset') };
}
