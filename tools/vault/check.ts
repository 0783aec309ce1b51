/** One thing vault_health looked at. What could not be measured is `unknown`, and unknown is never healthy. */
export interface Check {
  readonly state: 'PROBLEM' | 'unknown' | 'ok';
  readonly what: string;
  readonly detail: string;
  readonly next?: string;
}
