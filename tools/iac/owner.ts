import { z } from 'zod';
import type { ObjectOrigin } from '../../src/change/wire/stacks.ts';
import { toolsFor } from '../../src/kit/index.ts';
import { askOwner } from './asked-owner.ts';
import { editAnswer } from './edit-answer.ts';
import { iacError } from './errors.ts';
import { absentField, type FieldNames, fieldsMeant } from './field-names.ts';
import { fields } from './fields.ts';
import { ownersAnswer } from './object-owners.ts';
import type { IacPorts } from './port.ts';
import { plainName } from './words.ts';

const { defineTool } = toolsFor<IacPorts>();

const word = z.string().refine((text) => /^[^\n]{1,253}$/.test(text), 'not a word');

const input = z.strictObject({
  target: word.describe('deploy/x, an app, helm/<release>'),
  field: word.optional().describe('replicas, image, env.LEVEL, limits.memory, a whole path; all unless said'),
  value: z.string().max(4_000).optional().describe('the diff that gives it this'),
  namespace: word.optional().describe('of target'),
  budget: fields.budget,
});

export const owner = defineTool({
  name: 'field_owner',
  title: 'Who owns a field',
  description:
    'File and line of a live field in the HCL, its literal and live value, live manager, what takes an edit back. With ' +
    'value: the diff that sets it, for change_propose. Before grep, and before kubectl edit, patch, scale, set or helm ' +
    'upgrade --set.',
  effect: 'read',
  searchHint:
    'which file line hcl terraform managed by drift revert kubectl scale set patch edit annotate label helm set',
  input,
  async run({ target, field, value, namespace }, { ports, signal, now }) {
    if (field === undefined && value !== undefined) throw noField();
    const asked = await askOwner({ object: target, namespace, ports, signal, now: now() });
    if (field === undefined) return ownersAnswer(asked, undefined);
    const meant = fieldsMeant(asked.names, field);
    if (value === undefined || (meant.length > 1 && !isOneLiteral(meant, asked.origin))) {
      if (meant.length === 0 && asked.origin.stack !== undefined) throw noSuchField(field);
      return ownersAnswer(asked, meant);
    }
    const absent = absentField(asked.names, field) ?? helmPath(asked.live.kind, field);
    const whole = meant.length > 0 ? meant.map(({ named }) => named) : absent === undefined ? [] : [absent];
    if (whole.length === 0) throw noSuchField(field);
    const isMasked = meant.some(({ source }) => asked.masked.has(source));
    return editAnswer({ owner: asked, fields: whole, value, isMasked, keep: ports.keep, signal });
  },
});

/** Limit and request are often one argument of a module: then both are meant. */
function isOneLiteral(meant: readonly FieldNames[], { fields: written }: ObjectOrigin): boolean {
  const places = meant.map(({ source }) => {
    const { file, line, literal } = written.find(({ field }) => field === source) ?? {};
    return literal === undefined ? undefined : JSON.stringify([file, line, literal]);
  });
  return places[0] !== undefined && new Set(places).size === 1;
}

/** Values of a chart have no names that are known here. */
function helmPath(kind: string, field: string): string | undefined {
  return kind === 'HelmRelease' ? field : undefined;
}

function noField(): Error {
  return iacError('plan-arguments-conflict', {
    message: 'a value was given, and no field it is for',
    next: 'give field: field_owner without both lists them',
  });
}

function noSuchField(field: string): Error {
  return iacError('field-unknown', {
    message: `its source has no field that is called ${plainName(field)}`,
    next: 'field_owner without field lists those it has; a whole path like spec.replicas is looked for where it is missing',
  });
}
