/** How a flame graph is asked for: flamegraph.pl's options, by their names there where they have one. */
import type { HostClock } from '../../datasets/capture.ts';
import type { ThemeName } from '../theme.ts';
import type { PaletteName } from './colors.ts';

/** The narrowest frame that is drawn: in pixels, or as a share of everything. */
export interface MinWidth {
  value: number;
  unit: 'px' | '%';
}

export interface FlameOptions {
  /** Default: by what the profile measures and how it is drawn. */
  title?: string;
  subtitle?: string;
  /** Kept in the file's description. */
  notes?: string;
  /** Of the picture, in pixels; default 1200. */
  width?: number;
  /** Of a frame, in pixels; default 16. */
  height?: number;
  /** Default 0.1 px. */
  minWidth?: MinWidth;
  /** Default: by what the profile measures. */
  colors?: PaletteName;
  hash?: boolean;
  /** `yellow`, `blue`, `green`, `grey` or `#rrggbb`; default by the palette. */
  background?: string;
  /** The unit as it is said; default the dataset's. */
  countName?: string;
  /** Default `Function:`. */
  nameType?: string;
  /** Roots on top. */
  inverted?: boolean;
  /** The profile's stacks were turned over: callers stand above their callees. */
  reversed?: boolean;
  /** At their times, without putting together what is not adjacent. */
  flamechart?: boolean;
  /** Tells the host's clock, where the profile's times are on the capture's axis. */
  clock?: HostClock | null;
  /** What the colours of a differential tell the change of: a frame alone (default), or with all it calls. */
  changeOf?: 'self' | 'total';
  /** Swaps the colours of growth and shrinking. */
  negate?: boolean;
  /** The script that zooms and searches; none makes a still picture. */
  script?: string;
  /** Default `light`; `page` has no background, for pictures inside an HTML page. */
  theme?: ThemeName;
}
