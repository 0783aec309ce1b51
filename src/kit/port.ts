/**
 * A port is what one group needs of another, by name and type. `definePort` makes the name; the group that `provides` it
 * hands over the object, the group that `requires` it receives it in `connect`.
 */
export interface PortKey<Port> {
  readonly name: string;
  /** Carries the type; never set. */
  readonly port?: Port;
  /** The group does without it where no configured group provides it; see `ifConfigured`. */
  readonly optional?: true;
}

export function definePort<Port>(name: string): PortKey<Port> {
  return { name };
}

/** How a group reaches a port it can do without: asked for at each use, since its provider may not be connected yet, or fail. */
export type Reach<Port> = () => Promise<Port>;

/** For `requires`: undefined where no configured group provides the port. What the provider throws is thrown by the reach. */
export function ifConfigured<Port>({ name }: PortKey<Port>): PortKey<Reach<Port> | undefined> {
  return { name, optional: true };
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
