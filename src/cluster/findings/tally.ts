import { healthOf } from '../health/health-of.ts';
import { knownKinds } from '../known-kinds.ts';
import { refText } from '../owner.ts';
import { countedKinds } from './counted.ts';
import type { Survey } from './survey.ts';

interface Count {
  readonly kindId: string;
  readonly total: number;
  /** Its own status says so, and no rule found anything with it or below it. */
  readonly ok: number;
}

/** Kinds the cluster has objects of. One that is neither ok nor found fault with is still starting, ending or unknown. */
export function tallyOf({ view, findings, at }: Survey, isInScope: (namespace: string) => boolean): readonly Count[] {
  const faulty = new Set(findings.flatMap(({ object, root }) => [refText(object), refText(root)]));
  return countedKinds.flatMap((kindId) => {
    const objects = view.all(kindId).filter(({ namespace }) => isInScope(namespace));
    const health = healthOf(knownKinds[kindId]);
    const ok = objects.filter((object) => !faulty.has(refText(object)) && health.judge(object, at).status === 'ok');
    return objects.length === 0 ? [] : [{ kindId, total: objects.length, ok: ok.length }];
  });
}
