import { type CastellanError, defineErrors } from '../../kit/index.ts';

export const hclError = defineErrors({
  'hcl-invalid': { audience: 'agent', meaning: 'A file is not valid HCL; the message says where and what is wrong.' },
  'hcl-too-large': {
    audience: 'agent',
    meaning: 'An HCL file has over 1 MB or 10,000 lines, or is nested deeper than 200 levels: it is not read.',
  },
  'hcl-unsupported': {
    audience: 'agent',
    meaning: 'A file is valid HCL in a form that Castellan does not read; nothing is concluded from it.',
  },
  'hcl-reader-failed': { audience: 'operator', meaning: 'The parser of HCL failed for a reason other than the text.' },
});

/** The form is valid, and not read: better refused than understood wrongly. */
export function unsupported(path: string, line: number, what: string): CastellanError {
  return hclError('hcl-unsupported', {
    message: `${path}:${line}: ${what} is a form of HCL that is not read here`,
    next: 'write it in a plainer form: one attribute a line, decimal numbers, parentheses around computed keys',
  });
}
