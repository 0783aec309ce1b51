/** Whether the server on that loopback port answers 200 without TLS. Use `answersOk` for one that has this lab's certificate. */
export async function answersPlainly(port: number, path: string): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      redirect: 'error',
      signal: AbortSignal.timeout(3_000),
    });
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    return false; // Not listening yet, or not speaking HTTP: either way not ready.
  }
}
