import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import { z } from 'zod';
import type { Lab } from '../lab.ts';

/**
 * How the lab's own watchers (exporter, log shipper) read the API server: as `lab:monitoring`, never as `castellan`, whose
 * every request a test may be counting.
 */
export const accessOptions = {
  server: { type: 'string' },
  ca: { type: 'string' },
  cert: { type: 'string' },
  key: { type: 'string' },
} as const;

export function accessArguments(lab: Lab): string[] {
  return [
    `--server=${lab.server}`,
    `--ca=${lab.pki('ca.crt')}`,
    `--cert=${lab.pki('monitoring.crt')}`,
    `--key=${lab.pki('monitoring.key')}`,
  ];
}

export const accessShape = z.object({ server: z.url(), ca: z.string(), cert: z.string(), key: z.string() });

export interface KubeReader {
  /** The items of a list. Objects without what the shape asks for are an error, not skipped. */
  list<T extends z.ZodType>(path: string, item: T): Promise<z.output<T>[]>;
  /** Text, or undefined where the server has none (4xx): a container that has not printed, a pod that has gone. */
  text(path: string): Promise<string | undefined>;
}

export function connectKube(access: z.infer<typeof accessShape>): KubeReader {
  const agent = new Agent({
    connect: { ca: readFileSync(access.ca), cert: readFileSync(access.cert), key: readFileSync(access.key) },
    connections: 4,
    headersTimeout: 20_000,
    bodyTimeout: 20_000,
  });
  const get = (path: string) => request(new URL(path, access.server), { dispatcher: agent });
  return {
    async list(path, item) {
      const { statusCode, body } = await get(path);
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`GET ${path}: ${statusCode} ${text.slice(0, 200)}`);
      return z.object({ items: z.array(item) }).parse(JSON.parse(text)).items;
    },
    async text(path) {
      const { statusCode, body } = await get(path);
      const text = await body.text();
      if (statusCode >= 400 && statusCode < 500) return undefined;
      if (statusCode !== 200) throw new Error(`GET ${path}: ${statusCode} ${text.slice(0, 200)}`);
      return text;
    },
  };
}
