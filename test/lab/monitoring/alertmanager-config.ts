/** Receivers that tell nobody: what the lab shows is which alerts there are, and why some are not sent. */
export const alertmanagerConfig = {
  route: {
    receiver: 'ticket',
    group_by: ['alertname', 'namespace'],
    group_wait: '1s',
    group_interval: '5s',
    repeat_interval: '4h',
    routes: [
      { matchers: ['alertname = "Watchdog"'], receiver: 'heartbeat', repeat_interval: '5m' },
      { matchers: ['severity = "critical"'], receiver: 'page' },
      { matchers: ['severity = "warning"'], receiver: 'ticket' },
    ],
  },
  inhibit_rules: [
    {
      source_matchers: ['alertname = "TargetDown"', 'severity = "critical"'],
      target_matchers: ['severity = "warning"'],
      equal: ['job', 'instance'],
    },
  ],
  receivers: [{ name: 'page' }, { name: 'ticket' }, { name: 'heartbeat' }],
};

/** Somebody knows of this one: the machine it was copied to is gone. */
export function plantedSilence(now: Date): object {
  const month = 30 * 24 * 3_600_000;
  const matcher = (name: string, value: string) => ({ name, value, isRegex: false, isEqual: true });
  return {
    matchers: [matcher('alertname', 'BackupTooOld'), matcher('backup', 'archive-offsite')],
    startsAt: now.toISOString(),
    endsAt: new Date(now.getTime() + month).toISOString(),
    createdBy: 'lab',
    comment: 'the machine it was copied to is being replaced; planted by the lab',
  };
}
