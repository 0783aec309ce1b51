import { z } from 'zod';
import { parsePath } from './node/path.ts';

/** A path as a rule writes it. `$self` is what is looked at itself, `$pod` the spec of the pods of a Kubernetes object. */
export const pathText = z.string().refine((text) => parsePath(text) !== undefined, 'is no path');
