import { z } from 'zod';

/** package.json and package-lock.json, as far as the laws read them. */
export const manifestShape = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
  scripts: z.record(z.string(), z.string()),
  allowScripts: z.record(z.string(), z.boolean()),
});
export type Manifest = z.infer<typeof manifestShape>;

export const lockShape = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      link: z.boolean().optional(),
      dev: z.boolean().optional(),
      hasInstallScript: z.boolean().optional(),
    }),
  ),
});
export type Lock = z.infer<typeof lockShape>;

/** Packages that bring an install script, and why each is here all the same. */
const withInstallScript: Readonly<
  Record<string, { readonly allowed: boolean; readonly shipped?: true; readonly reason: string }>
> = {
  node: { allowed: true, reason: 'puts the pinned Node in place; nothing else of it runs' },
  '@modelcontextprotocol/inspector': { allowed: false, reason: 'its script only checks the Node version; denied' },
  '@tree-sitter-grammars/tree-sitter-hcl': {
    allowed: false,
    shipped: true,
    reason: 'looks for its own prebuilt binding, which nothing here loads: only its grammar in WebAssembly is read',
  },
};

export function brokenPackages(manifest: Manifest, lock: Lock): readonly string[] {
  return [...unpinned(manifest), ...installScripts(manifest, lock), ...unverified(lock), ...lifecycle(manifest)];
}

function unpinned(manifest: Manifest): readonly string[] {
  return Object.entries({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies })
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version))
    .map(([name, version]) => `${name}@${version} is not pinned to one version`);
}

function installScripts(manifest: Manifest, lock: Lock): readonly string[] {
  return Object.entries(lock.packages)
    .filter(([, entry]) => entry.hasInstallScript === true)
    .flatMap(([path, entry]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      const known = withInstallScript[name];
      if (known === undefined) return [`${path} has an install script nobody answered for`];
      const shipped =
        entry.dev === true || known.shipped === true ? [] : [`${name} has an install script and is shipped`];
      const said = manifest.allowScripts[`${name}@${entry.version}`];
      const agreed =
        said === known.allowed ? [] : [`allowScripts must say ${known.allowed} of ${name}@${entry.version}`];
      return [...shipped, ...agreed];
    });
}

/** Every package is held to a hash, whatever registry it comes from. */
function unverified(lock: Lock): readonly string[] {
  return Object.entries(lock.packages)
    .filter(([path, entry]) => path !== '' && (entry.integrity === undefined || entry.link === true))
    .map(([path]) => `${path} has no integrity hash`);
}

/** Installing Castellan runs nothing either. */
function lifecycle(manifest: Manifest): readonly string[] {
  return ['preinstall', 'install', 'postinstall', 'prepare']
    .filter((script) => script in manifest.scripts)
    .map((script) => `package.json runs ${script} on those who install it`);
}
