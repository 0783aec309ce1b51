import { at, numberAt, textAt } from '../fields.ts';
import { plainText } from '../words.ts';
import { type KindHealth, ok, problem, unknown } from './verdict.ts';

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
    const kind = plainText(textAt(about, 'kind'), /^[A-Za-z]{1,60}$/);
    return [`${kind}/${plainText(textAt(about, 'name'), /^[a-z0-9][-a-z0-9.:]{0,252}$/)}`, count];
  },
  judge({ body }) {
    const type = textAt(body, 'type');
    if (type === 'Normal') return ok('normal');
    const said = [textAt(body, 'reason'), textAt(body, 'message') ?? textAt(body, 'note')] as const;
    return type === 'Warning' ? problem('warning', ...said) : unknown('no type', ...said);
  },
};
