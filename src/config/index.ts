/** What the rest of the program uses of the configuration. */
export { isLoopback } from './fields.ts';
export { prepareHome } from './home.ts';
export { loadConfig } from './load.ts';
export { defaultConfig, locate, namedConfig, userHome } from './locate.ts';
export { printableConfig } from './print.ts';
export type { Slice } from './raw.ts';
export { configJsonSchema, describeConfig } from './schema.ts';
export type { Config } from './valid.ts';
