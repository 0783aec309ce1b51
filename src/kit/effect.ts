/**
 * What a tool may do. There is no fourth effect: nothing an agent calls changes the homelab.
 *
 *  read     looks at the world
 *  record   writes only Castellan's own rows (memories, incidents)
 *  propose  opens a change or a request to a human
 */
export const effects = ['read', 'record', 'propose'] as const;

export type Effect = (typeof effects)[number];
