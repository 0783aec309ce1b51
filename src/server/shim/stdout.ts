import { Writable } from 'node:stream';

/**
 * From here on stdout carries protocol frames only: what anything else prints there goes to stderr. The frames go through
 * the stream that is returned.
 */
export function claimStdout(): Writable {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  const frames = new Writable({
    decodeStrings: false,
    write: (chunk: string | Buffer, _encoding, done) => {
      write(chunk, (error) => done(error));
    },
  });
  stdout.on('error', (error) => frames.destroy(error));
  stdout.write = stderr.write.bind(stderr);
  return frames;
}
