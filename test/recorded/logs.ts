import { z } from 'zod';
import type { RecordedLogs, RecordedObject } from './collections.ts';
import { failed, type Reply } from './reply.ts';

const podShape = z.object({
  spec: z.object({
    containers: z.array(z.object({ name: z.string() })),
    initContainers: z.array(z.object({ name: z.string() })).default([]),
  }),
});

/** What a container printed, with the time before each line where it is asked for. */
export function logOf(pod: RecordedObject | undefined, query: URLSearchParams, { now, previous }: RecordedLogs): Reply {
  if (pod === undefined) return failed(404, 'NotFound');
  const { containers, initContainers } = podShape.parse(pod).spec;
  const names = [...initContainers, ...containers].map(({ name }) => name);
  const container = query.get('container') ?? names[0] ?? '';
  const place = `${pod.metadata.namespace}/${pod.metadata.name}/${container}`;
  const lines = (query.get('previous') === 'true' ? previous : now)[place];
  if (!names.includes(container) || lines === undefined) return failed(400, 'BadRequest');
  const since = Date.parse(query.get('sinceTime') ?? '');
  const recent = Number.isNaN(since) ? lines : lines.filter((line) => Date.parse(timeOf(line)) >= since);
  const tail = query.get('tailLines');
  const newest = tail === null ? recent : recent.slice(Math.max(0, recent.length - Number(tail)));
  const stamped = query.get('timestamps') === 'true';
  return {
    code: 200,
    body: newest.map((line) => `${stamped ? line : line.slice(timeOf(line).length + 1)}\n`).join(''),
  };
}

function timeOf(line: string): string {
  return line.slice(0, line.indexOf(' '));
}
