/**
 * A port is what one group needs of another, by name and type. `definePort` makes the name; the group that `provides` it
 * hands over the object, the group that `requires` it receives it in `connect`.
 */
export interface PortKey<Port> {
  readonly name: string;
  /** Carries the type; never set. */
  readonly port?: Port;
}

export function definePort<Port>(name: string): PortKey<Port> {
  return { name };
}

export type PortKeys = Readonly<Record<string, PortKey<unknown>>>;
export type Ports<Keys extends PortKeys> = { readonly [K in keyof Keys]: Keys[K] extends PortKey<infer P> ? P : never };

export interface Provided {
  readonly key: PortKey<unknown>;
  readonly port: unknown;
}

export function provide<Port>(key: PortKey<Port>, port: Port): Provided {
  return { key, port };
}
