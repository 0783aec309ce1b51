import { z } from 'zod';
import { type ConfigPath, deepFreeze, type Problem, pathText } from '../../config/index.ts';
import type { VaultOptions } from '../../vault/port.ts';
import { ownersFor, proveOwnership } from '../config/ownership.ts';
import { readRootYaml, refuseProblems } from '../config/root-yaml.ts';
import { vaultConnection } from '../config/vault-connection.ts';

/**
 * fingerprinter.yaml, proven like keep.yaml: what it and the files it names say decides whom the fingerprinter hands a token that
 * reads every value.
 */
export interface FingerprinterConfig {
  readonly file: string;
  readonly socket: string;
  readonly stateDirectory: string;
  readonly vault: VaultOptions;
  /** An account of its own that may read Secrets, for comparisons; undefined: those with the cluster are `unknown`. */
  readonly kubernetes: { readonly kubeconfig: string; readonly context: string | undefined } | undefined;
  /** Undefined: every KV mount the token sees. */
  readonly mounts: readonly string[] | undefined;
  /** `secret/vault` and all that lies below it. */
  readonly exclude: readonly string[];
  readonly intervalSeconds: number;
}

export const defaultFingerprinterConfig = '/etc/castellan/fingerprinter.yaml';

const path = z.string().regex(/^\/[^\0\r\n]*$/, 'takes an absolute path');
const place = z
  .string()
  .max(600)
  .regex(/^[^/\0\r\n]+(\/[^/\0\r\n]+)*$/, 'takes a path like secret/apps, without a slash at its ends');

const rawConfig = z.strictObject({
  socket: path.default('/run/castellan-fingerprinter/fingerprinter.sock').describe('where it listens'),
  stateDirectory: path.default('/var/lib/castellan-fingerprinter').describe('its key, and when each value changed'),
  vault: z.strictObject(vaultConnection('the fingerprinter', 'castellan-fingerprinter')),
  kubernetes: z
    .strictObject({
      kubeconfig: path.describe('of an account that may read Secrets, for comparisons alone'),
      context: z.string().min(1).max(253).optional().describe('the context; default: the current one'),
    })
    .optional(),
  mounts: z.array(place).min(1).max(100).optional().describe('KV mounts; default: all that its token sees'),
  exclude: z.array(place).max(1_000).default([]).describe('never read: a mount, a folder or a secret'),
  intervalSeconds: z.int().min(5).max(3_600).default(15).describe('between two looks for new versions'),
});

const next = 'correct what is listed, as root, and start the fingerprinter again';

/**
 * Errors: `config-not-found`, `config-unsafe`, `config-unreadable`, `config-malformed`, `config-unknown-key`, `config-invalid`.
 */
export function loadFingerprinterConfig(
  file: string,
  { seatBelt }: { readonly seatBelt: boolean },
): FingerprinterConfig {
  const owners = ownersFor(seatBelt);
  const { raw, placeOf } = readRootYaml(file, rawConfig, { owners, next });
  const { vault: connection, kubernetes, ...rest } = raw;
  const named: readonly (readonly [ConfigPath, string | undefined])[] = [
    [['vault', 'caFile'], connection.caFile],
    [['kubernetes', 'kubeconfig'], kubernetes?.kubeconfig],
  ];
  refuseProblems(
    named.flatMap(([at, path]): readonly Problem[] => {
      const flaw = path === undefined ? undefined : proveOwnership(path, owners).flaw;
      if (flaw === undefined) return [];
      return [
        {
          code: 'config-unsafe',
          where: placeOf(at),
          message: `what ${pathText(at)} names ${flaw}`,
          next: 'name what belongs to root, in folders that belong to root and that nobody else can write to',
        },
      ];
    }),
    next,
  );
  const { requiredPolicy, auth, ...vault } = connection;
  return deepFreeze({
    ...rest,
    file,
    mounts: rest.mounts,
    vault: {
      ...vault,
      caFile: vault.caFile,
      namespace: vault.namespace,
      auth: auth.kind === 'token-file' ? { ...auth, requiredPolicy } : auth,
    },
    kubernetes: kubernetes && { kubeconfig: kubernetes.kubeconfig, context: kubernetes.context },
  });
}
