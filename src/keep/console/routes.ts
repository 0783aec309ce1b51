import { decidingRoutes } from './deciding.ts';
import { enrollingRoutes, openProvedKeys } from './enrolling.ts';
import { loginRoutes } from './login.ts';
import { lookingRoutes } from './looking.ts';
import type { ConsoleOptions } from './options.ts';
import type { Route } from './route.ts';
import { secretRequestRoutes } from './secret-requests.ts';
import type { Sessions } from './sessions.ts';
import { openTries } from './tries.ts';

/** Everything the page may ask: api.ts lists it. */
export function consoleRoutes(
  options: Omit<ConsoleOptions, 'now'> & { readonly sessions: Sessions; readonly now: () => Date },
): readonly Route[] {
  const { now } = options;
  const proved = openProvedKeys(now);
  return [
    ...lookingRoutes(options),
    ...loginRoutes({ ...options, tries: openTries({ perMinute: 120, perConnection: 20, now }) }),
    ...enrollingRoutes({ ...options, proved, tries: openTries({ perMinute: 20, perConnection: 5, now }) }),
    ...decidingRoutes({ ...options, proved }),
    ...secretRequestRoutes({ ...options, tries: openTries({ perMinute: 60, perConnection: 20, now }) }),
  ];
}
