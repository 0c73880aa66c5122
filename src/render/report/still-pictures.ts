/** The pictures that stand in the page itself, drawn once: those that there is no room for are drawn by the script. */
import { counted } from '../../datasets/amounts.ts';
import type { Capture, Manifest } from '../../datasets/capture.ts';
import type { Dataset, Stacks } from '../../datasets/shapes.ts';
import { PLAIN_FLAME } from '../flame/view.ts';
import { viewed } from '../flame/viewed.ts';
import { hiddenWords, TRACER_FOLDED } from '../flame/words.ts';
import type { Markup } from '../markup.ts';
import type { Axis } from './axis.ts';
import { opened } from './collector.ts';
import type { Panel } from './panels.ts';
import { alongAxis, stillFlame, sumPicture, timePicture } from './pictures.ts';

/** Datasets of a panel beyond this are drawn by the script only. */
const STATIC_PICTURES = 6;

interface Drawn {
  sum: Markup | null;
  time: Markup | null;
}

export interface Pictures {
  /** Those of a dataset, by its number in the capture; undefined where it has none here. */
  of(index: number): Drawn | undefined;
  /** How large they are together. */
  bytes: number;
  /** What there was no room for, in words. */
  undrawn: string[];
}

/**
 * Draws the datasets of the panels.
 *
 * @param most bytes of all of them: the largest give way first
 */
export function stillPictures(
  capture: Capture,
  axis: Axis | null,
  panels: readonly Pick<Panel, 'datasets' | 'citedMetrics'>[],
  most = Infinity,
): Pictures {
  const draw = (dataset: Dataset, first: readonly string[]): Drawn => {
    const along = alongAxis(capture, axis, dataset);
    const sum =
      dataset.shape === 'stacks' ? flame(dataset, capture.manifest) : sumPicture(dataset, { ...along, first });
    return { sum, time: timePicture(dataset, along) };
  };
  const drawn = new Map(
    panels.flatMap(({ datasets: own, citedMetrics }) =>
      own
        .slice(0, STATIC_PICTURES)
        .map((index) => [index, draw(capture.datasets[index] as Dataset, citedMetrics)] as const),
    ),
  );
  const sizes = [...drawn].map(([index, each]) => ({ index, size: sizeOf(each) })).sort((a, b) => a.size - b.size);
  let bytes = 0;
  let gone = 0;
  for (const { index, size } of sizes) {
    if (bytes + size <= most) bytes += size;
    else if (drawn.delete(index)) gone++;
  }
  const undrawn = gone === 0 ? [] : [`${counted(gone, 'picture')} where no script runs`];
  return { of: (index) => drawn.get(index), bytes, undrawn };
}

/** As the page's script opens on it; what it leaves out is said. */
function flame(dataset: Stacks, manifest: Manifest | null): Markup {
  const { stacks, isTracerFolded, isCollectors } = opened(dataset, manifest);
  const seen = viewed(stacks.profile, PLAIN_FLAME, null, isCollectors);
  const left = [...hiddenWords(seen, stacks.unit), ...(isTracerFolded ? [TRACER_FOLDED] : [])];
  return stillFlame({ ...stacks, profile: seen.profile }, { subtitle: left.join(' · ') });
}

function sizeOf({ sum, time }: Drawn): number {
  return (sum?.text.length ?? 0) + (time?.text.length ?? 0);
}
