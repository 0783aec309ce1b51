import { at, type KindHealth, numberAt, ok, problem, textAt, unknown } from './verdict.ts';

export const event: KindHealth = {
  shape: {
    type: true,
    reason: true,
    message: true,
    note: true,
    count: true,
    deprecatedCount: true,
    series: { count: true },
    involvedObject: { kind: true, name: true },
    regarding: { kind: true, name: true },
  },
  columns: ['about', 'count'],
  cells(object) {
    const about = at(object.body, 'involvedObject') ?? at(object.body, 'regarding');
    const count =
      numberAt(at(object.body, 'series'), 'count') ??
      numberAt(object.body, 'count') ??
      numberAt(object.body, 'deprecatedCount') ??
      1;
    return [`${textAt(about, 'kind') ?? '?'}/${textAt(about, 'name') ?? '?'}`, count];
  },
  judge({ body }) {
    const type = textAt(body, 'type');
    if (type === 'Normal') return ok('normal');
    const said = [textAt(body, 'reason'), textAt(body, 'message') ?? textAt(body, 'note')] as const;
    return type === 'Warning' ? problem('warning', ...said) : unknown('no type', ...said);
  },
};
