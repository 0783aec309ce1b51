import { z } from 'zod';

/** The objects the lab's watchers read, as far as they read them. */

const state = z.object({
  waiting: z.object({ reason: z.string().optional() }).optional(),
  running: z.object({}).optional(),
  terminated: z.object({ reason: z.string().optional() }).optional(),
});

const metadata = z.object({
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  labels: z.record(z.string(), z.string()).default({}),
});

export const podShape = z.object({
  metadata,
  spec: z.object({
    nodeName: z.string().default(''),
    containers: z.array(
      z.object({
        name: z.string(),
        resources: z.object({ limits: z.record(z.string(), z.string()).default({}) }).default({ limits: {} }),
      }),
    ),
  }),
  status: z.object({
    phase: z.string().default('Unknown'),
    reason: z.string().optional(),
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
    containerStatuses: z
      .array(
        z.object({ name: z.string(), restartCount: z.int(), state: state.optional(), lastState: state.optional() }),
      )
      .default([]),
  }),
});
export type Pod = z.infer<typeof podShape>;

export const deploymentShape = z.object({
  metadata,
  spec: z.object({ replicas: z.int().default(1) }),
  status: z.object({ availableReplicas: z.int().default(0) }).default({ availableReplicas: 0 }),
});
export type Deployment = z.infer<typeof deploymentShape>;

export const claimShape = z.object({
  metadata,
  spec: z.object({
    storageClassName: z.string().default(''),
    resources: z.object({ requests: z.record(z.string(), z.string()).default({}) }),
  }),
  status: z.object({ phase: z.string().default('Pending') }),
});
export type Claim = z.infer<typeof claimShape>;

export const nodeShape = z.object({
  metadata: z.object({ name: z.string() }),
  status: z.object({
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
    addresses: z.array(z.object({ type: z.string(), address: z.string() })).default([]),
    daemonEndpoints: z
      .object({ kubeletEndpoint: z.object({ Port: z.int() }).optional() })
      .default({ kubeletEndpoint: undefined }),
  }),
});
export type KubeNode = z.infer<typeof nodeShape>;

const factors: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** `512Mi`, `10m`, `2` as a number. */
export function parseQuantity(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(text) ?? [];
  const factor = factors[unit];
  if (number === '' || factor === undefined) throw new Error(`not a quantity: ${text}`);
  return Number(number) * factor;
}
