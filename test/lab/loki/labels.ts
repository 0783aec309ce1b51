export type Labels = Readonly<Record<string, string>>;

/** `{a="1", b="2"}` with the names in order: how two sets are compared, and how Loki prints one. */
export function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{${pairs.join(', ')}}`;
}

/** Label by label: the order Loki gives series in. */
export function compareLabels(left: Labels, right: Labels): number {
  const pairs = [left, right].map((one) =>
    Object.entries(one)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flat(),
  );
  const [a = [], b = []] = pairs;
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const [x = '', y = ''] = [a[index], b[index]];
    if (x !== y) return x < y ? -1 : 1;
  }
  return a.length - b.length;
}

export function sortedLabels(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
