/**
 * Every text of a capture through one function. Fields are not listed: a new one is masked too. What is stored once by its
 * text (cells, keys, frames) is so afterwards.
 */
import type { Capture, Host } from '../datasets/capture.ts';
import type { Frames, Profile } from '../datasets/profile.ts';
import { rebuilt } from '../datasets/profile-map.ts';
import type { Cells, Counts, Dataset, Events } from '../datasets/shapes.ts';

/** Where a text stands. */
export interface Place {
  /** Index of its source; null for what is said of the capture as a whole. */
  source: number | null;
  /** What it is a part of: `source`, `manifest`, the shape of a dataset. */
  of: string;
  /** The last name on the way to it: `command`, `raw`, `hostname`; a column's for a cell. */
  field: string;
  /** The tool whose output it is of, or is about; empty where there is none. */
  tool: string;
}

export type MapText = (text: string, place: Place) => string;

/** Changes the capture where the function does. */
export function mapStrings(capture: Capture, map: MapText): void {
  capture.name = map(capture.name, { source: null, of: 'capture', field: 'name', tool: '' });
  mapDeep(capture.damage, map, { source: null, of: 'capture', field: 'damage', tool: '' });
  if (capture.manifest !== null) {
    mapDeep(capture.manifest, map, { source: null, of: 'manifest', field: 'manifest', tool: '' });
    mapFactNames(capture.manifest.host, map);
  }
  if (capture.host !== undefined) mapDeep(capture.host, map, { source: null, of: 'manifest', field: 'host', tool: '' });
  for (const [i, source] of capture.sources.entries()) {
    const { tool } = source;
    mapDeep(source, map, { source: i, of: 'source', field: 'source', tool });
  }
  for (const dataset of capture.datasets) mapDataset(dataset, map);
}

/** A mount is called after its place, which is a text of its own: `mount./home/alice`. */
function mapFactNames(host: Host, map: MapText): void {
  const facts = Object.entries(host.facts ?? {});
  if (!facts.some(([name]) => name.includes('/'))) return;
  const place: Place = { source: null, of: 'manifest', field: 'facts', tool: '' };
  const renamed = (name: string): string => {
    const path = name.indexOf('/');
    return path < 0 ? name : `${name.slice(0, path)}${map(name.slice(path), place)}`;
  };
  host.facts = Object.fromEntries(facts.map(([name, value]) => [renamed(name), value]));
}

function mapDataset(dataset: Dataset, map: MapText): void {
  const { source, tool, shape: of } = dataset;
  switch (dataset.shape) {
    case 'stacks': {
      const { profile, ...rest } = dataset;
      mapDeep(rest, map, { source, of, field: 'stacks', tool });
      Object.assign(dataset, rest, {
        profile: mapProfile(profile, (text, field) => map(text, { source, of, field, tool })),
      });
      return;
    }
    case 'events':
      mapEvents(dataset, map);
      return;
    case 'counts':
      mapKeys(dataset, (text) => map(text, { source, of, field: 'key', tool }));
      mapDeep(dataset, map, { source, of, field: 'counts', tool });
      return;
    case 'text':
      // As one, for what goes over several lines.
      dataset.lines = map(dataset.lines.join('\n'), { source, of, field: 'text', tool }).split('\n');
      dataset.title = map(dataset.title, { source, of, field: 'title', tool });
      return;
    default:
      mapDeep(dataset, map, { source, of, field: of, tool });
  }
}

/** What is in it, whatever that is: typed arrays have no text. */
function mapDeep(value: object, map: MapText, place: Place): void {
  if (ArrayBuffer.isView(value)) return;
  const fields = value as Record<string, unknown>;
  for (const [name, inner] of Object.entries(fields)) {
    const inside = Array.isArray(value) ? place : { ...place, field: name };
    if (typeof inner === 'string') {
      const mapped = map(inner, inside);
      if (mapped !== inner) fields[name] = mapped;
    } else if (typeof inner === 'object' && inner !== null) mapDeep(inner, map, inside);
  }
}

function mapEvents(events: Events, map: MapText): void {
  const { source, tool, shape: of, columns, cells } = events;
  events.title = map(events.title, { source, of, field: 'title', tool });
  events.cells = cells.map((each, i) =>
    mapCells(each, (text) => map(text, { source, of, field: columns[i]?.name ?? '', tool })),
  );
  for (const column of columns) column.name = map(column.name, { source, of, field: 'column', tool });
}

function mapCells(cells: Cells, map: (text: string) => string): Cells {
  const { all, place } = distinct(cells.texts, map);
  if (all === cells.texts) return cells;
  return { ...cells, texts: all, ids: cells.ids.map((id) => (id === 0 ? 0 : (place[id - 1] as number) + 1)) };
}

function mapKeys(counts: Counts, map: (text: string) => string): void {
  const keys = counts.keys.map((parts) => parts.map(map));
  const { all, place } = distinct(
    keys.map((parts) => JSON.stringify(parts)),
    (text) => text,
  );
  counts.keys = all.map((text) => JSON.parse(text) as string[]);
  counts.key = counts.key.map((key) => place[key] as number);
}

/** Each mapped text once, and where each of the texts went; the same array where nothing changed. */
function distinct(texts: string[], map: (text: string) => string): { all: string[]; place: Uint32Array } {
  const all: string[] = [];
  const place = new Uint32Array(texts.length);
  const placeOf = new Map<string, number>();
  let changed = false;
  for (const [i, text] of texts.entries()) {
    const mapped = map(text);
    let at = placeOf.get(mapped);
    if (at === undefined) {
      at = all.push(mapped) - 1;
      placeOf.set(mapped, at);
    }
    changed ||= mapped !== text || at !== i;
    place[i] = at;
  }
  return { all: changed ? all : texts, place };
}

function mapProfile(profile: Profile, map: (text: string, field: string) => string): Profile {
  const threads = profile.threads.map((thread) => ({ ...thread, comm: map(thread.comm, 'comm') }));
  const names = profile.frames.names.map((name) => map(name, 'frame'));
  const modules = profile.frames.modules.map((module) => map(module, 'module'));
  const isSame = names.every((name, i) => name === profile.frames.names[i]);
  const renamed: Profile = { ...profile, threads, frames: { ...profile.frames, names, modules } };
  return isSame ? renamed : merged(renamed);
}

/** Frames that became the same are one: their stacks are added up. */
function merged(profile: Profile): Profile {
  const { names, kinds, modules } = profile.frames;
  const placeOf = new Map<string, number>();
  const frames: Frames = { names: [], kinds: [], modules: [] };
  const place = names.map((name, i) => {
    const key = `${kinds[i]} ${name}`;
    let at = placeOf.get(key);
    if (at === undefined) {
      at = frames.names.push(name) - 1;
      frames.kinds.push(kinds[i] as Frames['kinds'][number]);
      frames.modules.push(modules[i] as string);
      placeOf.set(key, at);
    }
    return at;
  });
  return rebuilt(
    profile,
    (trie, above, node) => trie.child(above, place[profile.frame[node] as number] as number),
    frames,
  );
}
