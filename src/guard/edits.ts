import type { Finding } from './finding.ts';
import { readArguments } from './flags.ts';
import { set, UNKNOWN } from './marks.ts';
import { rulesOf } from './programs.ts';

/** A denied command that the daemon may know as an edit of the source. */
export interface Edit {
  readonly argv: readonly string[];
  readonly stdin: string | undefined;
}

const editing: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['kubectl', set('scale set patch edit annotate label autoscale delete')],
  ['helm', set('upgrade rollback uninstall')],
]);

/** Undefined where the denied command cannot be one edit, or is not known in full. */
export function editOf({ kind, program, argv, stdin, verb = '' }: Finding): Edit | undefined {
  if (kind !== 'mutation' || argv === undefined || argv.some((word) => word.includes(UNKNOWN))) return undefined;
  const [first = ''] = verb.split(' ');
  const edits = (editing.get(program)?.has(first) ?? false) || (program === 'kubectl' && verb === 'rollout restart');
  return edits || (program === 'kubectl' && first === 'apply' && readsStdin(argv)) ? { argv, stdin } : undefined;
}

function readsStdin(argv: readonly string[]): boolean {
  const rules = rulesOf('kubectl');
  return rules !== undefined && readArguments(argv.slice(1), rules).flags.get('f') === '-';
}
