import {
  counted,
  isSecretAt,
  readSecretUsers,
  type SecretUsers,
  type SyncedSecret,
  sawAllUses,
} from '../../src/cluster/index.ts';
import { type Answer, type Cell, type ToolContext, table } from '../../src/kit/index.ts';
import { type StaticRole, staticRole, staticRoles } from '../../src/vault/databases.ts';
import { isOverdue, nextRotation } from './describe-role.ts';
import { pageOf } from './paging.ts';
import type { VaultPorts } from './port.ts';
import { attempt, eachOf, type Missing, nameCell, plainName, whenText, whoCell } from './words.ts';

/**
 * What breaks when Vault rotates a database password: whoever took it at the start (env, envFrom, subPath, an init container) and
 * is restarted by nothing keeps the old one until it is.
 */
interface Rotated {
  readonly mount: string;
  readonly name: string;
  readonly role: StaticRole;
}

interface Row {
  readonly weight: number;
  readonly next: number;
  readonly cells: readonly Cell[];
}

const mostRoles = 300;

export async function rotationAnswer(context: ToolContext<VaultPorts>): Promise<Answer> {
  const { ports, signal, now: clock } = context;
  const now = clock();
  const { cluster } = ports;
  const [rotated, users] = await Promise.all([
    rotatedRoles(ports, signal),
    cluster === undefined
      ? { value: undefined, why: 'no cluster is configured' }
      : attempt(async () => readSecretUsers(await cluster(), { signal }), signal),
  ]);
  const seen = users.value;
  const rows = rotated.roles
    .flatMap((one) => rowsOf(one, seen, now))
    .toSorted((a, b) => a.weight - b.weight || a.next - b.next);
  const breaks = rows.filter(({ weight }) => weight === 0).length;
  const overdue = rotated.roles.filter(({ role }) => isOverdue(role, now)).length;
  const sawAll = seen !== undefined && sawAllUses(seen) && rotated.missing.length === 0;
  return table({
    asOf: now,
    coverage: {
      covered: `${counted(rotated.roles.length, 'database password')} that Vault rotates, and who takes them in the cluster`,
      missing: [
        ...rotated.missing,
        ...(users.why === undefined ? [] : [{ what: 'who takes them', why: users.why }]),
        ...(seen === undefined || seen.unread.length === 0
          ? []
          : [{ what: seen.unread.join(', '), why: 'may not be listed' }]),
      ],
    },
    headline: [
      breaks === 0
        ? sawAll
          ? 'nothing in the cluster would break'
          : 'nothing that could be seen would break, and not everything could'
        : `${breaks} would BREAK at the next rotation`,
      ...(overdue === 0 ? [] : [`${counted(overdue, 'rotation')} OVERDUE`]),
    ].join('; '),
    columns: ['state', 'static role', 'next rotation', 'workload', 'how', 'reload'],
    ...pageOf(
      rows.map(({ cells }) => cells),
      context,
    ),
    notes: [
      'not rotated by Vault and so not here: root users of the databases, users without a static role, and keys of KV, which change when somebody writes them',
      'an application that reads its password again by itself, or reaches the database through a pooler, is not known from outside',
    ],
  });
}

async function rotatedRoles(
  { vault, names }: VaultPorts,
  signal: AbortSignal,
): Promise<{ readonly roles: readonly Rotated[]; readonly missing: readonly Missing[] }> {
  const mounts = (await names.mounts(signal)).filter(({ type }) => type === 'database');
  const missing: Missing[] = [];
  const listed = await eachOf(mounts, 4, async ({ name: mount }) => {
    const { value = [], why } = await attempt(() => staticRoles(vault, mount, { signal }), signal);
    if (why !== undefined) missing.push({ what: `static roles of ${plainName(mount)}`, why });
    return value.map((name) => ({ mount, name }));
  });
  const all = listed.flat();
  if (all.length > mostRoles) missing.push({ what: `${all.length - mostRoles} static roles`, why: 'too many' });
  const roles = await eachOf(all.slice(0, mostRoles), 8, async ({ mount, name }): Promise<Rotated | undefined> => {
    const { value, why } = await attempt(() => staticRole(vault, mount, name, { signal }), signal);
    if (why !== undefined) missing.push({ what: `static role ${plainName(name)}`, why });
    return value === undefined ? undefined : { mount, name, role: value };
  });
  return { roles: roles.filter((role) => role !== undefined), missing };
}

function rowsOf({ mount, name, role }: Rotated, users: SecretUsers | undefined, now: Date): readonly Row[] {
  const next = nextRotation(role);
  const when =
    next === undefined ? 'by a schedule or never yet' : `${next.toISOString().slice(0, 16)}Z (${whenText(next, now)})`;
  const row = (weight: number, state: string, who: Cell, how: string, reload: string): Row => ({
    weight,
    next: next?.getTime() ?? Number.POSITIVE_INFINITY,
    cells: [state, nameCell(`${mount}/${name}`), isOverdue(role, now) ? `OVERDUE: ${when}` : when, who, how, reload],
  });
  if (users === undefined) return [row(1, 'unknown', null, '-', '-')];
  const path = `static-creds/${name}`;
  const synced = users.synced.flatMap((one) => takenFrom(one, mount, path));
  const uses = synced.flatMap(({ by, secret, has }) =>
    users.uses.filter((use) => use.by.namespace === by.namespace && use.secret === secret && has(use.key)),
  );
  if (uses.length === 0)
    return [row(3, 'no consumer', null, synced.length === 0 ? 'no ExternalSecret' : 'no workload', '-')];
  const byWorkload = Map.groupBy(uses, ({ by }) => `${by.kind} ${by.namespace}/${by.name}`);
  return [...byWorkload].map(([who, of]) => {
    const frozen = of.filter((use) => use.frozen);
    // It breaks by the one Secret that nothing restarts it for, whatever is done about the others.
    const triggers = (frozen.length > 0 ? frozen : of).map(({ by, secret }) => users.reloadTrigger(by, secret));
    const reload = triggers.includes(undefined) ? undefined : triggers[0];
    const hows = [...new Set(of.map(({ how, init }) => `${how}${init ? ' (init)' : ''}`))].join(', ');
    if (reload !== undefined) return row(2, 'ok', whoCell(who), hows, reload);
    return frozen.length > 0
      ? row(0, 'BREAKS', whoCell(who), hows, 'NONE: restart it after each rotation')
      : row(1, 'follows', whoCell(who), hows, 'none; the file changes, if the process reads it again');
  });
}

/** The Secret, and which of its keys change when the role's password is rotated: its user name, and what came from elsewhere, do not. */
function takenFrom({ by, secret, entries, whole, templated }: SyncedSecret, mount: string, path: string) {
  const changing = entries.filter(({ from, property }) => isSecretAt(from, mount, path) && property !== 'username');
  const isWhole = whole.some((place) => isSecretAt(place, mount, path));
  if (changing.length === 0 && !isWhole) return [];
  const fixed = entries.filter((entry) => !changing.includes(entry)).flatMap(({ key }) => key ?? []);
  const has = (key: string | undefined): boolean =>
    key === undefined || templated || !fixed.includes(key) || changing.some((entry) => entry.key === key);
  return [{ by, secret, has }];
}
