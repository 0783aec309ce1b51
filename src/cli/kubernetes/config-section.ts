import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { isMap, parseDocument } from 'yaml';

/** What castellan.yaml says of Kubernetes once a context can be read, and what that changes. */
export interface ConfigSection {
  /** Where the file is, behind any link. */
  readonly path: string;
  /** The whole file; undefined when it says so already. */
  readonly text: string | undefined;
  readonly mode: number;
  /** `kubernetes.context: home`, a line a change. */
  readonly changes: readonly string[];
}

/**
 * Edits castellan.yaml, comments and all: the context becomes the one that is read, or, where another context of the same
 * kubeconfig is, one more that a call may name. `initial` stands in for a file that is not there.
 */
export function configSection(
  path: string,
  initial: () => string,
  { kubeconfig, context }: { readonly kubeconfig: string; readonly context: string },
): ConfigSection {
  const exists = existsSync(path);
  const document = parseDocument(exists ? readFileSync(path, 'utf8') : initial());
  const now = (key: string): unknown => document.getIn(['kubernetes', key]);
  const changes: string[] = [];
  const set = (key: string, value: unknown): void => {
    document.setIn(['kubernetes', key], value);
    changes.push(`kubernetes.${key}: ${JSON.stringify(value)}`);
  };
  const drop = (key: string): void => {
    if (now(key) === undefined) return;
    document.deleteIn(['kubernetes', key]);
    changes.push(`kubernetes.${key} is taken out`);
  };
  if (!isMap(document.get('kubernetes', true))) document.set('kubernetes', document.createNode({}));
  const main = now('context');
  if (now('kubeconfig') !== kubeconfig || typeof main !== 'string') {
    drop('inCluster');
    drop('contexts');
    set('kubeconfig', kubeconfig);
    set('context', context);
  } else if (main !== context) {
    const further: unknown = document.toJS().kubernetes.contexts;
    const listed = Array.isArray(further) ? further : [];
    if (!listed.includes(context)) set('contexts', [...listed, context]);
  }
  return {
    path: exists ? realpathSync(path) : path,
    text: changes.length === 0 ? undefined : document.toString({ lineWidth: 0 }),
    mode: exists ? statSync(path).mode & 0o777 : 0o600,
    changes,
  };
}
