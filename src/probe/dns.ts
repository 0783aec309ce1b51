import { plainAddress } from './address.ts';
import type { AllowList } from './allow.ts';
import { raced } from './deadline.ts';
import type { DnsProbe } from './port.ts';
import { askServer, type Lookup, lookedUp } from './resolve.ts';
import { parseName } from './target.ts';
import { plainLine } from './words.ts';

export interface DnsRequest {
  readonly name: string;
  readonly allowed: AllowList;
  readonly find: Lookup;
  readonly servers: readonly string[];
  readonly deadline: AbortSignal;
  readonly deadlineMs: number;
}

/**
 * What this host takes a name for, and what each configured server says. It works when this host finds an address and no server
 * that answered says that there is none; servers that differ are told, because there are homes where that is meant.
 */
export async function probeDns(request: DnsRequest): Promise<DnsProbe> {
  const { name, allowed, find, servers, deadline, deadlineMs } = request;
  const fail = (problem: string): DnsProbe => ({
    name,
    works: 'unknown',
    addresses: [],
    aliases: [],
    answers: [],
    problem,
  });
  const target = parseName(name);
  if ('refused' in target) return fail(`not asked: ${target.refused}`);
  const refusal = allowed.nameRefusal(target.host);
  if (refusal !== undefined) return fail(`not asked: ${refusal}`);
  const late = { addresses: [], aliases: [], problem: 'it did not answer in time', absent: false };
  const timeoutMs = Math.max(500, Math.trunc(deadlineMs * 0.8));
  const [system, ...said] = await Promise.all([
    raced(lookedUp(find, target.host), deadline),
    ...servers.map(async (server) => ({
      server,
      ...((await raced(askServer(server, target.host, deadline, timeoutMs), deadline)) ?? late),
    })),
  ]);
  const own =
    system?.problem === undefined ? [...(system?.addresses ?? [])].map((one) => plainAddress(one) ?? one).sort() : [];
  const known = said.filter(({ problem }) => problem === undefined);
  const absent = system?.absent === true || said.some((one) => one.absent);
  const problems = [
    ...(system === undefined ? ['it was not looked up in time'] : []),
    ...(system?.problem === undefined ? [] : [system.problem]),
    ...said.flatMap(({ server, problem }) => (problem === undefined ? [] : [`${server}: ${problem}`])),
    ...differences(own, known),
  ];
  return {
    name: target.host,
    works: absent ? 'no' : own.length > 0 ? 'yes' : 'unknown',
    addresses: own,
    aliases: [...new Set(said.flatMap(({ aliases }) => aliases))].sort().map(plainLine),
    answers: said.map(({ server, addresses, problem }) => ({ server, addresses, problem })),
    problem: problems.length === 0 ? undefined : problems.join('; '),
  };
}

function differences(
  own: readonly string[],
  said: readonly { server: string; addresses: readonly string[] }[],
): readonly string[] {
  if (own.length === 0) return [];
  return said
    .filter(({ addresses }) => addresses.toSorted().join(' ') !== own.join(' '))
    .map(({ server, addresses }) => `${server} says ${addresses.join(', ')}, this host takes ${own.join(', ')}`);
}
