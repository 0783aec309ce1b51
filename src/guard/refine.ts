import type { Kind } from './finding.ts';
import type { Arguments } from './flags.ts';

interface Call {
  /** What the verb alone says. */
  readonly kind: Kind | 'read';
  readonly operands: readonly string[];
  readonly flags: Arguments['flags'];
  /** The program has --dry-run. */
  readonly dryRun: boolean;
}

/** What a call is once its flags and objects are looked at. */
export function refined(program: string, call: Call): Kind | 'read' {
  const { kind, operands, flags, dryRun } = call;
  const [first] = operands;
  if (dryRun && first !== 'edit' && (kind === 'mutation' || first === 'run') && isDry(flags)) return 'read';
  return special[program]?.(call) ?? kind;
}

function isDry(flags: Arguments['flags']): boolean {
  return flags.has('dry-run') && ['', 'client', 'server', 'true'].includes(flags.get('dry-run') ?? '?');
}

type Special = (call: Call) => Kind | 'read' | undefined;

const kubectl: Special = ({ operands, flags }) => {
  const [first, second] = operands;
  switch (first) {
    case 'get':
      if (flags.has('raw')) return /secrets|%/i.test(flags.get('raw') ?? '') ? 'secret' : 'read';
      return operands.slice(1).some(isSecretKind) && printsValues(flags) ? 'secret' : 'read';
    case 'config':
      return second === 'view' && flags.has('raw') && flags.get('raw') !== 'false' ? 'secret' : 'read';
    case 'whoami':
      return flags.has('t') || flags.has('show-token') ? 'secret' : 'read';
    case 'set':
      return flags.get('local') === '' ? 'read' : undefined;
    default:
      return undefined;
  }
};

function printsValues(flags: Arguments['flags']): boolean {
  const output = flags.has('o') ? flags.get('o') : flags.get('output');
  const prints = output !== undefined && !['name', 'wide', ''].includes(output);
  const loud = Number(flags.get('v') ?? 0) >= 8;
  return prints || loud || flags.has('template');
}

/** Of the words behind `get`: a list of kinds comes first, `kind/name` may come anywhere. */
function isSecretKind(word: string, index: number): boolean {
  return (index === 0 || word.includes('/')) && /(?:^|,)secrets?(?:\.v1)?\.?(?:$|[,/])/i.test(word);
}

const terraform: Special = ({ operands, flags }) => {
  if (operands[0] === 'output') return flags.has('json') || flags.has('raw') || operands.length > 1 ? 'secret' : 'read';
  if (operands[0] === 'show') return flags.has('json') ? 'secret' : 'read';
  return undefined;
};

const vault: Special = ({ operands: [first, second = '', third = ''] }) => {
  if (first === 'kv' && second === 'metadata') return third === '' || third === 'get' ? 'read' : 'mutation';
  if (first === 'read' && /^\/?sys\/(?:health|seal-status|mounts|auth|polic|leader|ha-status|license)/.test(second))
    return 'read';
  if (first === 'operator' && second === 'raft') {
    if (third === 'snapshot') return 'secret';
    return third === 'list-peers' || third === 'autopilot' ? 'read' : 'mutation';
  }
  return undefined;
};

const flux: Special = ({ operands: [first], flags }) =>
  (first === 'create' || first === 'install') && (flags.has('export') || flags.has('dry-run')) ? 'read' : undefined;

const argocd: Special = ({ operands: [first, second, third], flags }) => {
  if (first !== 'app') return undefined;
  if (second === 'actions' && third === 'list') return 'read';
  return second === 'sync' && flags.has('dry-run') ? 'read' : undefined;
};

const helm: Special = ({ operands: [first, second], flags }) => {
  if (first === 'diff' && flags.has('show-secrets')) return 'secret';
  return first === 'get' && second === undefined ? 'read' : undefined;
};

const special: Readonly<Record<string, Special>> = {
  kubectl,
  terraform,
  terragrunt: terraform,
  vault,
  flux,
  argocd,
  helm,
};
