import { holdsMarker } from '../../redaction/marker.ts';
import type { VerifyPredicate } from '../action.ts';
import type { InfraRepository } from '../sources/port.ts';
import { fail, type Looking, pass, type Seen, unknown } from './ports.ts';

type Wanted<Kind extends VerifyPredicate['kind']> = Extract<VerifyPredicate, { readonly kind: Kind }>;

interface Head {
  readonly repository: InfraRepository;
  readonly commit: string;
  /** `at commit 0123456789ab`. */
  readonly at: string;
}

export async function seeFileExists({ path }: Wanted<'file-exists'>, looking: Looking): Promise<Seen> {
  return atHead(looking, async ({ repository, commit, at }) => {
    const text = await repository.file(path, commit);
    return text === undefined ? fail(`there is no such file ${at}`) : pass(`the file is there ${at}`);
  });
}

/**
 * In the file as it may be shown. A text that is not found in a file of which something is masked might be what is masked: that
 * is unknown, and the same for a right guess and for a wrong one.
 */
export async function seeFileContains({ path, text }: Wanted<'file-contains'>, looking: Looking): Promise<Seen> {
  return atHead(looking, async ({ repository, commit, at }) => {
    const whole = await repository.file(path, commit);
    if (whole === undefined) return fail(`there is no such file ${at}`);
    const shown = looking.ports.redactor.text(whole).text;
    const isMasked = holdsMarker(text);
    if (shown.includes(text) && !isMasked) return pass(`the text is in the file ${at}`);
    if (holdsMarker(shown)) return unknown(`the text is not in what may be read of the file ${at}`);
    if (isMasked) return unknown('the text was masked: nothing can be compared with it');
    return fail(`the text is not in the file ${at}`);
  });
}

export async function seeFileChanged({ path, since }: Wanted<'file-changed'>, looking: Looking): Promise<Seen> {
  return atHead(looking, async ({ repository, at }) => {
    const from = new Date(since);
    if (from > looking.now) return unknown('the time it is asked from has not come');
    const commits = await repository.log({ from, to: looking.now, under: [path], limit: 1 }, looking.signal);
    const [newest] = commits;
    if (newest === undefined) return fail(`no commit has touched it since ${from.toISOString()} ${at}`);
    return pass(`commit ${newest.id.slice(0, 12)} of ${newest.at.toISOString()} touched it`);
  });
}

/** Of what was fetched earlier nobody knows whether it is the head. */
async function atHead({ ports, signal }: Looking, look: (head: Head) => Promise<Seen>): Promise<Seen> {
  const { repository } = ports;
  if (repository === undefined) return unknown('no infra repository is configured');
  const { commit, stale } = await repository.head(signal);
  if (stale !== undefined) return unknown('the infra repository could not be fetched');
  return look({ repository, commit, at: `at commit ${commit.slice(0, 12)}` });
}
