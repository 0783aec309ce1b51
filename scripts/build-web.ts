import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build } from 'vite';

/**
 * Makes the console's page: static files that need nothing but themselves, and obey a policy without inline scripts, inline
 * styles, eval or innerHTML (`require-trusted-types-for 'script'`).
 *
 *   node scripts/build-web.ts [folder]      dist/web when none is named
 */
export const webFolder = fileURLToPath(new URL('../web', import.meta.url));

export async function buildWeb(outFolder: string): Promise<void> {
  await build({
    configFile: false,
    root: webFolder,
    logLevel: 'warn',
    plugins: [
      svelte({
        configFile: false,
        // Elements are made one by one: no text ever passes the HTML parser.
        compilerOptions: { runes: true, fragments: 'tree' },
      }),
    ],
    build: {
      outDir: outFolder,
      emptyOutDir: true,
      target: 'es2023',
      modulePreload: false,
      // A data: address would need a hole in the policy.
      assetsInlineLimit: 0,
      reportCompressedSize: false,
    },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildWeb(process.argv[2] ?? fileURLToPath(new URL('../dist/web', import.meta.url)));
}
