import { readable } from 'svelte/store';

/** The time of the page, second by second while somebody subscribes. */
export const now = readable(new Date(), (set) => {
  const timer = setInterval(() => set(new Date()), 1000);
  set(new Date());
  return () => clearInterval(timer);
});
