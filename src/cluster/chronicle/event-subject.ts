import { eventShape, readEvent, type SeenEvent } from '../events/seen-event.ts';
import { templateOf } from '../events/template.ts';
import { refText } from '../owner.ts';
import type { Fact } from './entry.ts';
import type { Known } from './observer.ts';
import type { Subject } from './subject.ts';

/**
 * Events, which are counted up in place: an entry gets what an event has more than when it was last seen. After a gap that
 * is not known, and an event that began before it counts as one more: the chronicle says at least how often.
 */
const routine = new Set(
  `Scheduled Pulling Pulled Created Started SuccessfulCreate SuccessfulDelete ScalingReplicaSet SawCompletedJob Completed
  LeaderElection Sync Synced UpdatedLoadBalancer EnsuringLoadBalancer EnsuredLoadBalancer NodeHasSufficientMemory
  NodeHasNoDiskPressure NodeHasSufficientPID Provisioning ProvisioningSucceeded ExternalProvisioning`.split(/\s+/),
);

/** One event must not push all others out of the chronicle by saying something new each time. */
const mostTemplates = 20;
const hourMs = 3_600_000;

export function eventSubject(known: Known): Subject {
  const counts = new Map<string, number>();
  const templates = new TemplateLimit();

  const factOf = (event: SeenEvent, count: number): readonly Fact[] => {
    const { warning, reason, message, about, last } = event;
    if (count <= 0 || (!warning && routine.has(reason))) return [];
    const root = known.rootOf(about);
    const template = templateOf(message, [about.name, root.name, about.namespace]);
    const mark = templates.fit(last, `${refText(root)} ${reason}`, template);
    return [
      {
        ...{ what: 'event', at: last, about, root, warning, reason, detail: message, count, text: '' },
        mark: `${warning} ${reason} ${mark}`,
      },
    ];
  };

  return {
    kindId: 'events',
    shape: eventShape,
    resume(objects, last) {
      counts.clear();
      const facts = objects.map(readEvent).flatMap((event) => {
        counts.set(event.uid, event.count);
        if (last === undefined || event.first > last.to) return factOf(event, event.count);
        return isLater(event.version, last.version) ? factOf(event, 1) : [];
      });
      return { facts, states: [] };
    },
    see(type, object) {
      const event = readEvent(object);
      if (type === 'deleted') {
        counts.delete(event.uid);
        return { facts: [], states: [] };
      }
      const more = event.count - (counts.get(event.uid) ?? 0);
      counts.set(event.uid, event.count);
      return { facts: factOf(event, more), states: [] };
    },
  };
}

/** Resource versions of one kind can be compared as numbers; one that is no number is taken for new. */
function isLater(version: string, than: string): boolean {
  if (!/^\d{1,30}$/.test(version) || !/^\d{1,30}$/.test(than)) return true;
  return BigInt(version) > BigInt(than);
}

class TemplateLimit {
  #hour = 0;
  readonly #templates = new Map<string, Set<string>>();

  fit(at: Date, whose: string, template: string): string {
    const hour = Math.floor(at.getTime() / hourMs);
    if (hour > this.#hour) {
      this.#hour = hour;
      this.#templates.clear();
    }
    const there = this.#templates.get(whose) ?? new Set<string>();
    this.#templates.set(whose, there);
    if (there.size >= mostTemplates && !there.has(template)) return 'others';
    there.add(template);
    return template;
  }
}
