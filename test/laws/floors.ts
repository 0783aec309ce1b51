import { codeOf, importsOf, isTestOnly, resolveImport, type Source } from './sources.ts';

/**
 * Rooms by floor, lowest first. A file imports its own room or rooms on lower floors, never a neighbour and never up.
 * `*` makes each folder there a room of its own.
 */
const floors: readonly (readonly string[])[] = [
  // The guard imports nothing but Node: it is bundled into one file, hooks/guard.mjs.
  ['src/kit', 'src/guard'],
  ['src/config', 'src/store', 'src/redaction'],
  ['src/cluster', 'src/iac', 'src/vault', 'src/monitoring', 'src/probe', 'memory'],
  ['src/convention'],
  ['src/change', 'src/incident'],
  ['tools/*', 'src/keep'],
  ['tools/catalogue.ts'],
  // The console's page: of the keep it knows only what is spoken between the two.
  ['src/server', 'web'],
  ['src/cli'],
  ['scripts'],
  ['test'],
  ['bench'],
];

/** The kit is what others build on: it brings one package and no more. */
const kitPackages = ['zod'];

export function brokenFloors(sources: readonly Source[]): readonly string[] {
  return sources.flatMap((source) => (isTestOnly(source.path) ? [] : brokenImports(source)));
}

function brokenImports(source: Source): readonly string[] {
  const own = roomOf(source.path);
  if (own === undefined) return [`${source.path} stands in no room: add its folder to a floor`];
  const broken = importsOf(source).flatMap((specifier) => {
    if (!specifier.startsWith('.')) return own.name === 'src/kit' ? brokenKitImport(source, specifier) : [];
    const target = resolveImport(source, specifier);
    const line = `${source.path} imports ${target}`;
    // What tests are fed may be shared by the suites and the benchmarks, which are not shipped either.
    if (isTestOnly(target) && !['test', 'bench'].includes(own.name)) return [`${line}, which is not shipped`];
    const room = roomOf(target);
    // Data beside the code (JSON, SQL, package.json) stands on no floor.
    if (room === undefined) return target.endsWith('.ts') ? [`${line}, which stands in no room`] : [];
    if (room.name === own.name || room.floor < own.floor) return [];
    return [`${line}, which is ${room.floor === own.floor ? 'a neighbour' : 'above it'}`];
  });
  // The command line loads its commands by literal names; anything computed could import any floor.
  const computed = /\bimport\s*\(\s*[^'"`\s)]/.test(codeOf(source)) && own.name !== 'scripts';
  return computed ? [...broken, `${source.path} imports a computed name`] : broken;
}

function brokenKitImport(source: Source, specifier: string): readonly string[] {
  if (specifier.startsWith('node:') || kitPackages.includes(specifier)) return [];
  return [`${source.path} imports ${specifier}: the kit needs ${kitPackages.join(', ')} and nothing else`];
}

interface Room {
  readonly name: string;
  readonly floor: number;
}

function roomOf(path: string): Room | undefined {
  for (const [floor, rooms] of floors.entries()) {
    if (rooms.includes(path)) return { name: path, floor };
  }
  const [first = '', second = ''] = path.split('/');
  const deep = `${first}/${second}`;
  for (const [floor, rooms] of floors.entries()) {
    if (rooms.includes(deep)) return { name: deep, floor };
    if (rooms.includes(first)) return { name: first, floor };
    if (rooms.includes(`${first}/*`) && path.split('/').length > 2) return { name: deep, floor };
  }
  return undefined;
}
