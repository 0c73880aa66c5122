/** What was taken out of a capture before anything was made of it. */
import { commas, counted } from './amounts.ts';

export interface Masking {
  /** Passwords, tokens and the like, by where they stood; each once, however often it was printed there. */
  secrets: { source: string; kind: string; count: number }[];
  /** Absent where names were kept. */
  redaction?: Redaction;
}

/** What --redact did. */
export interface Redaction {
  /** How many names of each kind have a pseudonym. */
  names: Record<string, number>;
  /** Files of which lines or all text was left out, because nobody can tell what it says. */
  leftOut: string[];
  /** Examples of what was kept and may be a name all the same. */
  kept: { processes: string[]; paths: string[]; words: string[] };
}

/** `3 secrets (execsnoop.txt 2, manifest.json 1)`; null where there was none. */
export function maskedText({ secrets }: Masking): string | null {
  const bySource = new Map<string, number>();
  for (const { source, count } of secrets) bySource.set(source, (bySource.get(source) ?? 0) + count);
  const total = [...bySource.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  return `${counted(total, 'secret')} (${[...bySource].map(([source, count]) => `${source} ${count}`).join(', ')})`;
}

const KINDS: Readonly<Record<string, string>> = {
  host: 'hosts',
  user: 'users',
  net: 'networks',
  address: 'addresses',
  mac: 'MAC addresses',
  path: 'paths',
  container: 'containers',
  arg: 'arguments',
  text: 'literals',
};

/** `hosts 3, users 2, addresses 14`. */
export function redactedText({ names }: Pick<Redaction, 'names'>): string {
  return (
    Object.entries(names)
      .map(([kind, count]) => `${KINDS[kind] ?? kind} ${commas(count)}`)
      .join(', ') || 'no names'
  );
}
