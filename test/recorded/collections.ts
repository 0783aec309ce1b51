import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { collectionName } from './kinds.ts';

export interface RecordedObject {
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    [field: string]: unknown;
  };
  [field: string]: unknown;
}

/** What the server prints of a kind: its columns, and the cells of each object by `namespace/name`. */
export interface Printed {
  readonly columns: { name: string; type: string; format: string; description: string; priority: number }[];
  readonly cells: Record<string, unknown[]>;
}

export interface Collection {
  /** `/apis/apps/v1` */
  readonly path: string;
  readonly resource: string;
  /** Of the list: `DeploymentList`. */
  readonly kind: string;
  readonly apiVersion: string;
  readonly items: RecordedObject[];
  readonly printed: Printed;
}

/** Lines of containers, `RFC3339Nano text`, oldest first, by `namespace/pod/container`. */
export interface RecordedLogs {
  readonly now: Record<string, readonly string[]>;
  readonly previous: Record<string, readonly string[]>;
}

export interface Recording {
  /** When the lab was recorded: ages and freshness are right for a test whose clock says so. */
  readonly at: Date;
  readonly collections: Collection[];
  readonly logs: RecordedLogs;
  /** Discovery and version, by path. */
  readonly documents: Record<string, unknown>;
  /** OpenAPI documents, by path. */
  readonly schemas: Readonly<Record<string, unknown>>;
  /** The secret values planted in the objects and logs, fresh in every run. */
  readonly canaries: readonly string[];
}

const folder = join(import.meta.dirname, 'kubernetes');

const metadata = z.looseObject({
  name: z.string(),
  namespace: z.exactOptional(z.string()),
  labels: z.exactOptional(z.record(z.string(), z.string())),
  annotations: z.exactOptional(z.record(z.string(), z.string())),
});
const collectionFile = z.object({
  list: z.object({ path: z.string(), resource: z.string(), kind: z.string(), apiVersion: z.string() }),
  columns: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      format: z.string(),
      description: z.string(),
      priority: z.int(),
    }),
  ),
  cells: z.record(z.string(), z.array(z.unknown())),
  items: z.array(z.looseObject({ metadata })),
});
/** Many containers print the same: their lines are kept once. */
const logsFile = z.object({
  texts: z.array(z.array(z.string())),
  now: z.record(z.string(), z.int()),
  previous: z.record(z.string(), z.int()),
});
const schemasFile = z.object({
  pool: z.record(z.string(), z.unknown()),
  documents: z.record(z.string(), z.array(z.string())),
});
const discoveryFile = z.object({ at: z.coerce.date(), documents: z.record(z.string(), z.unknown()) });

export function readRecording(): Recording {
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const objectFiles = readdirSync(join(folder, 'objects')).map((file) => join('objects', file));
  const texts = [...objectFiles, 'logs.json'].map(read);
  const places = texts.flatMap((text) =>
    [...text.matchAll(/\{\{canary(?:-base64)?:(\d+)\}\}/g)].map(([, index]) => Number(index)),
  );
  const canaries = Array.from({ length: Math.max(...places) + 1 }, () => randomBytes(18).toString('base64url'));
  const filled = (text: string): unknown => JSON.parse(fill(text, canaries));
  const { at, documents } = discoveryFile.parse(JSON.parse(read('discovery.json')));
  return {
    at,
    collections: texts.slice(0, -1).map((text) => {
      const { list, columns, cells, items } = collectionFile.parse(filled(text));
      return { ...list, items, printed: { columns, cells } };
    }),
    logs: readLogs(logsFile.parse(filled(read('logs.json')))),
    documents,
    schemas: readSchemas(schemasFile.parse(JSON.parse(read('schemas.json')))),
    canaries,
  };
}

export function collectionNamed(collections: readonly Collection[], name: string): Collection | undefined {
  return collections.find(({ path, resource }) => collectionName(path, resource) === name);
}

/** `namespace/name`, or `/name` outside namespaces. */
export function placeOf({ metadata: { namespace = '', name } }: RecordedObject): string {
  return `${namespace}/${name}`;
}

function fill(text: string, canaries: readonly string[]): string {
  return text
    .replace(/\{\{canary:(\d+)\}\}/g, (_all, index) => canaries[Number(index)] ?? '')
    .replace(/\{\{canary-base64:(\d+)\}\}/g, (_all, index) =>
      Buffer.from(canaries[Number(index)] ?? '').toString('base64'),
    );
}

function readLogs({ texts, now, previous }: z.infer<typeof logsFile>): RecordedLogs {
  const lines = (places: Readonly<Record<string, number>>): Record<string, readonly string[]> =>
    Object.fromEntries(Object.entries(places).map(([place, index]) => [place, texts[index] ?? []]));
  return { now: lines(now), previous: lines(previous) };
}

function readSchemas({ pool, documents }: z.infer<typeof schemasFile>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(documents).map(([path, names]) => {
      const schemas = Object.fromEntries(names.map((name) => [name, pool[name]]));
      return [path, { openapi: '3.0.0', info: { title: 'Kubernetes' }, paths: {}, components: { schemas } }];
    }),
  );
}
