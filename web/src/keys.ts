/**
 * j and k go to the next and the previous stop of the page: whatever carries `data-stop`. Enter is the browser's own. Nothing
 * happens while somebody types, or with a modifier held.
 */
export function installKeys(root: Document): () => void {
  function onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key !== 'j' && event.key !== 'k') return;
    if (event.target instanceof HTMLElement && event.target.matches('input, textarea, select')) return;
    const stops = [...root.querySelectorAll<HTMLElement>('[data-stop]')].filter((stop) => stop.offsetParent !== null);
    const next = stops[nextStop(stops.indexOf(root.activeElement as HTMLElement), stops.length, event.key)];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  }
  root.addEventListener('keydown', onKey);
  return () => root.removeEventListener('keydown', onKey);
}

/** `-1` is nowhere: then j is the first and k the last. */
export function nextStop(at: number, count: number, key: 'j' | 'k'): number {
  if (count === 0) return -1;
  if (at === -1) return key === 'j' ? 0 : count - 1;
  return Math.min(count - 1, Math.max(0, at + (key === 'j' ? 1 : -1)));
}
