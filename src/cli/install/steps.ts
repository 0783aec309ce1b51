import { statfsSync } from 'node:fs';
import { fingerprinterYaml } from './fingerprinter-yaml.ts';
import { type Answers, keepYaml } from './keep-yaml.ts';
import { type Ids, lastingPlaces, type Place, paths, runtimePlaces, under } from './layout.ts';
import { type Done, ensureFile, ensureFolder, ownerText, type PlacedFile } from './place.ts';
import type { Step } from './step.ts';
import type { Target } from './target.ts';
import { fingerprinterUnitText, isOurs, tmpfilesText, unitText } from './unit.ts';

/** Folders and files, in an order in which each stands on the one before. */
export function placeSteps(target: Target, ids: Ids, answers: Answers, command: readonly string[]): readonly Step[] {
  const folders = [...lastingPlaces(ids), ...runtimePlaces(ids)].map((place) => folderStep(target, place));
  const file = (path: string, text: string, ifOther: PlacedFile['ifOther']): Step =>
    fileStep(target, { path, text, mode: 0o644, uid: 0, gid: 0, ifOther });
  const ifOurs = (found: string) => (isOurs(found) ? 'replace' : 'beside');
  return [
    ...(target.root === '/' ? [] : stagedParents(target)),
    ...folders,
    file(paths.keepYaml, keepYaml(answers), () => 'beside'),
    // Its group reads it; the keep's need not know where the other token lies.
    fileStep(target, {
      path: paths.fingerprinterYaml,
      text: fingerprinterYaml(),
      mode: 0o640,
      uid: 0,
      gid: ids.fingerprinter.gid,
      ifOther: () => 'beside',
    }),
    file(paths.approvers, approversText, () => 'leave'),
    file(paths.tmpfiles, tmpfilesText(runtimePlaces(ids)), ifOurs),
    file(paths.unit, unitText(command), ifOurs),
    file(paths.fingerprinterUnit, fingerprinterUnitText(command), ifOurs),
  ];
}

/** Nobody yet: `castellan enrol` writes the first one. */
const approversText = `${JSON.stringify({ v: 1, approvers: [] })}\n`;

/** A host has these; a staged tree has not. */
function stagedParents(target: Target): readonly Step[] {
  const all = ['/etc', '/etc/systemd', '/etc/systemd/system', '/etc/tmpfiles.d', '/var', '/var/lib', '/run'];
  return all.map((path) => folderStep(target, { path, mode: 0o755, uid: 0, gid: 0 }));
}

function folderStep(target: Target, place: Place): Step {
  const placed = belonging(target, place);
  return {
    title: `make the folder ${placed.path} (${ownerText(placed)})`,
    run: () => told(ensureFolder(placed, target.trust), placed.path),
  };
}

function fileStep(target: Target, file: PlacedFile): Step {
  const placed = { ...file, ...belonging(target, file) };
  return {
    title: `write ${placed.path} (${ownerText(placed)})`,
    run: () => told(ensureFile(placed, target.trust), placed.path),
  };
}

function belonging<Some extends Place>({ root, owner, ownerGroup }: Target, place: Some): Some {
  return {
    ...place,
    path: under(root, place.path),
    uid: place.uid === 0 ? owner : place.uid,
    gid: place.gid === 0 ? ownerGroup : place.gid,
  };
}

function told(done: Done, path: string): readonly string[] {
  const words = {
    made: `made ${path}`,
    kept: `${path} is as it should be`,
    corrected: `corrected owner or mode of ${path}`,
    replaced: `replaced ${path}, which an earlier run had written`,
    'put beside': `${path} stays as it is; what would be written now is beside it: ${path}.new`,
  } as const;
  return [words[done]];
}

const tmpfs = 0x01021994;

/** A plan or a decrypted state on a disk would outlive its wiping. */
export const memoryStep: Step = {
  title: `check that ${paths.work} is in memory`,
  run: () =>
    statfsSync(paths.work).type === tmpfs
      ? []
      : [
          `WARNING: ${paths.work} is not in memory (tmpfs), and the keep does not plan until it is: mount one there, or name another workDirectory in keep.yaml`,
        ],
};
