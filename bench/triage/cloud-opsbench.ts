import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { SnapshotAlert } from '../../src/incident/triage/port.ts';
import type { RecordedCase } from './case.ts';
import { manifestsOf, withReadyPods } from './described-objects.ts';

/**
 * Cases laid out as Cloud-OpsBench lays them out: `<system>/<class>/<n>/{metadata.json, tool_cache.json, raw_data/}`. Read are
 * what kubectl printed (raw_data/k8s_states.json) and what was abnormal (raw_data/alert.json); of metadata.json the faulty
 * object, and of tool_cache.json when all of it was taken.
 */
export function cloudOpsBenchCases(root: string): Generator<RecordedCase> {
  return cases(root);
}

function* cases(root: string): Generator<RecordedCase> {
  for (const system of folders(root)) {
    for (const fault of folders(join(root, system))) {
      for (const number of folders(join(root, system, fault))) {
        yield readCase(join(root, system, fault, number), `${system}/${fault}`, number);
      }
    }
  }
}

function folders(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

const metadata = z.object({ namespace: z.string(), result: z.object({ fault_object: z.string() }) });
const taken = z.object({ collection_timestamp: z.string() }).catchall(z.unknown());
const printed = z.record(z.string(), z.string());
/** What stands in no namespace is asked for without one. */
const described = /^kubectl describe (\S+) (\S+)(?: -n \S+)?$/;

const alerts = z.object({
  alerts: z
    .array(
      z.union([
        z.object({ type: z.enum(['Service', 'Node']), name: z.string(), evidence: z.array(z.string()) }),
        z.object({ entry_service: z.string(), business_action: z.string(), raw_error: z.string() }),
        z.object({}).transform(() => undefined),
      ]),
    )
    .default([]),
});

function readCase(folder: string, group: string, number: string): RecordedCase {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const { namespace, result } = metadata.parse(read('metadata.json'));
  const states = printed.parse(read('raw_data/k8s_states.json'));
  // Its clock is that of the cluster's zone, eight hours before UTC.
  const cache = taken.parse(read('tool_cache.json'));
  const at = new Date(`${cache.collection_timestamp.slice(0, 19)}+08:00`);
  const manifests = Object.entries(states).flatMap(([command, text]) => {
    const resource = described.exec(command)?.[1];
    return resource === undefined ? [] : manifestsOf(resource, text, at);
  });
  const place = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace }, status: { phase: 'Active' } };
  return {
    at,
    manifests: [place, ...withReadyPods(manifests)],
    alerts: alerts.parse(read('raw_data/alert.json')).alerts.flatMap((alert) => alertOf(alert, namespace, at)),
    calls: callsOf(cache, namespace),
    expected: result.fault_object,
    group,
    folder: number,
  };
}

/** Of each Service what it calls itself: the first branches of the tree that is printed of it. */
function callsOf(cache: Readonly<Record<string, unknown>>, namespace: string): RecordedCase['calls'] {
  return Object.entries(cache).flatMap(([asked, answer]) => {
    const from = /^GetServiceDependencies:\{"service_name":"([^"]+)"\}$/.exec(asked)?.[1];
    if (from === undefined || typeof answer !== 'string') return [];
    const tree = answer.slice(answer.indexOf('[Downstream'));
    return [...tree.matchAll(/^[├└]── ([a-z0-9-]+)/gm)].map(([, to = '']) => ({
      from: `Service ${namespace}/${from}`,
      to: `Service ${namespace}/${to}`,
    }));
  });
}

type RawAlert = z.output<typeof alerts>['alerts'][number];

function alertOf(raw: RawAlert, namespace: string, at: Date): readonly SnapshotAlert[] {
  if (raw === undefined) return [];
  const since = new Date(at.getTime() - 120_000).toISOString();
  const common = { severity: 'warning', state: 'firing', since } as const;
  if ('entry_service' in raw) {
    const labels = { namespace, service: raw.entry_service };
    return [{ ...common, name: 'requests fail', labels, summary: `${raw.business_action}: ${raw.raw_error}` }];
  }
  const labels: Readonly<Record<string, string>> =
    raw.type === 'Node' ? { node: raw.name } : { namespace, service: raw.name };
  return raw.evidence.map((line) => ({ ...common, name: line.split(' ')[0] ?? 'abnormal', labels, summary: line }));
}
