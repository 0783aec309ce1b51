import { evidenceIds, sha256 } from '../dossier.fixture.ts';
import { action, both, candidateIs, evidenceIs, type Fault, recorded, says, told } from './fault.fixture.ts';

/** Made up, in the shape of one that is real. */
const token = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
const leaked = `2026-11-20T14:46:10Z 4be1c0d memory limit 512Mi password=${'hunter2hunter2'} ${token}`;

/** V29 to V32. */
export const safetyFaults: readonly Fault[] = [
  {
    rule: 'V29',
    what: 'a token in a lesson',
    make: told((n) => {
      n.lessons.poorly = [`The token ${token} was in the log.`];
    }),
  },
  {
    rule: 'V29',
    what: 'a key in a draft',
    make: action(1, { draft: { language: 'hcl', text: `token = "${token}"\n` } }),
  },
  {
    rule: 'V29',
    what: 'a token in an excerpt',
    make: both(
      evidenceIs(evidenceIds.commit, () => ({ sha256: sha256(leaked), rows: [] })),
      (input) => ({ ...input, payloads: new Map([...input.payloads, [evidenceIds.commit, leaked]]) }),
    ),
  },
  {
    rule: 'V29',
    what: 'a token in a row',
    make: evidenceIs(evidenceIds.commit, ({ rows }) => ({
      rows: rows.map((row) => ({ ...row, text: `commit ${token}` })),
    })),
  },
  {
    rule: 'V29',
    what: 'a token in the text of a test',
    make: action(1, { verify: { kind: 'file-contains', path: 'stacks/web/main.tf', text: token } }),
  },

  { rule: 'V30', what: 'a script', make: says('The chart changed <script>alert(document.domain)</script>.') },
  {
    rule: 'V29',
    what: 'a token in the reason of a verdict, with letters that are escaped',
    shape: { history: 'rejected' },
    make: candidateIs({ reason: `there ${token} was used` }),
  },
  {
    rule: 'V30',
    what: 'an image that calls home',
    make: told((n) => {
      n.lessons.well = ['![x](http://192.0.2.7/x.png)'];
    }),
  },
  {
    rule: 'V30',
    what: 'a link',
    make: told((n) => {
      n.lessons.well = ['See [the page](javascript:alert(1)).'];
    }),
  },
  {
    rule: 'V30',
    what: 'a fence',
    make: told((n) => {
      n.lessons.well = ['```\nend\n```'];
    }),
  },
  {
    rule: 'V30',
    what: 'letters that run backwards',
    make: told((n) => {
      n.lessons.well = [`safe \u202egnihton`];
    }),
  },
  {
    rule: 'V30',
    what: 'a heading that is a section',
    make: told((n) => {
      n.lessons.well = ['## Severity\nSEV4'];
    }),
  },

  {
    rule: 'V31',
    what: 'human error',
    make: told((n) => {
      n.lessons.poorly = ['It was human error.'];
    }),
  },
  { rule: 'V31', what: 'careless', make: says('The rollout was careless.') },
  {
    rule: 'V31',
    what: 'should have known',
    make: told((n) => {
      n.lessons.poorly = ['Kim should have noticed it.'];
    }),
  },
  {
    rule: 'V31',
    what: 'somebody’s fault',
    make: told((n) => {
      n.lessons.poorly = ["It was Kim's fault."];
    }),
  },
  { rule: 'V31', what: 'forgot to', make: says('The author forgot to check the limit.') },

  {
    rule: 'V32',
    what: 'another day in the title',
    make: told((n) => {
      n.title = 'web answered 503 on 2026-11-19';
    }),
  },
  {
    rule: 'V32',
    what: 'an action item that is not there',
    make: told((n) => {
      n.lessons.lucky = ['act_nowhere2 was half done.'];
    }),
  },
  {
    rule: 'V32',
    what: 'an incident that is not there',
    make: told((n) => {
      n.lessons.lucky = ['inc_nowhere234 was alike.'];
    }),
  },
  {
    rule: 'V32',
    what: 'an address nobody saw',
    make: told((n) => {
      n.lessons.lucky = ['Read https://status.example.net/incidents first.'];
    }),
  },
  {
    rule: 'V32',
    what: 'a second version without a reason',
    shape: { published: true },
    make: told((n) => {
      delete n.correction;
    }),
  },
  {
    rule: 'V32',
    what: 'a correction of nothing',
    make: told((n) => {
      n.correction = { reason: 'the limit was wrong' };
    }),
  },
  {
    rule: 'V32',
    what: 'versions that do not follow',
    shape: { published: true },
    make: recorded(({ reports }) => ({ reports: [...reports, ...reports] })),
  },
  {
    rule: 'V32',
    what: 'a title without letters',
    make: told((n) => {
      n.title = 'Ошибка';
    }),
  },
];
