import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SecretAllowance } from '../sandbox/doors/kubernetes/secrets.ts';
import { plannerError } from './errors.ts';
import type { StateFacts } from './port.ts';
import { parseQuietly } from './quiet-json.ts';

/** The state before the plan: what it is, and which Secrets of the cluster it holds already. It never leaves this module whole. */
export interface StateReading {
  readonly facts: StateFacts;
  readonly secrets: readonly SecretAllowance[];
}

const stateShape = z.object({
  lineage: z.string(),
  serial: z.int(),
  resources: z
    .array(
      z.object({
        mode: z.string(),
        type: z.string(),
        instances: z.array(z.object({ attributes: z.record(z.string(), z.unknown()).nullish() })).default([]),
      }),
    )
    .default([]),
});

/** Undefined for no state at all. Errors: `state-unreadable`. */
export function readState(bytes: Buffer): StateReading | undefined {
  if (bytes.toString('utf8').trim() === '') return undefined;
  const state = stateShape.safeParse(parseQuietly(bytes.toString('utf8'))).data;
  if (state === undefined) throw stateUnreadable('it is not a state of Terraform or OpenTofu');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const managed = state.resources.filter(({ mode }) => mode === 'managed');
  const resources = managed.reduce((sum, { instances }) => sum + instances.length, 0);
  const secrets = state.resources.flatMap(({ type, instances }) =>
    instances.flatMap(({ attributes }) => secretOf(type, attributes ?? {}) ?? []),
  );
  return { facts: { lineage: state.lineage, serial: state.serial, sha256, resources }, secrets };
}

export function stateUnreadable(why: string, cause?: unknown): Error {
  return plannerError('state-unreadable', {
    message: `the state could not be read: ${why}`,
    next: 'check the state section of the profile in keep.yaml; a plan without its state would create everything again',
    ...(cause === undefined ? {} : { cause }),
  });
}

const named = z.object({ namespace: z.string().nullish(), name: z.string().min(1) });
const manifest = z.object({ apiVersion: z.literal('v1'), kind: z.literal('Secret'), metadata: named });

function secretOf(type: string, attributes: Readonly<Record<string, unknown>>): SecretAllowance | undefined {
  switch (type) {
    case 'kubernetes_secret':
    case 'kubernetes_secret_v1':
      return secretNamed(z.array(named).safeParse(attributes['metadata']).data?.[0]);
    case 'kubectl_manifest':
      if (attributes['kind'] !== 'Secret' || attributes['api_version'] !== 'v1') return undefined;
      return secretNamed(named.safeParse(attributes).data);
    case 'kubernetes_manifest': {
      // A value of any type is kept with its type beside it.
      const object = z.object({ value: z.unknown() }).safeParse(attributes['manifest']).data?.value;
      return secretNamed(manifest.safeParse(object).data?.metadata);
    }
    case 'helm_release': {
      const release = named.safeParse(attributes).data;
      return release && { namespace: release.namespace || 'default', helmRelease: release.name };
    }
    default:
      return undefined;
  }
}

function secretNamed(found: z.infer<typeof named> | undefined): SecretAllowance | undefined {
  return found && { namespace: found.namespace || 'default', name: found.name };
}
