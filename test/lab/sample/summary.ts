import { z } from 'zod';

const place = z.strictObject({ namespace: z.string(), name: z.string() });

/** What a test may know about the sample; written to `sample.json`. */
export const summary = z.strictObject({
  /** Every pod object of the sample once it has settled. */
  pods: z.int(),
  nodes: z.array(z.string()),
  namespaces: z.array(z.string()),
  /** Deployments. */
  apps: z.array(place),
  /** The object that shows each fault: a deployment, but `evicted`, which is a bare pod. */
  faults: z.strictObject({
    'crash-loop-oom': place,
    'image-pull': place,
    'never-ready': place,
    evicted: place,
    'stuck-terminating': place,
    unschedulable: place,
  }),
  /** Holds passwords, as its secret does. */
  configMap: place,
  secret: place,
  /** The deployments whose pods carry a secret, by how. */
  careless: z.strictObject({ environment: place, annotation: place, argument: place }),
});
export type Summary = z.infer<typeof summary>;
