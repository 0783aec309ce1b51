import { code, page, table } from './markdown.ts';
import { fieldsOf } from './schema.ts';

/** docs/config.md: every key of castellan.yaml, from the schema editors use. */
export function configPage(schema: Readonly<Record<string, unknown>>): string {
  const rows = fieldsOf(schema).map(({ path, type, required, fallback, description }) => [
    code(path),
    type,
    required ? 'yes' : '',
    code(fallback),
    description,
  ]);
  return page(
    '# Configuration',
    [
      'Castellan reads one `castellan.yaml`: the one named by `--config`, else by `CASTELLAN_CONFIG`. Its data directory is',
      '`--home`, else `CASTELLAN_HOME`, else the state directory of the user. An unknown key is an error that names the',
      'nearest known one. A secret is never written here: it is named by the path of a file or a `vault://` reference.',
    ].join('\n'),
    'Editors check the file with `# yaml-language-server: $schema=…/reference/castellan.schema.json` as its first line.',
    'A key below another is needed only where that other is written.',
    table(['key', 'type', 'needed', 'default', 'what it is'], rows),
  );
}
