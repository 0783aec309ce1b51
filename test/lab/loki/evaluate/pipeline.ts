import type { Labels } from '../labels.ts';
import type { Stage } from '../logql/syntax.ts';
import { eachJsonField, jsonFieldAt } from './json-fields.ts';
import { JsonMistake } from './json-scanner.ts';
import { passes } from './label-filter.ts';
import { LineLabels } from './line-labels.ts';
import { eachLogfmtPair, LogfmtMistake } from './logfmt.ts';

/** The labels of a line after all stages; undefined when one of them drops the line. */
export function runStages(stages: readonly Stage[], line: string, streamLabels: Labels): Labels | undefined {
  const labels = new LineLabels(streamLabels);
  for (const stage of stages) {
    switch (stage.kind) {
      case 'line':
        if (stage.any.some((matches) => matches(line)) !== stage.keep) return undefined;
        break;
      case 'label':
        if (!passes(stage.filter, labels)) return undefined;
        break;
      case 'json':
        runJson(stage, line, labels);
        break;
      case 'logfmt':
        runLogfmt(stage, line, labels);
        break;
    }
  }
  return labels.all();
}

function runJson({ fields }: Stage & { kind: 'json' }, line: string, labels: LineLabels): void {
  // Asked for fields, Loki looks at the first character only, and not at all at an empty line.
  if (fields.length > 0 && !/^[{["]/.test(line)) {
    if (line !== '') labels.fail('JSONParserErr');
    return;
  }
  for (const { label, path } of fields) labels.extract(label, fieldOrMistake(line, path, labels));
  if (fields.length > 0) return;
  try {
    eachJsonField(line, (name, text) => labels.extract(name, text));
  } catch (cause) {
    if (!(cause instanceof JsonMistake)) throw cause;
    labels.fail('JSONParserErr', cause.message);
  }
}

function fieldOrMistake(line: string, path: readonly (string | number)[], labels: LineLabels): string {
  try {
    return jsonFieldAt(line, path);
  } catch (cause) {
    if (!(cause instanceof JsonMistake)) throw cause;
    labels.fail('JSONParserErr', cause.message);
    return '';
  }
}

function runLogfmt({ fields, strict, keepEmpty }: Stage & { kind: 'logfmt' }, line: string, labels: LineLabels): void {
  const pairs = new Map<string, string>();
  const take = (name: string, text: string) => {
    if (fields.length > 0) pairs.set(name, pairs.get(name) ?? text);
    else if (text !== '' || keepEmpty) labels.extract(name, text);
  };
  try {
    eachLogfmtPair(line, strict, take);
  } catch (cause) {
    if (!(cause instanceof LogfmtMistake)) throw cause;
    labels.fail('LogfmtParserErr', cause.message);
  }
  for (const { label, path } of fields) labels.extract(label, pairs.get(String(path[0])) ?? '');
}
