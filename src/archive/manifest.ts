/** manifest.json, as the collector's script writes it, read as the hostile file it may be. */
import type { Manifest } from '../datasets/capture.ts';
import { UserError } from '../errors.ts';

export const MANIFEST_NAME = 'manifest.json';

/**
 * @param text the manifest's JSON
 * @throws UserError when it is not a manifest, or one of a later version.
 */
export function parseManifest(text: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError(`${MANIFEST_NAME}: not JSON`);
  }
  const version = (value as { coldflame?: unknown } | null)?.coldflame;
  if (version !== 1) {
    throw new UserError(`${MANIFEST_NAME}: of version ${String(version)}; this coldflame reads version 1`);
  }
  return value as Manifest;
}
