import { describe, expect, it } from 'vitest';
import { Untrusted } from '../../kit/index.ts';
import { groupEvents, type Occurrence } from './group-events.ts';
import { templateOf } from './template.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 2, 1, 12, minute));

function occurrence(app: string, message: string, more: Partial<Occurrence> = {}): Occurrence {
  const about = { group: '', kind: 'Pod', namespace: 'shop', name: `${app}-7754fd9cbb-57rbs` };
  const root = { group: '', kind: 'Deployment', namespace: 'shop', name: app };
  return {
    ...{ warning: true, reason: 'BackOff', about, root, count: 1, first: at(0), last: at(0), from: 'api' },
    message: new Untrusted(message),
    template: templateOf(message, [about.name, app, 'shop']),
    ...more,
  };
}

describe('events are told as few things as there are', () => {
  it('the same about one owner is one, with the sum, the first and the last', () => {
    const groups = groupEvents([
      occurrence('web', 'died after 3s', { count: 4, first: at(1), last: at(9) }),
      occurrence('web', 'died after 10s', { count: 2, first: at(5), last: at(20) }),
      occurrence('web', 'no disk'),
    ]);
    expect(groups).toMatchObject([
      { count: 6, first: at(1), last: at(20), variants: 1 },
      { count: 1, last: at(0) },
    ]);
    expect(Untrusted.openForRendering(groups[0]?.message ?? new Untrusted(''))).toBe('died after 10s');
  });

  it('many messages of one reason about one owner are one, and how many they were is said', () => {
    const words = ['red', 'green', 'blue', 'black', 'white'];
    const groups = groupEvents(words.map((word, index) => occurrence('web', `lamp ${word}`, { last: at(index) })));
    expect(groups).toMatchObject([{ count: 5, variants: 5, last: at(4) }]);
    expect(groupEvents(words.slice(0, 3).map((word) => occurrence('web', `lamp ${word}`)))).toHaveLength(3);
  });

  it('the same about many owners is one, and the owners are kept', () => {
    const apps = ['a1', 'b1', 'c1', 'd1', 'e1'];
    const groups = groupEvents(apps.map((app, index) => occurrence(app, `pod ${app} died`, { last: at(index) })));
    expect(groups).toMatchObject([{ count: 5, roots: apps.toReversed().map((name) => ({ name })) }]);
    expect(groupEvents(apps.slice(0, 4).map((app) => occurrence(app, `pod ${app} died`)))).toHaveLength(4);
  });

  it('a warning and a normal event are never one', () => {
    expect(groupEvents([occurrence('web', 'x'), occurrence('web', 'x', { warning: false })])).toHaveLength(2);
  });

  it('what both the API server and the chronicle have is counted once, and what is older is added', () => {
    const kept = { from: 'chronicle' } as const;
    const live = occurrence('web', 'died', { count: 5, first: at(30), last: at(50) });
    expect(
      groupEvents([live, occurrence('web', 'died', { ...kept, count: 5, first: at(30), last: at(50) })]),
    ).toMatchObject([{ count: 5, from: 'api' }]);
    expect(
      groupEvents([live, occurrence('web', 'died', { ...kept, count: 7, first: at(1), last: at(10) })]),
    ).toMatchObject([{ count: 12, from: 'both', first: at(1), last: at(50) }]);
    expect(groupEvents([occurrence('web', 'died', kept)])).toMatchObject([{ count: 1, from: 'chronicle' }]);
  });
});
