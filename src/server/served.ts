import type { Group, OperatorCommand, Principal, Tool } from '../kit/index.ts';

/** A tool together with what it runs against, found when it is called: a group connects after the catalogue is served. */
export interface ServedTool {
  readonly tool: Tool;
  ports(signal: AbortSignal): Promise<unknown>;
}

/** The same of a command. */
export interface ServedCommand {
  readonly command: OperatorCommand;
  ports(signal: AbortSignal): Promise<unknown>;
}

/** What the daemon serves and what it was not configured for. */
export interface Served {
  readonly tools: ReadonlyMap<string, ServedTool>;
  /** By name; only on agent.sock. */
  readonly commands: ReadonlyMap<string, ServedCommand>;
  readonly groups: readonly Group[];
  readonly unconfigured: readonly Group[];
}

/** Who asks: the principal decides, the client's name is a label. */
export interface Caller {
  readonly principal: Principal;
  readonly client: string;
  /** The client's own id of the call, for reading the audit beside the client's log. */
  readonly correlation?: string;
}
