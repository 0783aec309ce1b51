/** The vocabulary every group is written in. Needs zod and nothing else. */
export * from './answer.ts';
export { hiddenSequences, stripHiddenCharacters } from './characters.ts';
export { type CursorCall, type Cursors, createCursors } from './cursor.ts';
export { type Effect, effects } from './effect.ts';
export {
  type Audience,
  CastellanError,
  declaredErrors,
  defineErrors,
  type ErrorDetail,
  type ErrorMeaning,
} from './errors.ts';
export {
  type Connection,
  commandsFor,
  defineGroup,
  type Group,
  type OperatorCommand,
  type ProbeFinding,
} from './group.ts';
export type { JsonObject, JsonValue } from './json.ts';
export { headOf, oneLine } from './one-line.ts';
export {
  definePort,
  ifConfigured,
  type PortKey,
  type PortKeys,
  type Ports,
  type Provided,
  provide,
  type Reach,
} from './port.ts';
export { type Principal, principalId } from './principal.ts';
export { randomDigits } from './random-digits.ts';
export { type RenderOptions, renderAnswer } from './render.ts';
export { recordFrameKeys } from './render-record.ts';
export { Secret } from './secret.ts';
export { commonFields, type Page, type Tool, type ToolContext, toolsFor } from './tool.ts';
export { Untrusted } from './untrusted.ts';
