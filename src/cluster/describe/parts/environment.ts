import type { JsonObject } from '../../../kit/index.ts';
import { listAt, textAt } from '../../fields.ts';
import { counted } from '../../words.ts';

/** Variables by where their value comes from: `4 literals, 2 from Secrets`. */
export function environmentText(container: JsonObject | undefined): string | undefined {
  const variables = listAt(container, 'env');
  const count = { literals: 0, 'from Secrets': 0, 'from ConfigMaps': 0, 'from the pod': 0 };
  for (const variable of variables) {
    const from = textAt(variable, 'from') ?? '';
    if (from.startsWith('secret/')) count['from Secrets'] += 1;
    else if (from.startsWith('configmap/')) count['from ConfigMaps'] += 1;
    else if (from !== '') count['from the pod'] += 1;
    else count.literals += 1;
  }
  const whole = listAt(container, 'envFrom').length;
  const said = Object.entries(count).flatMap(([what, times]) =>
    times === 0 ? [] : [what === 'literals' ? counted(times, 'literal') : `${times} ${what}`],
  );
  if (whole > 0) said.push(`${whole} whole Secrets or ConfigMaps`);
  return said.length === 0 ? undefined : `env: ${said.join(', ')}`;
}
