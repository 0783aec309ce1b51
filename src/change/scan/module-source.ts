import type { HclAttribute, HclBlock, HclExpression, HclFile } from '../../iac/hcl/syntax.ts';

/** One folder as the engine reads it: the blocks of all its files, by what they are called. */
export interface ModuleSource {
  readonly folder: string;
  readonly files: readonly HclFile[];
  readonly blocks: readonly PlacedBlock[];
  /** More than one under a name when an override file adds to it. */
  readonly variables: Named<PlacedBlock>;
  readonly outputs: Named<PlacedBlock>;
  readonly calls: Named<PlacedBlock>;
  readonly locals: Named<PlacedAttribute>;
  /** By `type.name`. */
  readonly resources: Named<PlacedBlock>;
  /** By `type.name`; those inside `check` blocks too. */
  readonly data: Named<PlacedBlock>;
}

export interface PlacedBlock {
  readonly file: string;
  readonly block: HclBlock;
}
interface PlacedAttribute {
  readonly file: string;
  readonly attribute: HclAttribute;
}
type Named<Item> = ReadonlyMap<string, readonly Item[]>;

export function moduleSource(folder: string, files: readonly HclFile[]): ModuleSource {
  const blocks = files.flatMap(({ path, body }) => body.blocks.map((block) => ({ file: path, block })));
  const named = (type: string, labels: number, among = blocks): Named<PlacedBlock> =>
    Map.groupBy(
      among.filter(({ block }) => block.type === type),
      ({ block }) => block.labels.slice(0, labels).join('.'),
    );
  const nested = blocks
    .filter(({ block }) => block.type === 'check')
    .flatMap(({ file, block }) => block.body.blocks.map((inner) => ({ file, block: inner })));
  const locals = blocks
    .filter(({ block }) => block.type === 'locals')
    .flatMap(({ file, block }) => block.body.attributes.map((attribute) => ({ file, attribute })));
  return {
    folder,
    files,
    blocks,
    variables: named('variable', 1),
    outputs: named('output', 1),
    calls: named('module', 1),
    locals: Map.groupBy(locals, ({ attribute }) => attribute.name),
    resources: named('resource', 2),
    data: named('data', 2, [...blocks, ...nested]),
  };
}

export function attributeOf(block: HclBlock, name: string): HclAttribute | undefined {
  return block.body.attributes.find((attribute) => attribute.name === name);
}

export function literalOf(expression: HclExpression | undefined): string | number | boolean | null | undefined {
  return expression?.kind === 'literal' ? expression.value : undefined;
}

/** `sensitive = true`, and whatever is not plainly false. */
export function saysTrue(block: HclBlock, name: string): boolean {
  const attribute = attributeOf(block, name);
  return attribute !== undefined && literalOf(attribute.value) !== false;
}
