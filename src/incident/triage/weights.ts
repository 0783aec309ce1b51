/**
 * How much each thing says that an object is the cause: all numbers of the ranking stand here. They are priors of people who
 * looked at outages of homelabs, in rough steps; none was fitted to recorded cases, and none knows a name.
 *
 *  weight    from 0 to 1: how likely it is that what shows this is itself what has to be repaired
 *  discount  how much of its weight an object loses because something it depends on is broken
 *  prior     of a change: how often its kind is what broke something
 */

/** Of a finding, by its severity, where its rule is not below. */
export const findingWeight = { critical: 0.6, warning: 0.35, notice: 0.05 } as const;

/**
 * Of rules that name a cause or only a consequence. Those that say why (an image that does not exist, a missing key) weigh
 * more than those that say that (fewer pods than wanted, no endpoints), which any cause shows.
 */
export const ruleWeight: Readonly<Record<string, number>> = {
  'node-not-ready': 0.9,
  'node-under-pressure': 0.6,
  'image-pull-failing': 0.85,
  'container-config-error': 0.85,
  'container-crashing': 0.75,
  // Who is ended by its own probe is told so by the kubelet: the probe or what it asks has to be repaired, there.
  'liveness-probe-failing': 0.8,
  'scheduler-silent': 0.9,
  'pod-unschedulable': 0.75,
  'pods-not-created': 0.6,
  'quota-pressure': 0.7,
  'limit-range-conflict': 0.6,
  'database-unhealthy': 0.8,
  'secret-store-not-ready': 0.85,
  'external-secret-not-synced': 0.7,
  'service-port-mismatch': 0.8,
  // It may be a leftover that nobody misses; where somebody does, what it explains lifts it.
  'service-selects-nothing': 0.5,
  // The address is wrong where it is written, whatever of it shows elsewhere.
  'variable-names-no-service': 0.8,
  'ingress-backend-missing': 0.75,
  'route-backend-missing': 0.75,
  'gateway-route-backend-missing': 0.75,
  'ingress-class-missing': 0.6,
  'storage-class-missing': 0.8,
  'csi-driver-missing': 0.85,
  'claim-lost': 0.8,
  'claim-pending': 0.6,
  'volume-attachment-stuck': 0.65,
  'webhook-unreachable': 0.8,
  'api-service-unavailable': 0.6,
  'statefulset-service-missing': 0.6,
  'statefulset-storage-class-missing': 0.75,
  // What shows whatever the cause is.
  'pod-not-ready': 0.5,
  'replicas-unavailable': 0.4,
  'rollout-stuck': 0.45,
  'service-without-endpoints': 0.35,
  'pod-stuck-starting': 0.5,
  'pod-stuck-terminating': 0.3,
  'container-restarted': 0.3,
  // What is so for weeks and breaks nothing today.
  'claim-without-backup': 0.02,
  'certificate-expires': 0.3,
  'disruption-budget-blocks-drain': 0.15,
};

/** A critical finding of a rule of the table says a little more, a notice much less. */
export const severityFactor = { critical: 1, warning: 0.85, notice: 0.15 } as const;

/** Of what happened in the window and went wrong, by what it was. */
export const happeningWeight: Readonly<Record<string, number>> = {
  oom: 0.45,
  evicted: 0.25,
  restart: 0.25,
  event: 0.2,
  deleted: 0.2,
  'node-condition': 0.4,
  'node-boot': 0.4,
  'job-finished': 0.15,
};
export const otherHappeningWeight = 0.15;

/** Of an alert that names the object; of one that is information: none. */
export const alertWeight = { critical: 0.45, other: 0.25 } as const;
/**
 * By what an alert is about. What runs out of something is more often the cause than what is slow or fails, which its callers
 * are too; and that fewer requests come is said of everything before and behind what is wrong.
 */
export const alertTells = { resource: 1.4, symptom: 1, traffic: 0.3 } as const;
/**
 * Of several that alert alike, the one furthest from its normal is nearest to the cause: a caller's own time waters it down.
 * For each power of ten, up to so many.
 */
export const perPowerOfTen = 0.12;
export const mostPowersOfTen = 4;

/** Of what the figures of the object say by themselves. */
export const stateWeight = {
  workloadDown: 0.45,
  workloadDegraded: 0.35,
  nodeNotReady: 0.9,
  nodeUnknown: 0.4,
  nodePressure: 0.5,
  serviceEmpty: 0.4,
  volumeFull: 0.8,
  volumeUnbound: 0.3,
  certificateEnded: 0.8,
  certificateNotReady: 0.4,
  probeFailing: 0.3,
} as const;

/** What so many depend on that are wrong is suspected though it shows nothing itself: at least so many, and this share of all. */
export const sharedFewest = 3;
export const sharedShare = 0.6;
export const sharedWeight = 0.5;

/** A dependency explains a symptom from this weight on; each step further away, this much less. */
export const explainsFrom = 0.3;
export const perStep = 0.85;
export const deepest = 6;
/** What is explained keeps at least this part of its weight: two things can break at once. */
export const keptWhenExplained = 0.2;
/** For each symptom it explains, a cause gains this part of what it lacks, up to so many. */
export const gainPerSymptom = 0.08;
export const mostGains = 6;

/** A change shortly before lifts what it changed by up to this part of what it lacks. */
export const changeLift = 0.35;

/** Before the onset, in milliseconds: what is near, how fast it fades, and how long something may lie hidden. */
export const nearBeforeMs = 2 * 3_600_000;
export const nearAfterMs = 10 * 60_000;
export const halfLifeMs = 30 * 60_000;
export const latentMs = 14 * 86_400_000;
export const latentWeight = 0.25;

/** Of changes, by what was done. By hand is worse than by whoever always does it. */
export const changePrior: Readonly<Record<string, number>> = {
  image: 0.9,
  rollout: 0.85,
  'config-changed': 0.8,
  edited: 0.85,
  drift: 0.8,
  commit: 0.65,
  'node-boot': 0.7,
  'node-version': 0.75,
  cordon: 0.5,
  scale: 0.6,
  deleted: 0.7,
  created: 0.35,
  renewed: 0.4,
};
export const otherChangePrior = 0.3;
export const byHandFactor = 1.2;

/** How near what was changed is to what is wrong. */
export const ownership = { same: 1, dependency: 0.8, node: 0.6, stack: 0.6, namespace: 0.45, elsewhere: 0.12 } as const;

/** What scores less is not told. */
export const leastSuspect = 0.1;
export const leastChange = 0.03;
export const mostSuspects = 20;
export const mostChanges = 5;
export const mostEpisodes = 12;

/** Of episodes: what lies so near in time may be one outage; so many alerts in that time that share something are told under it. */
export const sameEpisodeMs = 10 * 60_000;
export const stormFrom = 6;
