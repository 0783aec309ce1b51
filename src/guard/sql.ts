import type { Kind, Verdict } from './finding.ts';
import type { Arguments } from './flags.ts';
import { set, UNKNOWN } from './marks.ts';
import { plainSql } from './sql-text.ts';

const sqlReads =
  set(`select show explain with values table begin start commit end rollback abort set reset fetch declare close listen
  prepare savepoint release execute deallocate`);
const sqlWrites =
  /\b(?:insert\s+into|update\s+(?:only\s+)?[\w".]+\s+(?:as\s+\w+\s+)?set|delete\s+from|merge\s+into|truncate|create\s+\w|alter\s+\w|drop\s+\w|grant\s|revoke\s|into\s+(?:temp|unlogged|table)?\s*[\w".]+\s+from|pg_(?:terminate_backend|cancel_backend|reload_conf|read_(?:binary_)?file|promote|switch_wal|drop_\w+|create_\w+)|setval|nextval|dblink\w*|lo_(?:import|export|unlink|create|put))\b/;
const safeMeta =
  /^\\(?:d\S*|l\+?|z|dt\S*|x|timing|pset|conninfo|echo|q|s[fv]\+?|encoding|\?|h|a|t|c|connect|set|unset|g|gx|gdesc|crosstabview|errverbose|copyright)(?:\s|$)/;

/** What is wrong with a text for psql; undefined when it only reads. */
export function judgeSql(text: string): Kind | undefined {
  const plain = plainSql(text);
  if (/\bpg_(?:authid|shadow|user_mapping)\b/.test(plain)) return 'secret';
  for (const statement of plain.split(/;|\n(?=\s*\\)|(?<=^\s*\\[^\n]*)\n/)) {
    const kind = judgeStatement(statement.trim());
    if (kind !== undefined) return kind;
  }
  return undefined;
}

function judgeStatement(statement: string): Kind | undefined {
  if (statement === '') return undefined;
  if (statement.startsWith('\\')) return isSafeMeta(statement) ? undefined : 'mutation';
  const first = /^\(*\s*([a-z]+)/.exec(statement)?.[1];
  if (first === undefined) return statement.startsWith(UNKNOWN) ? 'unknown' : 'mutation';
  if (first === 'copy' && /\bto\s+stdout\b/.test(statement)) return undefined;
  const writes =
    !sqlReads.has(first) || sqlWrites.test(statement) || /\\(?:gexec|gset|g\s*\||!|i|o|w)(?:\s|$)/.test(statement);
  return writes ? 'mutation' : undefined;
}

/** A command of psql itself that shows something, or copies a table out. */
function isSafeMeta(statement: string): boolean {
  const copiesOut =
    /^\\copy\b/.test(statement) &&
    /\bto\b/.test(statement) &&
    !/\b(?:program|from\s+(?:stdin|pstdin|''))/.test(statement);
  return copiesOut || (safeMeta.test(statement) && !/^\\g\w*\s*\|/.test(statement));
}

export function judgePsql({ flags }: Arguments, stdin: string | undefined): Verdict | undefined {
  const file = flags.get('f') ?? flags.get('file');
  if (file !== undefined && file !== '-' && file !== '/dev/stdin') return { kind: 'unknown' };
  const inline = flags.get('c') ?? flags.get('command');
  if (inline === undefined) {
    if (['l', 'list', 'help', 'version', 'V'].some((flag) => flags.has(flag)) || stdin === undefined) return undefined;
    if (stdin.trimStart().startsWith(UNKNOWN)) return { kind: 'unknown' };
  }
  const kind = judgeSql(inline ?? stdin ?? '');
  return kind === undefined ? undefined : { kind };
}
