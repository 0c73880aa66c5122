/** Files of several hosts are several captures: nothing of one is ever said of another. */
import { type Capture, hostOf, type Source } from './capture.ts';

/** The same host, whichever of its names was printed. */
function shortName(host: string): string {
  return (host.split('.')[0] as string).toLowerCase();
}

/**
 * A capture for each host that the sources name, in the order they come; a source that names none is of the host of its
 * file, or where that has none or several, of nobody that is known.
 */
export function byHost(capture: Capture): Capture[] {
  const names = new Map<string, string>();
  for (const { host } of capture.sources) if (host !== undefined) names.set(shortName(host), host);
  if (names.size < 2) return [capture];
  const hosts = capture.sources.map((source) => ownerOf(source, capture.sources));
  return splitBy(capture, hosts).map(([host, part]) =>
    host === null ? part : { ...part, host: { hostname: names.get(host) as string, ...cpusIn(part) } },
  );
}

/** As the last of its sources tells. */
function cpusIn({ sources }: Capture): { cpus?: number } {
  const cpus = sources.findLast((source) => source.cpus !== undefined)?.cpus;
  return cpus === undefined ? {} : { cpus };
}

/**
 * The sources that have a key in common, each time as a capture of their own. What is of no source stays with the first.
 * @param keys of each source
 */
export function splitBy<Key>(capture: Capture, keys: readonly Key[]): [key: Key, part: Capture][] {
  const { damage, aside } = capture;
  const ofNone = { damage, ...(aside === undefined ? {} : { aside }) };
  return [...new Set(keys)].map((key, i) => {
    const part = partOf(capture, (source) => keys[source] === key);
    return [key, i === 0 ? { ...part, ...ofNone } : part];
  });
}

/** Some of the sources as a capture of their own. */
export function partOf(capture: Capture, isOf: (source: number) => boolean): Capture {
  const places = new Map<number, number>();
  for (const i of capture.sources.keys()) if (isOf(i)) places.set(i, places.size);
  const datasets = capture.datasets.filter(({ source }) => places.has(source));
  for (const dataset of datasets) dataset.source = places.get(dataset.source) as number;
  const sources = capture.sources.filter((_, i) => places.has(i));
  return { name: partName(capture, sources), manifest: null, damage: [], sources, datasets };
}

/** Loose files are called after the first of them: what has nothing of that is called after its own. */
function partName({ name, sources }: Capture, own: readonly Source[]): string {
  const isOfFirst = (source: Source) => name === fileOf(source) || name.endsWith(`/${fileOf(source)}`);
  const [first] = own;
  return first !== undefined && sources.some(isOfFirst) && !own.some(isOfFirst) ? fileOf(first) : name;
}

function ownerOf(source: Source, all: readonly Source[]): string | null {
  if (source.host !== undefined) return shortName(source.host);
  const file = fileOf(source);
  const beside = new Set(
    all.flatMap((other) => (other.host !== undefined && fileOf(other) === file ? shortName(other.host) : [])),
  );
  return beside.size === 1 ? ([...beside][0] as string) : null;
}

/** A section of a file is called `paste.txt: vmstat 1`. */
function fileOf({ file, name }: Source): string {
  return file ?? name;
}

/** `db1` and where it is from, for a list of captures. */
export function nameOf(capture: Capture): string {
  return hostOf(capture)?.hostname ?? capture.name;
}
