export interface Reply {
  readonly code: number;
  readonly body: unknown;
}

export function failed(code: number, reason: string): Reply {
  return { code, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code } };
}
