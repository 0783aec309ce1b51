import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { allRules } from './rules.ts';

const role = z.object({
  kind: z.literal('ClusterRole'),
  rules: z.array(
    z.object({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) }),
  ),
});

const text = readFileSync(join(import.meta.dirname, '../../../deploy/kubernetes/reader-role.yaml'), 'utf8');
const { rules } = role.parse(
  parseAllDocuments(text)
    .map((document) => document.toJS())
    .find(({ kind }) => kind === 'ClusterRole'),
);

/** `pods`, `deployments.apps`: what the role Castellan ships with lets it list. */
const listable = new Set(
  rules
    .filter(({ verbs }) => verbs.includes('list'))
    .flatMap(({ apiGroups, resources }) =>
      apiGroups.flatMap((group) => resources.map((resource) => (group === '' ? resource : `${resource}.${group}`))),
    ),
);

describe('the shipped role', () => {
  it.each(allRules.map(({ id, needs, wants = {} }) => ({ id, kinds: Object.keys({ ...needs, ...wants }) })))(
    'lets $id read what it looks at',
    ({ kinds }) => {
      expect(kinds.filter((kind) => !listable.has(kind))).toEqual([]);
    },
  );
});
