/** Labels tell the groups and metrics of one dataset apart. Their names are other people's, too. */
interface Labelled {
  labels: Readonly<Record<string, string>>;
}

/** The names of all labels, in the order they are first seen. */
export function labelNames(labelled: readonly Labelled[]): string[] {
  return [...new Set(labelled.flatMap(({ labels }) => Object.keys(labels)))];
}

/** The value of a label; null where there is none of that name, though every object has a `constructor`. */
export function labelOf({ labels }: Labelled, name: string): string | null {
  return Object.hasOwn(labels, name) ? (labels[name] as string) : null;
}

/** `CPU 3`, `disk sda, operation read`; empty without labels. */
export function labelWords({ labels }: Labelled): string {
  return wordsOf(Object.entries(labels));
}

/** The same without the time that was printed over a group, for what is put together over time or has it as an axis. */
export function timelessWords({ labels }: Labelled): string {
  return wordsOf(Object.entries(labels).filter(([name]) => name !== 'time'));
}

function wordsOf(labels: readonly [name: string, value: string][]): string {
  return labels.map(([name, value]) => `${name} ${value}`).join(', ');
}
