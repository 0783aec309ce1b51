import { registerHooks } from 'node:module';

/**
 * Loaded into a process before its program. From the moment the program has taken stdout for itself, this prints there
 * what careless dependencies print: at the import of every further module, and again and again while it runs.
 */
const before = process.stdout.write;
const claimed = (): boolean => process.stdout.write !== before;

registerHooks({
  load: (url, context, nextLoad) => {
    if (claimed()) {
      console.log(`noise: loading ${url}`);
      process.stdout.write('noise: {"jsonrpc":"2.0","id":1,"result":{}}\n');
    }
    return nextLoad(url, context);
  },
});

setInterval(() => {
  if (!claimed()) return;
  console.log('noise: a warning of no interest');
  console.info('{"noise":', true, '}');
  process.stdout.write('noise without an end of line');
}, 1).unref();
