/**
 * Stands in for y18n in the bundle, which would look for the words of other languages in a folder `locales` beside the
 * program's own, whoever made that: ours are English, and in the program.
 */
import { format } from 'node:util';

type Words = string | { one: string; other: string };

export default function words() {
  const ours = new Map<string, Words>();
  return {
    __: (text: string, ...values: unknown[]): string => format(ours.get(text) ?? text, ...values),
    __n(one: string, other: string, count: number, ...values: unknown[]): string {
      const known = ours.get(one) ?? { one, other };
      const text = typeof known === 'string' ? known : count === 1 ? known.one : known.other;
      return format(text, ...(text.includes('%d') ? [count] : []), ...values);
    },
    getLocale: (): string => 'en',
    setLocale(): void {},
    updateLocale(changed: Record<string, Words>): void {
      for (const [text, said] of Object.entries(changed)) ours.set(text, said);
    },
  };
}
