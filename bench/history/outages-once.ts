import { type Outage, telling } from './outage.ts';

export const outagesOnce: readonly Outage[] = [
  {
    first: telling(
      'Old dashboards after Helm rollback',
      'grafana',
      'Panels showed no data.',
      'A rollback restored a datasource uid that no longer existed.',
      'Uids are fixed in values.',
    ),
    asked: 'all panels say no data after a rollback',
  },
  {
    first: telling(
      'Kitchen lights answered late',
      'zigbee',
      'Switches took ten seconds.',
      'A USB 3 disk next to the stick disturbed its radio.',
      'An extension cord.',
    ),
    asked: 'light switches are slow to respond',
  },
  {
    first: telling(
      'Calendar lost its reminders',
      'calendar',
      'No reminders for a week.',
      'The cron pod was suspended during a migration and forgotten.',
      'Resumed, and suspended jobs are listed daily.',
    ),
    asked: 'reminders of appointments do not come',
  },
  {
    first: telling(
      'Bank import repeated entries',
      'ledger',
      'Each payment was booked twice.',
      'The job ran on two replicas without a lease.',
      'One replica.',
    ),
    asked: 'transactions appear twice in the books',
  },
  {
    first: telling(
      'Switch looped after recabling',
      'switch',
      'The whole network was gone for minutes.',
      'A cable closed a loop and spanning tree was off.',
      'Cable removed, spanning tree on.',
    ),
    asked: 'broadcast storm, whole network unusable after moving cables',
  },
  {
    first: telling(
      'UPS told nobody',
      'ups',
      'Machines went off hard.',
      'The USB cable of the UPS had been unplugged for cleaning.',
      'Plugged in; an alert on missing data.',
    ),
    asked: 'servers powered off abruptly although there is a battery',
  },
  {
    first: telling(
      'Feed reader lost its marks',
      'reader',
      'Everything was unread again.',
      'The SQLite file was restored from an older copy by an init container.',
      'The init container checks for a file first.',
    ),
    asked: 'all articles became unread',
  },
  {
    first: telling(
      'Chat bridge banned',
      'chat',
      'Messages of one network did not arrive.',
      'Too many reconnects after a crash loop got the account banned.',
      'Backoff and an appeal.',
    ),
    asked: 'bridged messages are missing, account blocked',
  },
  {
    first: telling(
      'Proxy refused large uploads',
      'gateway',
      'Videos over 100 MB failed with 413.',
      'A default body limit came with a new middleware.',
      'The limit was raised for that route.',
    ),
    asked: 'large video uploads fail with 413',
  },
  {
    first: telling(
      'Search returned nothing',
      'search',
      'The wiki’s search was empty.',
      'The index was created with another language analyser after an upgrade.',
      'Index rebuilt.',
    ),
    asked: 'search in the wiki finds nothing since the upgrade',
  },
  {
    first: telling(
      'Heating stayed on in June',
      'heating',
      'Radiators were warm on a hot day.',
      'A time zone in an automation was changed to UTC.',
      'Automation corrected.',
    ),
    asked: 'heating runs in summer',
  },
  {
    first: telling(
      'IPv6 half working',
      'router',
      'Some sites took a minute to open.',
      'The provider changed the prefix and router advertisements kept the old one.',
      'Advertisements follow the delegated prefix.',
    ),
    asked: 'some websites take very long to open, others are quick',
  },
  {
    first: telling(
      'Ingress controller lost its middleware',
      'gateway',
      'Every protected page answered 404.',
      'A CRD upgrade dropped the old API group.',
      'Manifests moved to the new group.',
    ),
    asked: 'protected pages return 404 after the proxy upgrade',
  },
  {
    first: telling(
      'Printer queue blocked by one job',
      'printer',
      'Nothing printed for a day.',
      'A PDF with a broken font stopped the filter.',
      'Job removed.',
    ),
    asked: 'printing does not work, queue is blocked',
  },
  {
    first: telling(
      'Metrics lost by a restore',
      'metrics',
      'A week of graphs was gone.',
      'A restore was given the wrong claim.',
      'The script reads the claim back.',
    ),
    asked: 'graphs of last week are gone',
  },
  {
    first: telling(
      'CI runners offline',
      'runner',
      'Pipelines stayed queued.',
      'The registration token had expired with the forge’s upgrade.',
      'Registered anew.',
    ),
    asked: 'pipelines are queued for ever',
  },
  {
    first: telling(
      'Vacuum froze the database',
      'ledger',
      'Writes hung for an hour.',
      'Anti-wraparound vacuum met a long transaction of a report.',
      'The transaction was ended; an alert on age.',
    ),
    asked: 'database writes hang, a long transaction is open',
  },
  {
    first: telling(
      'Door camera offline after firmware',
      'camera',
      'No picture at the door.',
      'New firmware forced encrypted streams that the recorder did not speak.',
      'Firmware rolled back.',
    ),
    asked: 'door camera shows no picture',
  },
];
