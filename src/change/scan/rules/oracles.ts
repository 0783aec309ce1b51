import type { HclBlock, HclBody, HclExpression } from '../../../iac/hcl/syntax.ts';
import { type Place, placeInside } from '../instances.ts';
import { attributeOf, type PlacedBlock, saysTrue } from '../module-source.ts';
import type { Sighting } from '../sighting.ts';
import { quoted, type Rule, type Said, type Site, sightAt, sightExpression } from '../site.ts';
import { bind, placeInNested, visitBody } from '../walk.ts';

/**
 * Ways in which a plan tells of a secret without showing it: how many instances there are and what they are called, which
 * branch was taken, whether a check failed and in which words, what an object is named, an output.
 */
export const oracleRules: Rule = (site) => [
  ...site.instance.module.blocks.flatMap((placed) => [
    ...repetitions(site, placed),
    ...branchesAndNames(site, placed),
    ...checks(site, placed),
  ]),
  ...outputs(site),
];

interface Oracle {
  readonly rule: string;
  readonly through: string;
}

/** A sighting when the expression, or the keys of it, may hold a secret. */
function telling(
  site: Site,
  file: string,
  expression: HclExpression,
  place: Place,
  { rule, through }: Oracle,
  part: 'expression' | 'keys' = 'expression',
): readonly Sighting[] {
  const { secrets, digest } = site.meanings[part](expression, place);
  if (secrets.size === 0) return [];
  const sources = [...secrets].sort();
  const named = sources.slice(0, 3).map(quoted).join(', ');
  const from = sources.length > 3 ? `${named} and others` : named;
  const message = `an agent would be told about a secret (${from}) through ${through}: leave that out, or let a human consent`;
  const said: Said = { rule, verdict: 'consent', message, as: through, retargeted: message };
  return [sightAt(site, file, expression.range, said, digest, site.meanings.written(expression))];
}

function repetitions(site: Site, { file, block }: PlacedBlock): readonly Sighting[] {
  const outside: Place = { instance: site.instance, bound: new Map() };
  const over = (body: HclBody, names: readonly string[], place: Place): readonly Sighting[] =>
    body.attributes
      .filter(({ name }) => names.includes(name))
      .flatMap(({ name, value }) =>
        telling(
          site,
          file,
          value,
          place,
          {
            rule: 'scan-secret-repetition',
            through: name === 'enabled' ? 'whether something exists' : 'how many instances there are and their keys',
          },
          name === 'for_each' ? 'keys' : 'expression',
        ),
      );
  const nested = (body: HclBody, place: Place): readonly Sighting[] =>
    body.blocks.flatMap((inner) => [
      ...(inner.type === 'dynamic' ? over(inner.body, ['for_each'], place) : []),
      ...(inner.type === 'lifecycle' ? over(inner.body, ['enabled'], place) : []),
      ...nested(inner.body, placeInNested(inner, place)),
    ]);
  const repeats = ['resource', 'data', 'ephemeral', 'module', 'import', 'action'].includes(block.type);
  return [
    ...(repeats ? over(block.body, ['count', 'for_each'], outside) : []),
    ...nested(block.body, placeInside(site.instance, { file, block })),
  ];
}

/** Whether an attribute differs from what it was tells whether what was worked out is the value it had. */
const derived: Oracle = { rule: 'scan-secret-derived', through: 'something worked out of it' };
const handsOn =
  /^(core::)?(jsonencode|jsondecode|yamlencode|yamldecode|csvdecode|base64encode|base64decode|base64gzip|textencodebase64|textdecodebase64|urlencode|merge|concat|flatten|tomap|tolist|toset|tostring|values|keys|lookup|try|coalesce|coalescelist|format|formatlist|join|indent|trimspace|chomp|sensitive|nonsensitive|ephemeralasnull|type|zipmap|file.*|templatefile|templatestring|provider::.*)$/;

/** Told of by its own rule. */
const isRepetition = ([first]: readonly string[]): boolean => first === 'count' || first === 'for_each';

/** What of an expression is taken apart or compared; nothing where a value is only handed on, in another shape. */
function takenApart(expression: HclExpression): readonly HclExpression[] {
  if (expression.kind === 'reference') {
    return expression.steps.flatMap((step) =>
      step.kind === 'index' && typeof step.index === 'object' ? [step.index] : [],
    );
  }
  if (expression.kind === 'call') {
    if (/^(core::)?lookup$/.test(expression.name)) return expression.arguments.slice(1, 2);
    return handsOn.test(expression.name) ? [] : [expression];
  }
  if (expression.kind !== 'operation' || expression.operator === '.' || expression.operator === '[*]') return [];
  return expression.operator === '[]' ? expression.operands.slice(1) : [expression];
}

