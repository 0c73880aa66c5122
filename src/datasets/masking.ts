/** What was taken out of a capture before anything was made of it. */
import { counted } from './amounts.ts';

export interface Masking {
  /** Passwords, tokens and the like, by where they stood; each once, however often it was printed there. */
  secrets: { source: string; kind: string; count: number }[];
}

/** `3 secrets (execsnoop.txt 2, manifest.json 1)`; null where there was none. */
export function maskedText({ secrets }: Masking): string | null {
  const bySource = new Map<string, number>();
  for (const { source, count } of secrets) bySource.set(source, (bySource.get(source) ?? 0) + count);
  const total = [...bySource.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  return `${counted(total, 'secret')} (${[...bySource].map(([source, count]) => `${source} ${count}`).join(', ')})`;
}
