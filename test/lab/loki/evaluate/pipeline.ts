import type { Labels } from '../labels.ts';
import type { Stage } from '../logql/syntax.ts';
import { fieldAt, flattenJson } from './json-fields.ts';
import { passes } from './label-filter.ts';
import { LineLabels } from './line-labels.ts';
import { logfmtFields } from './logfmt.ts';

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
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = undefined; // Not JSON: said of the line, as its labels.
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    labels.fail('JSONParserErr', jsonDetails(line));
    if (fields.length > 0) for (const { label } of fields) labels.extract(label, '');
    return;
  }
  if (fields.length === 0) for (const [name, text] of flattenJson(value)) labels.extract(name, text);
  else for (const { label, path } of fields) labels.extract(label, fieldAt(value, path));
}

function jsonDetails(line: string): string {
  return line.startsWith('{') ? "Value looks like object, but can't find closing '}' symbol" : 'Unknown value type';
}

function runLogfmt({ fields, strict, keepEmpty }: Stage & { kind: 'logfmt' }, line: string, labels: LineLabels): void {
  const { pairs, mistake } = logfmtFields(line, { keepEmpty });
  if (strict && mistake !== undefined) labels.fail('LogfmtParserErr', mistake);
  if (fields.length === 0) for (const [name, text] of pairs) labels.extract(name, text);
  else for (const { label, path } of fields) labels.extract(label, pairs.get(String(path[0])) ?? '');
}
