import { Document, isMap, isNode, isScalar, isSeq } from 'yaml';
import { Secret } from '../kit/index.ts';
import { isPlainObject } from './shape.ts';
import type { Config } from './valid.ts';

const hidden = '«secret»';

/**
 * The configuration as it holds, for a person: a YAML document (`stringify` of the yaml package writes it) with every
 * default filled in, a comment where each value comes from, and no secret. Keys are those of castellan.yaml, so that it
 * can be copied from.
 */
export function printableConfig(config: Config): Document {
  const { origins, groups, groupsRefused } = config;
  const document = new Document(
    printable({
      database: databaseAsTyped(config),
      http: httpAsTyped(config),
      socket: config.socket,
      backup: config.backup,
      log: config.log,
      ...Object.fromEntries(groups),
      ...Object.fromEntries(groupsRefused.map((key) => [key, false])),
    }),
  );
  const comment = (node: unknown, path: string): void => {
    if (!isMap(node)) return;
    for (const pair of node.items) {
      const { key, value } = pair;
      const name = isScalar(key) ? String(key.value) : '';
      const inner = path === '' ? name : `${path}.${name}`;
      if (isMap(value) && value.items.length > 0) comment(value, inner);
      else if (isNode(value)) {
        if (isSeq(value)) value.flow = true;
        value.comment = ` ${oneLine(origins.get(inner) ?? 'default')}`;
      }
    }
  };
  comment(document.contents, '');
  const head = [` data directory: ${config.home}`, ` file: ${config.file ?? 'none'}`];
  document.commentBefore = head.map(oneLine).join('\n');
  return document;
}

function databaseAsTyped({ database }: Config): object {
  if (database.kind === 'embedded') return { embedded: { directory: database.directory } };
  const { kind: _, password, ...server } = database;
  return { postgres: { ...server, passwordFrom: password } };
}

function httpAsTyped({ http, httpRefused }: Config): unknown {
  if (http === undefined) return httpRefused ? false : undefined;
  const { host, port, ...limits } = http;
  return { listen: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`, ...limits };
}

/** Plain data: what is not, is told by its kind. */
function printable(value: unknown): unknown {
  if (value instanceof Secret) return hidden;
  if (Array.isArray(value)) return value.map(printable);
  if (isPlainObject(value)) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return Object.fromEntries(entries.map(([key, inner]) => [key, printable(inner)]));
  }
  if (value instanceof URL) return value.href;
  return typeof value === 'object' && value !== null ? '«object»' : value;
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ');
}
