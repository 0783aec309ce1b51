import { ageText, at, dateAt, millisecondsSince, textAt } from '../../../fields.ts';
import { phaseOf } from '../../../lifecycle.ts';
import { nameText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Finding, Rule } from '../../rule.ts';

const hourMs = 60 * 60_000;
/** A volume that is to be deleted goes within minutes; one that is kept is looked at by somebody, some day. */
const patienceMs = { Delete: hourMs, Retain: 7 * 24 * hourMs };

export const volumeReleased: Rule = {
  id: 'volume-released',
  title: 'A volume whose claim has been gone for a week, or that should have been deleted an hour ago.',
  needs: {
    persistentvolumes: {
      spec: { persistentVolumeReclaimPolicy: true, claimRef: { namespace: true, name: true } },
      status: { phase: true, lastPhaseTransitionTime: true },
    },
  },
  *find(view) {
    for (const volume of view.all('persistentvolumes')) {
      if (phaseOf(volume) !== 'Released') continue;
      const spec = at(volume.body, 'spec');
      const since = dateAt(at(volume.body, 'status'), 'lastPhaseTransitionTime');
      const age = millisecondsSince(since, view.now);
      const deletes = textAt(spec, 'persistentVolumeReclaimPolicy') === 'Delete';
      if (age !== undefined && age < patienceMs[deletes ? 'Delete' : 'Retain']) continue;
      const claim = at(spec, 'claimRef');
      const of = `${nameText(claim?.['namespace'])}/${nameText(claim?.['name'])}`;
      const ago = age === undefined ? '' : ` for ${ageText(age)}`;
      yield {
        object: volume,
        ...(deletes
          ? ({
              severity: 'warning',
              summary: `claim ${of} has been gone${ago}, and the volume is still not deleted`,
            } as const)
          : ({ severity: 'notice', summary: `claim ${of} has been gone${ago}; its data is kept here` } as const)),
        since,
        next: describeCall(volume),
      } satisfies Finding;
    }
  },
};
