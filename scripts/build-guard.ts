import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/**
 * Makes hooks/guard.mjs, one file that needs nothing but Node, of src/guard. With --check writes nothing and ends with 1 when
 * the file is another than the sources give. The same sources give the same bytes on every machine.
 */
export const guardFile = new URL('../hooks/guard.mjs', import.meta.url);
const repository = fileURLToPath(new URL('../', import.meta.url));
const banner =
  '#!/usr/bin/env node\n// Made from src/guard by scripts/build-guard.ts: change the sources, then run npm run build:guard.';

export async function bundleGuard(): Promise<string> {
  const built = await build({
    configFile: false,
    root: repository,
    logLevel: 'warn',
    build: {
      write: false,
      minify: false,
      target: 'node20',
      lib: { entry: 'src/guard/main.ts', formats: ['es'] },
      rolldownOptions: { cwd: repository, external: /^node:/, optimization: { inlineConst: false } },
    },
  });
  const outputs = [built].flat().flatMap((one) => ('output' in one ? one.output : []));
  const [chunk, ...more] = outputs;
  if (chunk?.type !== 'chunk' || more.length > 0)
    throw new Error('the guard is one file, and the bundler made another');
  return `${banner}\n${visible(chunk.code)}`;
}

/** Control characters stand in strings only, and a file that has some is no text for many a tool. */
function visible(code: string): string {
  return code.replace(/(?![\n\t])\p{Cc}/gu, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = await bundleGuard();
  const stale = readFileSync(guardFile, 'utf8') !== text;
  if (process.argv.includes('--check')) {
    if (stale) {
      console.error('hooks/guard.mjs is stale: run npm run build:guard');
      process.exitCode = 1;
    }
  } else if (stale) {
    writeFileSync(guardFile, text);
    console.log('wrote hooks/guard.mjs');
  }
}
