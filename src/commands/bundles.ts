/** Bundles of support in one folder or archive: each is of a host of its own, and none is merged with another. */
import { bundleRoot, nodeOf } from '../archive/bundle.ts';
import type { Capture, Host, Source } from '../datasets/capture.ts';
import { splitBy } from '../datasets/hosts.ts';
import { momentOf } from '../sections/dates.ts';

/** What files of a bundle told of its host, and when they were made by its wall clock, by the bundle's folder. */
export type BundleFacts = Map<string, Partial<Host> & { taken?: number }>;

/** When a bundle was made, by what `date` printed in it, or below the command in a file of it. */
export function takenIn(name: string, text: string): { taken?: number } {
  if (!/(?:^|\/)date$/.test(name)) return {};
  const moment = momentOf(text.slice(text.trimEnd().lastIndexOf('\n') + 1).trim());
  return moment?.clock === 'local' ? { taken: moment.at } : {};
}

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
  const { taken, ...told } = facts.get(root ?? '') ?? {};
  const known = { ...(node === null ? {} : { hostname: node }), ...told };
  const dated = taken === undefined ? capture : { ...capture, taken };
  return Object.keys(known).length === 0 ? dated : { ...dated, host: { ...capture.host, ...known } };
}
