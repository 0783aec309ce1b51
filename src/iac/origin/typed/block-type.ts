/**
 * What the kubernetes provider calls the fields of an object, and what the API server calls them. Only what is told here is read
 * off a resource; of anything else it is not known what it becomes.
 *
 *  text, number, flag, either   one value, and what the API has of it; `either` is a number where the text is one
 *  texts, set, map              of texts; a set has an order of its own, the keys of a map are somebody's own
 *  hidden                       the API has it in another form: a mode in octal, the data of a Secret
 *  one, list, blockSet          blocks: one object, a list of them, a list in an order of its own
 *  dropped                      the provider's own business, of which the object has nothing
 */
export type ValueType = (typeof valueTypes)[number];
const valueTypes = ['text', 'number', 'flag', 'either', 'texts', 'set', 'map', 'hidden'] as const;
const blockTypes = ['one', 'list', 'blockSet'] as const;

export interface AttributeField {
  /** Its name in the API. */
  readonly as: string;
  readonly type: ValueType;
}

export interface BlockField {
  readonly as: string;
  readonly type: (typeof blockTypes)[number];
  readonly inside: BlockType;
}

export interface BlockType {
  readonly attributes: ReadonlyMap<string, AttributeField>;
  readonly blocks: ReadonlyMap<string, BlockField>;
  readonly dropped: ReadonlySet<string>;
}

/** The provider's words, parted by spaces; blocks by their word, with the API's where that is no camel case of it. */
type Written = Partial<Record<ValueType | 'dropped', string>> &
  Partial<Record<(typeof blockTypes)[number], Readonly<Record<string, BlockType | readonly [string, BlockType]>>>>;

/** Fields whose name in the API is not simply the camel case of the provider's. */
const odd: ReadonlyMap<string, string> = new Map([
  ['host_ipc', 'hostIPC'],
  ['host_pid', 'hostPID'],
  ['host_ip', 'hostIP'],
  ['cluster_ip', 'clusterIP'],
  ['cluster_ips', 'clusterIPs'],
  ['client_ip', 'clientIP'],
  ['external_ips', 'externalIPs'],
  ['load_balancer_ip', 'loadBalancerIP'],
  ['non_resource_urls', 'nonResourceURLs'],
  ['run_as_username', 'runAsUserName'],
  ['storage_provisioner', 'provisioner'],
  ['target_cpu_utilization_percentage', 'targetCPUUtilizationPercentage'],
  ['timezone', 'timeZone'],
]);

export function block(written: Written): BlockType {
  const attributes = valueTypes.flatMap((type) =>
    words(written[type]).map((name) => [name, { as: apiName(name), type }] as const),
  );
  const blocks = blockTypes.flatMap((type) =>
    Object.entries(written[type] ?? {}).map(([name, told]) => {
      const [as, inside] = isPair(told) ? told : [apiName(name), told];
      return [name, { as, type, inside }] as const;
    }),
  );
  return { attributes: new Map(attributes), blocks: new Map(blocks), dropped: new Set(words(written.dropped)) };
}

function isPair(told: BlockType | readonly [string, BlockType]): told is readonly [string, BlockType] {
  return Array.isArray(told);
}

function words(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(' ');
}

function apiName(name: string): string {
  return odd.get(name) ?? camel(name);
}

export function camel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
