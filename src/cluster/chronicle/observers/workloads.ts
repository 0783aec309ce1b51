import { z } from 'zod';
import { at, numberAt, textAt } from '../../fields.ts';
import { plainText } from '../../words.ts';
import { edit, editShape, editsOf, newEdits } from '../edits.ts';
import { defineObserver, type Observer } from '../observer.ts';

const state = z.object({ replicas: z.number().nullable(), chart: z.string(), edits: z.array(edit) });

/** What runs pods all the time. What its pods are made from is told by its revisions. */
function workload(kind: string, kindId: string): Observer {
  return defineObserver<z.infer<typeof state>>({
    kind,
    kindId,
    shape: { metadata: editShape, spec: { replicas: true } },
    state,
    condense: (object) => ({
      replicas: numberAt(at(object.body, 'spec'), 'replicas') ?? null,
      chart: plainText(textAt(at(object.body, 'metadata', 'labels'), 'helm.sh/chart') ?? '', /^[\w.+-]{0,120}$/),
      edits: editsOf(object),
    }),
    *tell(seen) {
      const { object, ref, now, before } = seen;
      const about = { about: ref, root: ref };
      if (before === undefined) yield { ...about, what: 'created', at: object.created, text: 'created', mark: '' };
      else {
        if (before.replicas !== now.replicas && before.replicas !== null && now.replicas !== null) {
          const text = `replicas ${before.replicas} → ${now.replicas}`;
          yield { ...about, what: 'scale', text, mark: '' };
        }
        if (before.chart !== now.chart) {
          const text = `chart ${before.chart || 'none'} → ${now.chart || 'none'}`;
          yield { ...about, what: 'rollout', text, mark: 'chart' };
        }
      }
      yield* newEdits(seen, { what: 'edited' });
    },
    *gone({ ref }) {
      yield { what: 'deleted', about: ref, root: ref, text: 'deleted', mark: '', warning: true };
    },
  });
}

export const workloads: readonly Observer[] = [
  workload('Deployment', 'deployments.apps'),
  workload('StatefulSet', 'statefulsets.apps'),
  workload('DaemonSet', 'daemonsets.apps'),
];
