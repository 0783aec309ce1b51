/** What the rest of the program uses of the configuration. */
export { type Environment, processEnvironment } from './environment.ts';
export { filePath, isLoopback, secretReference } from './fields.ts';
export { prepareHome } from './home.ts';
export { type LoadOptions, loadConfig } from './load.ts';
export { defaultConfig, locate, namedConfig, userHome } from './locate.ts';
export { printableConfig } from './print.ts';
export type { Slice } from './raw.ts';
export { configJsonSchema } from './schema.ts';
export { readSecret } from './secret-reference.ts';
export type { Config } from './valid.ts';
