import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import type { StackView } from '../../src/change/wire/stacks.ts';
import { toolsFor } from '../../src/kit/index.ts';
import { iacError } from './errors.ts';
import { fields } from './fields.ts';
import type { IacPorts } from './port.ts';
import { listStacks } from './stack-list.ts';
import { describeStack } from './stack-text.ts';
import { plainName } from './words.ts';

const { defineTool } = toolsFor<IacPorts>();

const input = z.strictObject({
  stack: fields.stack,
  cursor: fields.cursor,
  budget: fields.budget,
});

export const show = defineTool({
  name: 'stack_show',
  title: 'Stacks',
  description:
    'Lists stacks: tier, lock holder, last apply, drift, open run or change. With stack: all of it, dependants by name. ' +
    'Where a live field stands is field_owner.',
  effect: 'read',
  searchHint: 'terraform terragrunt tofu hcl state lock dependants last apply',
  input,
  async run({ stack }, { ports, signal, now, page }) {
    const { keep, stacks = [] } = await ports.keep.ask(stacksRequest(stack), signal);
    if (stack === undefined) return listStacks({ stacks, keep, now: now(), page });
    const [only, other] = stacks;
    if (only !== undefined && other === undefined) return describeStack({ stack: only, keep, now: now() });
    throw notFound(stack, (await ports.keep.ask(stacksRequest(undefined), signal)).stacks ?? []);
  },
});

function stacksRequest(stack: string | undefined) {
  return { verb: 'status', of: 'stacks', ...(stack === undefined ? {} : { stack }) } as const;
}

function notFound(stack: string, all: readonly StackView[]): Error {
  const last = (path: string): string => path.split('/').at(-1) ?? path;
  const away = (path: string): number => Math.min(distance(path, stack), distance(last(path), last(stack)));
  // Only what can be given back as a name is worth proposing.
  const names = all.map((one) => one.stack).filter((name) => plainName(name) === name);
  const near = names.toSorted((a, b) => away(a) - away(b)).slice(0, 5);
  return iacError('stack-not-found', {
    message: `no stack, or more than one, is called ${plainName(stack)} in the trusted base`,
    next:
      near.length === 0
        ? 'call stack_show alone: it lists them'
        : `nearest: ${near.join(', ')}; stack_show alone lists all`,
  });
}
