import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { buildWeb } from './build-web.ts';

/**
 * Makes dist/: what tsc emits, the data files that stand beside the code, and build.json, which says which build this is.
 * The shim and the daemon compare it when they meet.
 */
const repository = fileURLToPath(new URL('../', import.meta.url));
const dist = join(repository, 'dist');
const shippedFolders = ['src', 'tools', 'memory'];
const dataFiles = /\.(sql|json|yaml)$/;
const neverShipped = /\.(test|contract|fixture)\.|(^|\/)(fixtures|__snapshots__)\//;

const manifest = z
  .object({ version: z.string(), bin: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')));

rmSync(dist, { recursive: true, force: true });
await buildWeb(join(dist, 'web'));
compile();
dropInnerTypes();
const copied = copyData();
writeFileSync(
  join(dist, 'build.json'),
  `${JSON.stringify({ version: manifest.version, stamp: new Date().toISOString() })}\n`,
);
for (const path of Object.values(manifest.bin)) makeExecutable(join(repository, path));
console.log(`dist: ${filesBelow(dist).length} files, ${copied} of them data, version ${manifest.version}`);

function compile(): void {
  const { status, error } = spawnSync('tsc', ['-p', 'tsconfig.build.json'], { cwd: repository, stdio: 'inherit' });
  if (error !== undefined) throw new Error('tsc could not be started; run this with npm run build', { cause: error });
  if (status !== 0) throw new Error(`tsc ended with ${status}`);
}

/** Only castellan/kit can be imported; nobody reads the types of the rest. */
function dropInnerTypes(): void {
  const kit = join(dist, 'src', 'kit') + sep;
  for (const path of filesBelow(dist)) {
    if (path.endsWith('.d.ts') && !path.startsWith(kit)) rmSync(path);
  }
}

function copyData(): number {
  const data = shippedFolders
    .filter((folder) => existsSync(join(repository, folder)))
    .flatMap((folder) => filesBelow(join(repository, folder)))
    .map((path) => relative(repository, path).split(sep).join('/'))
    .filter((path) => dataFiles.test(path) && !neverShipped.test(path));
  for (const path of data) {
    mkdirSync(dirname(join(dist, path)), { recursive: true });
    copyFileSync(join(repository, path), join(dist, path));
  }
  return data.length;
}

function makeExecutable(path: string): void {
  if (!readFileSync(path, 'utf8').startsWith('#!')) throw new Error(`${relative(repository, path)} has no #! line`);
  chmodSync(path, 0o755);
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
