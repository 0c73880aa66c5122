/**
 * The colours of a picture. `light` and `dark` paint their own paper, for files. `page` paints none and writes in
 * currentColor, for pictures inside an HTML page: they follow the page's own ink, with scripts and styles forbidden too,
 * and their marks are of a middle tone that reads on white and on black.
 */
export type ThemeName = 'light' | 'dark' | 'page';

export interface Theme {
  /** Behind everything; null paints nothing. */
  paper: string | null;
  /** Text and axes. */
  ink: string;
  /** Behind the cells of a heat map: zero. */
  panel: string;
  /** Marks of one kind: the bars of a histogram. */
  mark: string;
  /** What is pointed out: percentiles, thresholds. */
  accent: string;
  /** Lines and areas that must be told apart: Okabe and Ito's set, which the colour-blind read, without its black. */
  series: readonly string[];
  /** From little to much, for cells on the panel: one hue to the next with steadily changing lightness. */
  ramp: readonly string[];
}

const SERIES = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#8a7a00', '#7a7a7a'];
/** Samples of the inferno colour map from its middle up, by Smith and van der Walt (CC0), for a dark panel. */
const BRIGHTENING = ['#4a1079', '#721f81', '#9e2f7f', '#cd4071', '#f1605d', '#fd9668', '#feca8d', '#fcfdbf'];
/** The same upside down and without the nearly white, for a light panel. */
const DARKENING = ['#fee3b0', '#fec287', '#fd9a6a', '#f1605d', '#cd4071', '#9e2f7f', '#721f81', '#2d1160'];

const THEMES: Readonly<Record<ThemeName, Theme>> = {
  light: {
    paper: '#ffffff',
    ink: '#222222',
    panel: '#f2f3f5',
    mark: '#0072b2',
    accent: '#d55e00',
    series: SERIES,
    ramp: DARKENING,
  },
  dark: {
    paper: '#15181e',
    ink: '#e4e6ea',
    panel: '#0b0d11',
    mark: '#4aa3d8',
    accent: '#ff8c42',
    series: ['#4aa3d8', '#ff8c42', '#2fc39a', '#e49ac4', '#f0b93a', '#8fd0f5', '#c9b82e', '#a8a8a8'],
    ramp: BRIGHTENING,
  },
  page: {
    paper: null,
    ink: 'currentColor',
    panel: '#15151f',
    mark: '#2b88c8',
    accent: '#e0701c',
    series: ['#2b88c8', '#e0701c', '#1ba37c', '#cc79a7', '#d99a1c', '#56b4e9', '#99891a', '#858585'],
    ramp: BRIGHTENING,
  },
};

/** The colours of a theme; light where none is named. */
export function themeOf(name: ThemeName | undefined): Theme {
  return THEMES[name ?? 'light'];
}
