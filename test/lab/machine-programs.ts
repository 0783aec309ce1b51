import { existsSync } from 'node:fs';

/**
 * Programs the lab takes from the machine as they are: a Debian package brings each. Absolute paths only, so that nothing in
 * the PATH of whoever starts the lab has a say.
 */
interface MachineProgram {
  readonly name: string;
  readonly paths: readonly string[];
  readonly debianPackage: string;
}

const machinePrograms: readonly MachineProgram[] = [
  { name: 'prometheus', paths: ['/usr/bin/prometheus'], debianPackage: 'prometheus' },
  { name: 'alertmanager', paths: ['/usr/bin/prometheus-alertmanager'], debianPackage: 'prometheus-alertmanager' },
  { name: 'amtool', paths: ['/usr/bin/amtool'], debianPackage: 'prometheus-alertmanager' },
  { name: 'age', paths: ['/usr/bin/age'], debianPackage: 'age' },
  { name: 'age-keygen', paths: ['/usr/bin/age-keygen'], debianPackage: 'age' },
  { name: 'git', paths: ['/usr/bin/git', '/usr/local/bin/git', '/opt/homebrew/bin/git'], debianPackage: 'git' },
  // Never built: its licence is its own. Where it is, the suites run with it beside OpenTofu.
  { name: 'terraform', paths: ['/usr/local/bin/terraform', '/usr/bin/terraform'], debianPackage: 'terraform' },
];

export function machineProgram(name: string): MachineProgram | undefined {
  return machinePrograms.find((program) => program.name === name);
}

export function machinePath(program: MachineProgram): string | undefined {
  return program.paths.find((path) => existsSync(path));
}
