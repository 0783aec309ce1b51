import type { KeepClient } from '../../src/change/wire/keep-port.ts';
import type { KeepState } from '../../src/change/wire/protocol.ts';
import { counted } from '../../src/cluster/index.ts';
import { CastellanError, type ProbeFinding, stripHiddenCharacters } from '../../src/kit/index.ts';

/** What doctor tells of the keep. Whether its sandbox works is among its problems when it does not. */
export async function probeKeep(keep: KeepClient, signal: AbortSignal): Promise<readonly ProbeFinding[]> {
  try {
    const { keep: state } = await keep.ask({ verb: 'status', of: 'keep' }, signal);
    return [
      { check: 'keep', status: 'pass', detail: `reached, version ${word(state.version)}` },
      boundary(state),
      sandbox(state),
      frozen(state),
      base(state),
      ...state.problems.filter((problem) => !aboutSandbox.test(problem)).map(problemFinding),
    ];
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    return [{ check: 'keep', status: 'fail', detail: `${error.code}: ${error.message}`, next: error.next }];
  }
}

const aboutSandbox = /sandbox|bubblewrap|bwrap/i;

function boundary({ boundary: which }: KeepState): ProbeFinding {
  const check = 'boundary of the keep';
  if (which === 'separate user') return { check, status: 'pass', detail: which };
  return {
    check,
    status: 'unknown',
    detail: 'same user: the keep was started with --seat-belt, so it guards against accidents and not against an agent',
    next: 'give it a user of its own: sudo castellan install',
  };
}

function sandbox({ problems }: KeepState): ProbeFinding {
  const broken = problems.find((problem) => aboutSandbox.test(problem));
  if (broken === undefined) return { check: 'sandbox', status: 'pass', detail: 'the keep reports no trouble with it' };
  return {
    check: 'sandbox',
    status: 'fail',
    detail: words(broken),
    next: 'nothing is planned until it works; install bubblewrap and socat, and allow user namespaces to the keep',
  };
}

function frozen({ frozenSince }: KeepState): ProbeFinding {
  if (frozenSince === undefined) return { check: 'frozen', status: 'pass', detail: 'no' };
  const detail = `since ${word(frozenSince)}: nothing is applied`;
  return { check: 'frozen', status: 'unknown', detail, next: 'find out who froze it and why before it is thawed' };
}

function base({ ahead, trustedBase, fetchedAt }: KeepState): ProbeFinding {
  const check = 'trusted base';
  if (trustedBase === undefined) {
    return {
      check,
      status: 'fail',
      detail: 'none',
      next: 'correct repository.trustedBase in keep.yaml, or adopt a commit on the page of the keep',
    };
  }
  const at = `${word(trustedBase.commit).slice(0, 12)}, fetched ${fetchedAt === undefined ? 'never' : word(fetchedAt)}`;
  if (ahead === undefined)
    return { check, status: 'unknown', detail: `${at}; how far the branch is ahead is not known` };
  if (ahead === 0) return { check, status: 'pass', detail: at };
  return {
    check,
    status: 'unknown',
    detail: `${at}; ${counted(ahead, 'commit')} on the branch that nobody adopted`,
    next: 'look at them, then adopt a commit on the page of the keep',
  };
}

function problemFinding(problem: string): ProbeFinding {
  return { check: 'keep', status: 'fail', detail: words(problem), next: 'journalctl -u castellan-keep says more' };
}

function word(text: string): string {
  return /^[\w.:+-]{1,80}$/.test(text) ? text : '?';
}

function words(text: string): string {
  return stripHiddenCharacters(text).replace(/\s+/g, ' ').slice(0, 300).toWellFormed();
}
