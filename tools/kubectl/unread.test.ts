import { expect, it } from 'vitest';
import type { RecordedApi } from '../../test/recorded/api.ts';
import { openCrowdedApi } from './crowded.fixture.ts';
import { type Call, everyCall, openCaller, tellAll } from './every-call.fixture.ts';

/** What an answer calls a kind that it could not read, where that is not the kind's own name. */
const calledBy: Readonly<Record<string, RegExp>> = {
  'pods.metrics.k8s.io': /usage/,
  'nodes.metrics.k8s.io': /usage/,
  endpointslices: /endpoint/,
};

/** The kinds whose answers are made of many others. */
const described =
  /^(?:pods|deployments\.apps|cronjobs\.batch|nodes|services|persistentvolumeclaims|ingressroutes\.traefik\.io|externalsecrets\.external-secrets\.io)\//;

function isAsked({ tool, input }: Call): boolean {
  if (tool === 'kubectl_describe') return described.test(String(input['target']));
  if (tool === 'kubectl_get') return input['kind'] === 'services' && input['view'] === 'table';
  if (tool === 'kubectl_logs') return input['container'] === 'all' && input['grep'] !== undefined;
  return tool !== 'kubectl_explain' && tool !== 'kubectl_wait';
}

function nameOf({ group, resource }: { readonly group: string; readonly resource: string }): string {
  return group === 'metrics.k8s.io' ? `${resource}.metrics.k8s.io` : resource;
}

/** Which calls read a kind, when they may. */
async function readersIn(api: RecordedApi, calls: readonly Call[]): Promise<ReadonlyMap<string, readonly Call[]>> {
  const readers = new Map<string, Call[]>();
  for (const call of calls) {
    // The last look at the cluster is kept for a moment, and then no call seems to read anything.
    await using caller = await openCaller(api);
    const read = new Set<string>();
    api.refuse = (asked) => {
      read.add(nameOf(asked));
      return undefined;
    };
    await tellAll(caller, [call]);
    // Which namespaces there are is asked by the check of the credential, too.
    if (!/^(?:cluster_health|kubectl_describe)$/.test(call.tool)) read.delete('namespaces');
    for (const name of read) readers.set(name, [...(readers.get(name) ?? []), call]);
  }
  return readers;
}

it.each([403, 500])('what is refused with %i is told as not seen, by every tool that asks for it', async (status) => {
  await using api = await openCrowdedApi();
  await using first = await openCaller(api);
  const readers = await readersIn(api, (await everyCall(api, first, { named: 1 })).filter(isAsked));
  const silent: string[] = [];
  let told = 0;
  for (const [refused, calls] of readers) {
    await using caller = await openCaller(api);
    api.refuse = (asked) => (nameOf(asked) === refused ? status : undefined);
    for (const { text, kind, tool, input } of await tellAll(caller, calls)) {
      told += 1;
      const unseen = /NOT SEEN: (.*)/.exec(text)?.[1] ?? '';
      // Those in front are named, the others counted.
      const isSaid = unseen.includes(refused) || calledBy[refused]?.test(unseen) || / and \d+ more$/.test(unseen);
      const isWell = tool === 'cluster_health' && !(text.split('\n')[0] ?? '').includes('UNKNOWN');
      if (kind === 'answer' && (isWell || isSaid !== true)) {
        silent.push(`${refused}: ${tool} ${JSON.stringify(input)} ${text.slice(0, 200)}`);
      }
    }
  }
  expect(silent).toEqual([]);
  expect(told).toBeGreaterThan(150);
});
