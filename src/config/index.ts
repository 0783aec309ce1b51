/** What the rest of the program uses of the configuration. */
export { isLoopback } from './fields.ts';
export { deepFreeze } from './frozen.ts';
export { prepareHome } from './home.ts';
export { problemsOf } from './issues.ts';
export { loadConfig } from './load.ts';
export { defaultConfig, locate, namedConfig, userHome } from './locate.ts';
export { printableConfig } from './print.ts';
export { type ConfigPath, type Problem, pathText, refusal } from './problem.ts';
export type { Slice } from './raw.ts';
export { configJsonSchema, describeConfig } from './schema.ts';
export { tryReadSecret } from './secret-reference.ts';
export type { Config } from './valid.ts';
export { readYamlFile } from './yaml-file.ts';
