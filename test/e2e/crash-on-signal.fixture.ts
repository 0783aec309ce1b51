/** Loaded into a daemon before its program: throws, where nobody catches it, what SECRET_OF_THE_TEST holds. */
process.once('SIGUSR2', () => {
  throw new Error(`a driver gave up on ${process.env['SECRET_OF_THE_TEST'] ?? ''}`);
});
