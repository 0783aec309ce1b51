import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { proveOwnership } from '../../keep/config/ownership.ts';

/** Not the PATH of whoever runs this: the keep finds nothing in a home. */
const folders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

interface Needed {
  readonly name: string;
  readonly why: string;
  readonly install: string;
  readonly optional?: true;
}

const needed: readonly Needed[] = [
  { name: 'bwrap', why: 'the sandbox of every plan', install: 'package bubblewrap' },
  { name: 'socat', why: 'the one way out of the sandbox', install: 'package socat' },
  { name: 'git', why: 'reads the repository', install: 'package git' },
  { name: 'prlimit', why: 'limits plans', install: 'package util-linux' },
  { name: 'setpriv', why: 'takes rights from plans', install: 'package util-linux' },
  { name: 'openssl', why: 'certificates of the API server’s proxy', install: 'package openssl' },
  {
    name: 'terraform',
    why: 'plans, if the stacks are written for it',
    install: 'a release of HashiCorp',
    optional: true,
  },
  { name: 'tofu', why: 'plans, if the stacks are written for it', install: 'a release of OpenTofu', optional: true },
  { name: 'terragrunt', why: 'plans of Terragrunt stacks', install: 'a release of Gruntwork', optional: true },
  { name: 'sops', why: 'encrypted state', install: 'a release of getsops', optional: true },
];

export interface Programs {
  /** Absolute paths, of those that are there and nobody but root can change. */
  readonly found: ReadonlyMap<string, string>;
  /** What is missing or unsafe, and what to do, a line each. */
  readonly lacks: readonly string[];
}

export function lookForPrograms(places: readonly string[] = folders): Programs {
  const found = new Map<string, string>();
  const lacks: string[] = [];
  for (const { name, why, install, optional } of needed) {
    const path = places.map((folder) => join(folder, name)).find(isProgram);
    if (path === undefined) {
      if (optional !== true) lacks.push(`${name} is missing (${why}): install ${install}`);
      continue;
    }
    const { flaw } = proveOwnership(path, { uids: [0] });
    if (flaw === undefined) found.set(name, path);
    else lacks.push(`${path} ${flaw}: the keep would run what somebody else can change`);
  }
  if (!found.has('terraform') && !found.has('tofu')) {
    lacks.push(
      'neither terraform nor tofu is there: nothing can be planned until one is, in /usr/local/bin, owned by root',
    );
  }
  return { found, lacks };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // Not there, or not for running: the next folder may have it.
  }
}
