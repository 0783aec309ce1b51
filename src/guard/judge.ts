import type { Kind, Verdict } from './finding.ts';
import { type Arguments, readArguments } from './flags.ts';
import { UNKNOWN } from './marks.ts';
import { rulesOf, sameAs } from './programs.ts';
import { refined } from './refine.ts';
import { judgePsql } from './sql.ts';

/** So often may a guarded program run another, or a plugin of its own. */
const mostInner = 4;

/** What is wrong with a call of a guarded program, if anything. */
export function judge(name: string, given: readonly string[], stdin?: string, inner = 0): Verdict | undefined {
  const program = sameAs.get(name) ?? name;
  const rules = rulesOf(program);
  if (rules === undefined) return undefined;
  if (inner > mostInner) return { kind: 'unknown' };
  const read = readArguments(program === 'terragrunt' ? plainTerragrunt(given) : given, rules);
  const { flags, operands } = read;
  if (program === 'psql') return judgePsql(read, stdin);
  if (program === 'sops' && (flags.has('d') || flags.has('decrypt'))) return { kind: 'secret', verb: '--decrypt' };
  const [first, second] = operands;
  if (first === undefined || asksHelp(read, given)) return undefined;
  if (program === 'sops' && !rules.verbs.has(first)) return sopsOfFile(flags);
  if (program === 'terragrunt' && (first === 'exec' || (first === 'run' && second === undefined)))
    return judgeExec(given, inner);
  if (program === 'helm' && first === 'secrets' && !rules.verbs.has(`secrets ${second}`))
    return judge('helm', operands.slice(1).concat(given.filter((word) => word.startsWith('--'))), undefined, inner + 1);
  const grouped = rules.grouped.has(first);
  if (grouped && second?.includes(UNKNOWN) && !rules.verbs.has(first)) return { kind: 'unknown', verb: first };
  const found = verbOf(rules.verbs, first, second);
  if (found === undefined) return grouped && second === undefined ? undefined : { kind: 'unknown' };
  const kind = refined(program, { kind: found.kind, operands, flags, dryRun: rules.dryRun });
  if (kind === 'read') return undefined;
  const { verb } = found;
  return { kind, verb, targets: rules.targets ? adjacent(read, verb.split(' ').length) : [] };
}

/** A verb of two words before one of one. */
function verbOf(
  verbs: ReadonlyMap<string, Kind | 'read'>,
  first: string,
  second: string | undefined,
): { readonly kind: Kind | 'read'; readonly verb: string } | undefined {
  const both = `${first} ${second}`;
  const exact = verbs.get(both);
  if (exact !== undefined) return { kind: exact, verb: both };
  const wild = verbs.get(`${first} *`);
  const kind = (second === undefined ? undefined : wild) ?? verbs.get(first);
  return kind === undefined ? undefined : { kind, verb: wild === undefined ? first : both };
}

/** Words directly behind the verb: what a flag unknown to the guard swallows is never quoted. */
function adjacent({ operands, places }: Arguments, from: number): readonly string[] {
  const found: string[] = [];
  for (let index = from; index < from + 2; index += 1) {
    const word = operands[index];
    if (word === undefined || places[index] !== (places[index - 1] ?? 0) + 1) break;
    found.push(word);
  }
  return found;
}

function asksHelp({ flags }: Arguments, given: readonly string[]): boolean {
  if (!flags.has('help') && !flags.has('h')) return given[0] === 'help';
  const at = given.findIndex((word) => /^(?:-h|--?help)$/.test(word));
  // Behind a flag it may be that flag's value.
  return at === 0 || (at > 0 && !given[at - 1]?.startsWith('-') && !given.slice(0, at).includes('--'));
}

/** `run --all -- apply` and `run-all apply` are `apply` in many places. */
function plainTerragrunt(given: readonly string[]): readonly string[] {
  const at = given.findIndex((word) => !word.startsWith('-'));
  const first = given[at];
  if (first === undefined) return given;
  const ofStack = first === 'stack' && given[at + 1] === 'run';
  if (!ofStack && !['run', 'run-all', 'graph', 'all'].includes(first)) return given;
  return [...given.slice(0, at), ...given.slice(at + (ofStack ? 2 : 1))].filter((word) => word !== '--');
}

/** `terragrunt exec` runs another program. */
function judgeExec(given: readonly string[], inner: number): Verdict | undefined {
  const [word = '', ...rest] = given.slice(given.indexOf('--') + 1 || given.indexOf('exec') + 1);
  return judge(word.slice(word.lastIndexOf('/') + 1), rest, undefined, inner + 1);
}

/** `sops file` opens the file in an editor, in clear. */
function sopsOfFile(flags: Arguments['flags']): Verdict | undefined {
  const harmless = ['e', 'encrypt', 'r', 'rotate', 's', 'version', 'v'].some((flag) => flags.has(flag));
  return harmless ? undefined : { kind: 'secret', verb: 'edit' };
}
