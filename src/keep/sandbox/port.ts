/**
 * One program, run where it can see nothing but what it was given: no network, no host file, no /proc, no environment but its
 * own, limits on everything, and every process it started ends with it.
 */
export interface Sandbox {
  /**
   * Runs it to its end. A non-zero exit is a result, not an error.
   * Errors: `sandbox-unavailable` (nothing is ever run without a sandbox).
   */
  run(command: SandboxedCommand, signal: AbortSignal): Promise<SandboxResult>;
  /** Whether it works here, by running something in it. */
  probe(): Promise<{ readonly works: boolean; readonly detail: string; readonly next?: string }>;
}

export interface SandboxedCommand {
  /** The program as it is seen inside, and its arguments. */
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly binds: readonly Bind[];
  readonly sockets: readonly BoundSocket[];
  readonly wallMs: number;
  /** More output than this ends the run. Bytes, both streams together. */
  readonly outputBytes: number;
  /**
   * What to do when the caller's signal aborts, or the time is over: the command gets SIGINT and may end by itself, gets it again
   * at half time, and only after `graceMs` everything inside is killed. Without it, and for too much output, that is done at once.
   */
  readonly gentle?: { readonly graceMs: number };
  /** Called with each whole line of either stream. */
  onLine?(stream: 'stdout' | 'stderr', line: string): void;
}

export interface Bind {
  /** Outside: absolute, no symbolic link anywhere on the way. */
  readonly from: string;
  readonly to: string;
  readonly writable: boolean;
}

/** A listener inside, in front of a Unix socket outside. Several hosts may share a port's listener only with one socket. */
export interface BoundSocket {
  readonly from: string;
  /** 127.0.0.1 and this port; below 1024 too. */
  readonly port: number;
  /** Names that lead there, in /etc/hosts. */
  readonly hosts: readonly string[];
}

export interface SandboxResult {
  /** Undefined when a signal ended it. A command that was ended gently and exited by itself has one. */
  readonly exitCode: number | undefined;
  readonly ended: 'exit' | 'signal' | 'timeout' | 'too-much-output' | 'cancelled';
  readonly stdout: string;
  readonly stderr: string;
}