const names: ReadonlySet<string> = new Set([
  'name',
  'names',
  'name_prefix',
  'generate_name',
  'generateName',
  'namespace',
  'host',
  'hostname',
  'hosts',
  'domain',
  'title',
  'description',
  'comment',
  'path',
  'key',
  'id',
  'resource_id',
  'triggers',
  'triggers_replace',
  'keepers',
]);
const families: ReadonlySet<string> = new Set(['labels', 'annotations', 'tags', 'metadata', 'triggers', 'keepers']);

function branchesAndNames(site: Site, placed: PlacedBlock): readonly Sighting[] {
  const { file, block } = placed;
  const found: Sighting[] = [];
  // What a module is given is looked at where it uses it.
  const hasNames = ['resource', 'data', 'ephemeral'].includes(block.type);
  const tell = (expression: HclExpression, place: Place, oracle: Oracle): void =>
    void found.push(...telling(site, file, expression, place, oracle));
  const told = new Set<HclExpression>();
  const branch: Oracle = { rule: 'scan-secret-condition', through: 'which branch of a condition is taken' };
  visitBody(block.body, placeInside(site.instance, placed), (expression, place, path) => {
    if (expression.kind === 'conditional') {
      told.add(expression.condition);
      tell(expression.condition, place, branch);
    }
    if (expression.kind === 'for' && expression.condition !== undefined) {
      told.add(expression.condition);
      tell(expression.condition, bind(place, expression.variables, expression.collection), branch);
    }
    const isTold = told.has(expression) || isRepetition(path) || path.some((name) => checkBlocks.has(name));
    if (!isTold) for (const part of takenApart(expression)) tell(part, place, derived);
    if (expression.kind === 'object') {
      for (const { key } of expression.items) {
        tell(key, place, { rule: 'scan-secret-name', through: 'a key of a map' });
      }
    }
    // An object or list is looked at by its parts.
    if (!hasNames || expression.kind === 'object' || expression.kind === 'tuple') return;
    if (names.has(path.at(-1) ?? '') || path.some((name) => families.has(name))) {
      tell(expression, place, { rule: 'scan-secret-name', through: 'a name, label or annotation' });
    }
  });
  return dedupe(found);
}

function dedupe(sightings: readonly Sighting[]): readonly Sighting[] {
  return [
    ...new Map(sightings.map((each) => [`${each.rule} ${each.meaning} ${each.file} ${each.line}`, each])).values(),
  ];
}

const checkBlocks: ReadonlySet<string> = new Set(['validation', 'precondition', 'postcondition', 'assert']);

function checks(site: Site, placed: PlacedBlock): readonly Sighting[] {
  const { file, block } = placed;
  const place = placeInside(site.instance, placed);
  const inside = (body: HclBody): readonly HclBlock[] =>
    body.blocks.flatMap((inner) => (checkBlocks.has(inner.type) ? [inner] : inside(inner.body)));
  return inside(block.body).flatMap((check) => {
    const condition = attributeOf(check, 'condition');
    const words = attributeOf(check, 'error_message');
    return [
      ...(condition === undefined
        ? []
        : [
            ...telling(site, file, condition.value, place, {
              rule: 'scan-secret-condition',
              through: 'whether a check fails',
            }),
            sightExpression(site, file, condition.value, place, {
              rule: 'scan-condition',
              verdict: 'note',
              message: 'a condition is new or not what it was',
            }),
          ]),
      ...(words === undefined || words.value.kind === 'literal'
        ? []
        : [
            sightExpression(site, file, words.value, place, {
              rule: 'scan-check-words',
              verdict: 'consent',
              message:
                'the words of a failing check are made of values, and are shown as they are: write a plain text, or let a human consent',
              retargeted:
                'the words of a failing check are made of values that are not what they were: a human has to consent',
            }),
          ]),
    ];
  });
}

/** Only the root's outputs are shown; what a module gives goes on to where it is used. */
function outputs(site: Site): readonly Sighting[] {
  if (site.instance.parent !== undefined) return [];
  const place: Place = { instance: site.instance, bound: new Map() };
  return [...site.instance.module.outputs.values()]
    .flat()
    .filter(({ block }) => !saysTrue(block, 'sensitive'))
    .flatMap(({ file, block }) => {
      const value = attributeOf(block, 'value');
      const through = `the output "${quoted(block.labels[0] ?? '')}", which is not marked sensitive`;
      return value === undefined
        ? []
        : telling(site, file, value.value, place, { rule: 'scan-secret-output', through });
    });
}
