import { z } from 'zod';
import { rawKeepConfig } from '../../src/keep/config/raw.ts';
import { code, page, table } from './markdown.ts';
import { fieldsOf } from './schema.ts';

export const keepConfigSchema: Readonly<Record<string, unknown>> = {
  ...z.toJSONSchema(rawKeepConfig, { io: 'input', target: 'draft-7', unrepresentable: 'any' }),
  title: 'keep.yaml',
};

/** docs/keep-config.md: every key of keep.yaml, from the schema that proves it. */
export function keepConfigPage(): string {
  const rows = fieldsOf(keepConfigSchema).map(({ path, type, required, fallback, description }) => [
    code(path),
    type,
    required ? 'yes' : '',
    code(fallback),
    description,
  ]);
  return page(
    '# keep.yaml',
    [
      'The keep reads one file, `/etc/castellan/keep.yaml` unless `--config` names another, and nothing of its environment.',
      'The file and whatever it names belong to root, and nobody else can write them or a folder above them; under',
      '`--seat-belt` they may belong to the user the keep runs as. Every path is absolute; no key takes a secret.',
    ].join('\n'),
    table(['key', 'type', 'needed', 'default', 'what it is'], rows),
  );
}
