import { randomBytes } from 'node:crypto';
import { createRedactor } from '../index.ts';
import type { ExtensibleRedactor } from '../redactor.ts';
import { classify } from './classify.ts';
import { createFingerprinter, type ValueToKnow } from './fingerprint.ts';
import type { FingerprintSet, SecretLabel } from './fingerprints.ts';
import { createKnownValues, type KnownValues } from './known-values.ts';

/** What a test says of a secret in Vault: its key and its value; the rest is the same for all. */
export function labelled(key: string, version = 3, path = 'apps/mail'): SecretLabel {
  return { mount: 'secret', path, key, version };
}

/** As the fingerprinter would know them; what is skipped or public is not in it. */
export function asKnown(
  values: Readonly<Record<string, string>>,
  published: ReadonlySet<string> = new Set(),
): ValueToKnow[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const judged = classify({ key, value, published });
    return 'class' in judged ? [{ value, class: judged.class, label: labelled(key) }] : [];
  });
}

export function setOf(entries: readonly ValueToKnow[], generation = 'one'): FingerprintSet {
  return createFingerprinter().of(entries, generation);
}

export interface Knowing {
  readonly redactor: ExtensibleRedactor;
  readonly known: KnownValues;
}

export function knowing(entries: readonly ValueToKnow[]): Knowing {
  const known = createKnownValues();
  known.load(setOf(entries));
  return { known, redactor: createRedactor({ layers: [known.layer] }) };
}

/** Drawn anew each time: of class a, with no shape a pattern rule knows. */
export function randomValue(bytes = 18): string {
  return randomBytes(bytes).toString('base64url');
}
