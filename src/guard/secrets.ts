import { globbed, globPattern } from './globs.ts';
import { ENVIRONMENT, SECRET, set } from './marks.ts';

export const secretVariable =
  /^(?:(?:VAULT|BAO)_(?:TOKEN|SECRET_ID)|PGPASSWORD|SOPS_AGE_KEY|ARGOCD_AUTH_TOKEN|KUBE_TOKEN|TF_TOKEN_\w+|TF_VAR_\w*(?:password|token|secret)\w*)$/i;
export const credentialOfEnvironment = 'a credential of the environment';
export const credentialFile = 'a file that holds credentials';

const secretFile =
  /(?:^|[/=@:])\.vault-token$|\.kube\/(?:config[^/]*|\*)$|\.tfstate(?:\.\w+)*$|\/k3s\.yaml$|\/etc\/kubernetes\/[\w-]+\.conf$|^\/proc\/[^/]+\/environ$/;
const secretFileNames = ['.vault-token', 'terraform.tfstate', '.kube/config'];
/** No path is longer; the pattern would take long on one that is. */
const longestPath = 1_000;

/** Programs that show what they read. */
export const readers =
  set(`cat tac nl less more most head tail bat batcat grep egrep fgrep rg ag ack awk gawk mawk sed cut sort uniq jq yq
  base64 base32 xxd od hexdump strings dd cp mv scp rsync diff vi vim nvim nano emacs tee paste fold rev tar zip curl wget column`);
/** The first operand of these is a pattern or a program, not a file. */
const patternFirst = set('grep egrep fgrep rg ag ack awk gawk mawk sed jq yq');
const printers = set('echo printf print');

export function isSecretFile(word: string): boolean {
  const path = word.slice(-longestPath).replace(/^(?:@|if=|file:\/\/)/, '');
  if (secretFile.test(path)) return true;
  const last = path.slice(path.lastIndexOf('/') + 1);
  if (!globbed.test(last) || !/^[^*?[]{3}/.test(last)) return false;
  const pattern = globPattern(last);
  return secretFileNames.some((name) => {
    const folder = name.slice(0, name.lastIndexOf('/') + 1);
    return path.slice(0, -last.length).endsWith(folder) && (pattern?.test(name.slice(folder.length)) ?? false);
  });
}

/** What a command shows of secrets, whatever program it is. */
export function secretsShown(name: string, given: readonly string[], stdin = ''): readonly string[] {
  const reads = readers.has(name);
  const shown = printers.has(name) ? given.join(' ') : reads ? stdin : '';
  const found: string[] = [];
  if (shown.includes(SECRET)) found.push(credentialOfEnvironment);
  if (!reads) return found;
  const picks = /token|secret|passw|vault|pgpass|credential/i;
  if (stdin.includes(ENVIRONMENT) && given.some((word) => picks.test(word))) found.push(credentialOfEnvironment);
  const operands = given.filter((word) => !/^-./.test(word) || /^-[\w-]*=?@/.test(word));
  const byFlag = given.some((word) => /^(?:-[ef]|--regexp|--file|--expression)/.test(word));
  if (operands.slice(patternFirst.has(name) && !byFlag ? 1 : 0).some(isSecretFile)) found.push(credentialFile);
  return found;
}
