import { z } from 'zod';
import { type Labels, sortedLabels } from './labels.ts';
import type { LogStore } from './store.ts';

/** A refused push, in Loki's words. */
export class PushError extends Error {}

const body = z.object({
  streams: z.array(
    z.object({
      stream: z.record(z.string(), z.string()),
      values: z.array(z.tuple([z.string().regex(/^\d+$/), z.string()], z.unknown())),
    }),
  ),
});

/** Takes a JSON push body. Throws PushError. */
export function push(store: LogStore, text: string): void {
  const read = body.safeParse(json(text));
  if (!read.success) throw new PushError(`couldn't parse push request: ${z.prettifyError(read.error)}`);
  for (const { stream, values } of read.data.streams) {
    const entries = values.map(([time, line]) => ({ time: BigInt(time), line }));
    store.push(withServiceName(stream), entries);
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PushError("couldn't parse push request: invalid JSON", { cause });
  }
}

/** The labels Loki looks at, first to last, for the label it adds itself. */
const serviceLabels = [
  'service',
  'app',
  'application',
  'app_name',
  'name',
  'app_kubernetes_io_name',
  'container',
  'container_name',
  'k8s_container_name',
  'component',
  'workload',
  'job',
  'k8s_job_name',
];

function withServiceName(stream: Labels): Labels {
  if (stream['service_name'] !== undefined) return stream;
  const found = serviceLabels.map((name) => stream[name]).find((value) => value !== undefined && value !== '');
  return sortedLabels({ ...stream, service_name: found ?? 'unknown_service' });
}
