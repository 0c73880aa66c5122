/** Bundles of support in one folder or archive: each is of a host of its own, and none is merged with another. */
import { bundleRoot, nodeOf } from '../archive/bundle.ts';
import type { Capture, Host, Source } from '../datasets/capture.ts';
import { splitBy } from '../datasets/hosts.ts';

/** What files of a bundle told of its host, by the bundle's folder. */
export type BundleFacts = Map<string, Partial<Host>>;

/** A capture for each bundle of several; what is of none is one, too. */
export function byBundle(capture: Capture, facts: BundleFacts): Capture[] {
  const roots = capture.sources.map(rootOf);
  if (new Set(roots).size < 2) return [withFacts(capture, roots[0] ?? null, facts)];
  return splitBy(capture, roots).map(([root, part]) => {
    const name = root === null ? capture.name : `${capture.name}: ${root.replace(/\/$/, '')}`;
    return withFacts({ ...part, name }, root, facts);
  });
}

function rootOf({ file, name }: Source): string | null {
  return bundleRoot(file ?? name);
}

function withFacts(capture: Capture, root: string | null, facts: BundleFacts): Capture {
  const node = root === null ? null : nodeOf(root);
  const known = { ...(node === null ? {} : { hostname: node }), ...facts.get(root ?? '') };
  return Object.keys(known).length === 0 ? capture : { ...capture, host: { ...capture.host, ...known } };
}
