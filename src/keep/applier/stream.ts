import { z } from 'zod';
import { readStream } from '../planner/diagnostics.ts';
import type { RawDiagnostic } from '../planner/port.ts';
import { parseQuietly } from '../planner/quiet-json.ts';

/**
 * What `apply -json` said, line by line, of each address: how far it came.
 *
 *  done     begun and completed, and nothing of it failed
 *  failed   an operation or a provisioner of it failed
 *  unknown  begun, and its end was never said: the engine was ended, or the line was lost
 *
 * It is an engine's word about itself: whether anything was changed is told by the state, which is read back.
 */
export interface ApplyReading {
  readonly done: readonly string[];
  readonly failed: readonly string[];
  readonly unknown: readonly string[];
  /** Raw: whatever a provider wrote. */
  readonly diagnostics: readonly RawDiagnostic[];
}

const about = z.object({ addr: z.string().min(1).max(4_000) });
const line = z.object({
  type: z.enum([
    'apply_start',
    'apply_complete',
    'apply_errored',
    'provision_errored',
    'action_start',
    'action_complete',
    'action_errored',
  ]),
  hook: z.union([z.object({ resource: about }), z.object({ action: about })]),
});

/** No line of the engine about an address is that long; an output of a provisioner is. */
const longestLine = 1_000_000;

interface Course {
  open: number;
  failed: boolean;
}

/** Lines that are none of the engine's, cut or garbage, are passed over: what was begun and not ended stays unknown. */
export function readApplyStream(text: string, pathOf: (name: string) => string): ApplyReading {
  const courses = new Map<string, Course>();
  for (const raw of text.split('\n')) {
    if (!raw.startsWith('{') || raw.length > longestLine) continue;
    const found = line.safeParse(parseQuietly(raw)).data;
    if (found === undefined) continue;
    const { addr } = 'resource' in found.hook ? found.hook.resource : found.hook.action;
    const course = courses.get(addr) ?? { open: 0, failed: false };
    courses.set(addr, course);
    switch (found.type) {
      case 'apply_start':
      case 'action_start':
        course.open += 1;
        break;
      case 'apply_complete':
      case 'action_complete':
        course.open -= 1;
        break;
      case 'apply_errored':
      case 'action_errored':
        course.open -= 1;
        course.failed = true;
        break;
      case 'provision_errored':
        course.failed = true;
    }
  }
  const named = (is: (course: Course) => boolean): readonly string[] =>
    [...courses].filter(([, course]) => is(course)).map(([address]) => address);
  return {
    done: named(({ open, failed }) => !failed && open <= 0),
    failed: named(({ failed }) => failed),
    unknown: named(({ open, failed }) => !failed && open > 0),
    diagnostics: readStream(text, pathOf).diagnostics,
  };
}
