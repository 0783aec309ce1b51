import { z } from 'zod';
import { pathText } from './path-text.ts';

/** What can be asked of what a rule looks at. Each is yes, no, or unknown where the source does not tell. */
const scalarValue = z.union([z.string(), z.number(), z.boolean()]);
const text = z.string().transform((source) => new RegExp(source));

export type Condition =
  | { readonly exists: string }
  | { readonly missing: string }
  | { readonly equals: { readonly at: string; readonly value: string | number | boolean } }
  | { readonly in: { readonly at: string; readonly values: readonly string[] } }
  | { readonly matches: { readonly at: string; readonly pattern: RegExp } }
  | { readonly nowhere: { readonly at: string; readonly pattern: RegExp } }
  | { readonly same: readonly [string, string] }
  | {
      readonly quantity: { readonly at: string; readonly atMost?: number | string; readonly atLeast?: number | string };
    }
  | {
      readonly joined: { readonly kinds: readonly string[]; readonly mentions: string; readonly at: readonly string[] };
    }
  | { readonly ignored: string }
  | { readonly commentAbove: { readonly at?: string; readonly pattern: RegExp } }
  | { readonly stackIn: readonly string[] }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

const bound = z.union([z.number(), z.string().regex(/^[\d.]+[A-Za-z%]*$/)]);

export const condition: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    z.strictObject({ exists: pathText }),
    z.strictObject({ missing: pathText }),
    z.strictObject({ equals: z.strictObject({ at: pathText, value: scalarValue }) }),
    z.strictObject({ in: z.strictObject({ at: pathText, values: z.array(z.string()) }) }),
    z.strictObject({ matches: z.strictObject({ at: pathText, pattern: text }) }),
    /** Nothing there matches; where there is nothing, it is so. */
    z.strictObject({ nowhere: z.strictObject({ at: pathText, pattern: text }) }),
    z.strictObject({ same: z.tuple([pathText, pathText]) }),
    /** Every quantity or percentage there. */
    z.strictObject({
      quantity: z.strictObject({ at: pathText, atMost: bound.exactOptional(), atLeast: bound.exactOptional() }),
    }),
    /** Another object of the stack says, at one of these paths, what stands here. */
    z.strictObject({
      joined: z.strictObject({ kinds: z.array(z.string()), mentions: pathText, at: z.array(pathText) }),
    }),
    /** Terraform is told to leave the field alone. */
    z.strictObject({ ignored: pathText }),
    /** A comment stands right above it, or behind it in its line. */
    z.strictObject({ commentAbove: z.strictObject({ at: pathText.exactOptional(), pattern: text }) }),
    z.strictObject({ stackIn: z.array(z.string()) }),
    z.strictObject({ all: z.array(condition) }),
    z.strictObject({ any: z.array(condition) }),
    z.strictObject({ not: condition }),
  ]),
);
