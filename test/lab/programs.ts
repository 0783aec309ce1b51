import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The programs of the lab, as data.
 *
 * program  one binary, built from one package of one pinned module
 * module   a folder under programs/ holding the go.mod and go.sum that pin everything the program is made of
 * extra    files of the module that the lab needs at run time beside the binary, so that `up` needs no Go
 *
 * Order: what `up` cannot do without first, then the cheapest to build first.
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
  /** GiB it takes while being built, alone, with nothing cached, when that is more than most do: sources, compiler cache, binary. */
  readonly room?: number;
  /** How it says its version. A program of the machine that says the same is used instead; not for one with `extra`. */
  readonly versionCheck?: VersionCheck;
}

interface VersionCheck {
  readonly args: readonly string[];
  /** What stands in its answer on stdout, whole. */
  readonly shown: string;
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

function kubernetes(name: string, versionCheck: VersionCheck): Program {
  return {
    name,
    module: 'k8s.io/kubernetes',
    version: kubernetesVersion,
    folder: 'kubernetes',
    source: `k8s.io/kubernetes/cmd/${name}`,
    ldflags: kubernetesFlags,
    versionCheck,
  };
}

const kubernetesServer = { args: ['--version'], shown: `Kubernetes ${kubernetesVersion}` };

export const programs: readonly Program[] = [
  {
    name: 'etcd',
    module: 'go.etcd.io/etcd/server/v3',
    version: 'v3.6.14',
    folder: 'etcd',
    source: 'go.etcd.io/etcd/server/v3',
    ldflags: strip,
    versionCheck: { args: ['--version'], shown: 'etcd Version: 3.6.14' },
  },
  kubernetes('kube-apiserver', kubernetesServer),
  kubernetes('kube-controller-manager', kubernetesServer),
  kubernetes('kube-scheduler', kubernetesServer),
  kubernetes('kubectl', { args: ['version', '--client'], shown: `Client Version: ${kubernetesVersion}` }),
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
  {
    name: 'terraform-provider-kubectl',
    module: 'github.com/gavinbunney/terraform-provider-kubectl',
    version: 'v1.19.0',
    folder: 'terraform-provider-kubectl',
    source: 'github.com/gavinbunney/terraform-provider-kubectl',
    ldflags: strip,
  },
  {
    name: 'sops',
    module: 'github.com/getsops/sops/v3',
    version: 'v3.13.2',
    folder: 'sops',
    source: 'github.com/getsops/sops/v3/cmd/sops',
    ldflags: strip,
    room: 2,
    // Without the flag it asks GitHub for the newest.
    versionCheck: { args: ['--disable-version-check', '--version'], shown: 'sops 3.13.2' },
  },
  {
    name: 'terragrunt',
    module: 'github.com/gruntwork-io/terragrunt',
    version: 'v1.1.3',
    folder: 'terragrunt',
    source: 'github.com/gruntwork-io/terragrunt',
    // Without the second it calls itself "latest".
    ldflags: [...strip, '-X github.com/gruntwork-io/terragrunt/internal/version.Version=v1.1.3'],
    room: 3.5,
    versionCheck: { args: ['--version'], shown: 'terragrunt version v1.1.3' },
  },
  {
    name: 'tofu',
    module: 'github.com/opentofu/opentofu',
    version: 'v1.12.6',
    folder: 'opentofu',
    source: 'github.com/opentofu/opentofu/cmd/tofu',
    // Without the second it calls itself 1.12.6-dev.
    ldflags: [...strip, '-X github.com/opentofu/opentofu/version.dev=no'],
    room: 3,
    versionCheck: { args: ['version'], shown: 'OpenTofu v1.12.6' },
  },
  {
    // Its licence (BUSL) allows a test server. Nothing of it is ever shipped.
    name: 'vault',
    module: 'github.com/hashicorp/vault',
    version: 'v1.21.1',
    folder: 'vault',
    source: 'github.com/hashicorp/vault',
    ldflags: strip,
    room: 8,
    versionCheck: { args: ['version'], shown: 'Vault v1.21.1' },
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
