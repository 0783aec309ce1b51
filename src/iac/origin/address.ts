/** `module.a["k"].module.b[0].kubectl_manifest.deployment["x"]`, taken apart. */
export interface Address {
  readonly modules: readonly ModuleStep[];
  /** `kubectl_manifest.deployment`, `data.kubectl_path_documents.all`. */
  readonly resource: string;
  readonly key: InstanceKey;
}

interface ModuleStep {
  readonly name: string;
  readonly key: InstanceKey;
}

/** Undefined: neither count nor for_each. */
type InstanceKey = string | number | undefined;

const word = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const index = /\[(?:(\d+)|("(?:[^"\\]|\\.)*"))\]/y;

/** Undefined when it is no address of a resource. */
export function parseAddress(text: string): Address | undefined {
  const steps = stepsOf(text);
  if (steps === undefined) return undefined;
  const modules: ModuleStep[] = [];
  let at = 0;
  while (steps[at]?.name === 'module' && steps[at]?.key === undefined) {
    const step = steps[at + 1];
    if (step === undefined) return undefined;
    modules.push(step);
    at += 2;
  }
  const first = steps[at]?.name;
  const names = steps.slice(at);
  if (names.length !== (first === 'data' || first === 'ephemeral' ? 3 : 2)) return undefined;
  if (names.slice(0, -1).some(({ key }) => key !== undefined)) return undefined;
  return { modules, resource: names.map(({ name }) => name).join('.'), key: names.at(-1)?.key };
}

function stepsOf(text: string): readonly ModuleStep[] | undefined {
  const steps: ModuleStep[] = [];
  let at = 0;
  while (true) {
    word.lastIndex = at;
    const name = word.exec(text)?.[0];
    if (name === undefined) return undefined;
    at += name.length;
    index.lastIndex = at;
    const [whole, number, quoted] = index.exec(text) ?? [];
    if (whole !== undefined) at += whole.length;
    const key = quoted === undefined ? (number === undefined ? undefined : Number(number)) : unquote(quoted);
    if (quoted !== undefined && key === undefined) return undefined;
    steps.push({ name, key });
    if (at === text.length) return steps;
    if (text[at] !== '.') return undefined;
    at += 1;
  }
}

/** Keys are quoted as HCL does it, which but for `$${` is JSON. */
function unquote(quoted: string): string | undefined {
  try {
    const text: unknown = JSON.parse(quoted);
    return typeof text === 'string' ? text.replace(/([$%])\1\{/g, '$1{') : undefined;
  } catch {
    // An escape that JSON does not have: the key is then unknown, and hidden.
    return undefined;
  }
}
