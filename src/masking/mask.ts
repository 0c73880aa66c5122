/** A capture without its secrets. It is done once, before anything looks at the capture: every output is made of what is left. */
import type { Capture } from '../datasets/capture.ts';
import type { Masking } from '../datasets/masking.ts';
import { maskSecrets, type SecretKind } from './secrets.ts';
import { mapStrings } from './strings.ts';

/** What `masking` calls what was said of the capture as a whole. */
const MANIFEST = 'manifest.json';

/** Replaces the secrets in the capture, and tells how many there were and where. */
export function maskCapture(capture: Capture): Masking {
  const names = capture.sources.map(({ name }) => name);
  const found = new Map<string, Map<SecretKind, Set<string>>>();
  mapStrings(capture, (text, { source }) => {
    const name = source === null ? MANIFEST : (names[source] as string);
    return maskSecrets(text, (kind, secret) => {
      const kinds = found.get(name) ?? new Map<SecretKind, Set<string>>();
      found.set(name, kinds);
      kinds.set(kind, (kinds.get(kind) ?? new Set()).add(secret));
    });
  });
  // By the name that the source has now: a file may be called after a secret.
  const nameNow = new Map(names.map((name, i) => [name, capture.sources[i]?.name ?? name]));
  const secrets = [...found].flatMap(([name, kinds]) =>
    [...kinds].map(([kind, { size }]) => ({ source: nameNow.get(name) ?? name, kind, count: size })),
  );
  capture.masking = { secrets };
  return capture.masking;
}
