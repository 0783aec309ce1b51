import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The programs of the lab, as data.
 *
 * program  one binary, built from one package of one pinned module
 * module   a folder under programs/ holding the go.mod and go.sum that pin everything the program is made of
 * extra    files of the module that the lab needs at run time beside the binary, so that `up` needs no Go
 */
export interface Program {
  readonly name: string;
  readonly module: string;
  readonly version: string;
  /** Folder under programs/. */
  readonly folder: string;
  /** The main package. */
  readonly source: string;
  readonly ldflags: readonly string[];
  /** A folder of the module, copied beside the binary (YAML files only). */
  readonly extra?: string;
}

const strip = ['-s', '-w'];
const kubernetesVersion = 'v1.37.2';
const componentVersion = 'k8s.io/component-base/version';
/** Without these the server calls itself v0.0.0. */
const kubernetesFlags = [
  ...strip,
  `-X ${componentVersion}.gitVersion=${kubernetesVersion}`,
  `-X ${componentVersion}.gitMajor=1`,
  `-X ${componentVersion}.gitMinor=37`,
  `-X ${componentVersion}.gitTreeState=clean`,
];

function kubernetes(name: string): Program {
  return {
    name,
    module: 'k8s.io/kubernetes',
    version: kubernetesVersion,
    folder: 'kubernetes',
    source: `k8s.io/kubernetes/cmd/${name}`,
    ldflags: kubernetesFlags,
  };
}

export const programs: readonly Program[] = [
  {
    name: 'etcd',
    module: 'go.etcd.io/etcd/server/v3',
    version: 'v3.6.14',
    folder: 'etcd',
    source: 'go.etcd.io/etcd/server/v3',
    ldflags: strip,
  },
  kubernetes('kube-apiserver'),
  kubernetes('kube-controller-manager'),
  kubernetes('kube-scheduler'),
  kubernetes('kubectl'),
  {
    name: 'kwok',
    module: 'sigs.k8s.io/kwok',
    version: 'v0.8.0',
    folder: 'kwok',
    source: 'sigs.k8s.io/kwok/cmd/kwok',
    ldflags: strip,
    extra: 'kustomize',
  },
  {
    name: 'metrics-server',
    module: 'sigs.k8s.io/metrics-server',
    version: 'v0.9.0',
    folder: 'metrics-server',
    source: 'sigs.k8s.io/metrics-server/cmd/metrics-server',
    ldflags: strip,
  },
];

export function programFolder(program: Program): string {
  return join(import.meta.dirname, 'programs', program.folder);
}

/** Changes with anything the binary is made of: version, pinned sums, package, linker flags. */
export function programKey(program: Program): string {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(programFolder(program), file)));
  hash.update(JSON.stringify([program.source, program.ldflags, program.extra ?? '']));
  return `${program.name}-${program.version}-${hash.digest('hex').slice(0, 12)}`;
}

export function programNamed(name: string): Program {
  const found = programs.find((program) => program.name === name);
  if (found === undefined) throw new Error(`no program is called ${name}`);
  return found;
}
