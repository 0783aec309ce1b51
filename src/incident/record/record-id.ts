import { randomDigits } from '../../kit/index.ts';

/** What the record gives ids to, and how many base32 digits they have: 50 or 40 random bits. Drawn again where one is taken. */
const digits = { inc: 10, ev: 8, fi: 8, act: 8 } as const;
export type IdKind = keyof typeof digits;
export type NewId = (kind: IdKind) => string;

export const newId: NewId = (kind) => `${kind}_${randomDigits(digits[kind])}`;

export const idPattern = {
  inc: /^inc_[a-z2-7]{10}$/,
  ev: /^ev_[a-z2-7]{8}$/,
  fi: /^fi_[a-z2-7]{8}$/,
  act: /^act_[a-z2-7]{8}$/,
} as const satisfies Record<IdKind, RegExp>;
