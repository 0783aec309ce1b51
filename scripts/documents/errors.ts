import { readdirSync, readFileSync } from 'node:fs';
import { declaredErrors } from '../../src/kit/index.ts';
import { code, page, table } from './markdown.ts';

const repository = new URL('../../', import.meta.url);

/** docs/errors.md: every code, whoever declares it. */
export async function errorsPage(): Promise<string> {
  for (const path of declaringFiles()) await import(new URL(path, repository).href);
  const rows = declaredErrors().map(({ code: name, audience, meaning }) => [code(name), audience, meaning]);
  return page(
    '# Errors',
    'Every error carries a code, who can act on it, and the next step. Codes are stable.',
    table(['code', 'who acts', 'what it means'], rows),
  );
}

/** A code exists once its file is loaded, and the command line loads most files only when they are needed. */
function declaringFiles(): readonly string[] {
  const top = readdirSync(repository);
  return ['src', 'tools', 'memory']
    .filter((folder) => top.includes(folder))
    .flatMap((folder) => {
      const names = readdirSync(new URL(`${folder}/`, repository), { recursive: true, encoding: 'utf8' });
      return names.map((name) => `${folder}/${name}`);
    })
    .filter((path) => path.endsWith('.ts') && !/\.(test|contract|fixture)\.ts$/.test(path))
    .filter((path) => readFileSync(new URL(path, repository), 'utf8').includes('defineErrors({'))
    .sort();
}
