import type { JsonValue } from '../../../kit/index.ts';
import { at } from '../../fields.ts';
import { bytesText } from '../../usage/amount-text.ts';
import { withheldBytes } from '../../withholding/data-size.ts';
import { type Line, quoted, type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';
import { usersText } from './users.ts';

const mostKeys = 30;

/** Its keys and their sizes, never what is in them, and who uses it. */
export function configMapFacts(around: Surroundings): Section | undefined {
  const { body, name } = around.object;
  const entries = [...Object.entries(at(body, 'data') ?? {}), ...Object.entries(at(body, 'binaryData') ?? {})];
  const shown = entries.slice(0, mostKeys).map(([key, value]): Line => quoted('key', `${key}, ${sizeText(value)}`));
  return section('content', [
    usersText(around, ({ configMaps }) => configMaps.has(name)),
    body['immutable'] === true ? 'immutable' : undefined,
    entries.length === 0 ? 'it is empty' : `${entries.length} keys; the values are withheld`,
    ...shown,
  ]);
}

function sizeText(value: JsonValue): string {
  const bytes = withheldBytes(value);
  return bytes === undefined ? 'size unknown' : `${bytesText(bytes)} bytes`;
}

/** Who runs as it. */
export function serviceAccountFacts(around: Surroundings): Section | undefined {
  const { body, name } = around.object;
  return section('account', [
    usersText(around, ({ serviceAccount }) => serviceAccount === name),
    body['automountServiceAccountToken'] === false ? 'its token is not mounted' : undefined,
  ]);
}
