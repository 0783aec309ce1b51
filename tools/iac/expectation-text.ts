import { type Expectation, expectation } from '../../src/change/expect/predicates.ts';
import { iacError } from './errors.ts';

/**
 * What must hold afterwards, in a line of text each:
 *
 *  rollout deployment mail/server          probe https://mail.example.net/health 200
 *  quiet HighMemory                        metric sum(up{job="mail"}) >= 1
 *  … in 5m                                 how long it may take; 15m at most
 */
export const expectationForms =
  'rollout deployment ns/name | probe URL 200 | quiet Alert | metric PROMQL >= 1; … in 5m';

/** Errors: `expectation-malformed`. */
export function parseExpectation(line: string): Expectation {
  const { text, within } = timeOf(line.trim());
  const parsed = expectation.safeParse({ ...formOf(text), ...(within === undefined ? {} : { within }) });
  if (parsed.success) return parsed.data;
  throw iacError('expectation-malformed', {
    message: `${JSON.stringify(line.slice(0, 120))} is none of the forms that can be measured`,
    next: `write ${expectationForms}`,
  });
}

function timeOf(line: string): { readonly text: string; readonly within: number | undefined } {
  const found = /^(?<text>.*\S)\s+in\s+(?<count>\d{1,4})(?<unit>[sm])$/.exec(line)?.groups;
  if (found === undefined) return { text: line, within: undefined };
  return { text: found['text'] ?? '', within: Number(found['count']) * (found['unit'] === 'm' ? 60 : 1) };
}

function formOf(text: string): object {
  const [word = '', ...rest] = text.split(/\s+/);
  const remainder = text.slice(word.length).trim();
  switch (word) {
    case 'rollout': {
      const [workload, place = '', ...more] = rest;
      const [namespace, name, ...deeper] = place.split('/');
      return more.length + deeper.length > 0 ? {} : { kind: 'rollout', workload, namespace, name };
    }
    case 'probe': {
      const [url, status, ...more] = rest;
      if (more.length > 0) return {};
      return { kind: 'probe', url, ...(status === undefined ? {} : { status: Number(status) }) };
    }
    case 'quiet':
      return { kind: 'alert-quiet', alert: remainder };
    case 'metric': {
      // The last comparison is ours: PromQL may hold others.
      const found = /^(?<query>.*\S)\s+(?<op><=|>=|==|<|>)\s+(?<value>-?\d+(\.\d+)?([eE][+-]?\d+)?)$/.exec(
        remainder,
      )?.groups;
      if (found === undefined) return {};
      return { kind: 'metric', query: found['query'], op: found['op'], value: Number(found['value']) };
    }
    default:
      return {};
  }
}
