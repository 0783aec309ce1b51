import { defineErrors } from '../../kit/index.ts';

const rootError = defineErrors({
  'root-needed': { audience: 'operator', meaning: 'Only root can do this: it makes what the keep trusts.' },
});

/** Errors: `root-needed`. */
export function assertRoot(what: string, user = process.geteuid?.()): void {
  if (user === 0) return;
  throw rootError('root-needed', {
    message: `${what} is root's to do`,
    next: 'run it with sudo, as a human: an agent must not be able to',
  });
}
