/** A page made to fit a size: what goes is decided by what its parts weigh, before the page is made. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import type { Capture } from '../../../datasets/capture.ts';
import { type Cut, LADDER } from './cuts.ts';
import { LEVEL, PLAIN, Scale } from './weigh.ts';

/** What stands before a page's id, between that and its data, and behind them. */
export type PageText = readonly [head: string, body: string, after: string];

/** A page but for its data. */
export interface Page {
  text: PageText;
  /** How much of it are pictures. */
  pictureBytes: number;
  /** The pictures that it has no room for, in words; none where there are none. */
  undrawn: string[];
  /** What the script reads, before compression. */
  data(): Uint8Array;
}

/** How a page is to be made. */
export interface PageWish {
  capture: Capture;
  /** What was left out to make it smaller, in words. */
  cuts: readonly string[];
  /** The pictures in it may take so many bytes; those beyond are drawn by the script. */
  pictureBytes: number;
}

/** A page, and what was cut from it so that it would fit. */
export interface Fitted {
  report: string;
  cuts: string[];
  fits: boolean;
}

/** What is drawn may take so much of a page: the data are of more use. */
const PICTURE_SHARE = 0.5;
/** Estimates are a little off. */
const MARGIN = 0.97;
/** Base64 in place of bytes. */
const GROWTH = 4 / 3;
/** What is left of nearly all data when they are compressed: a third at most. */
const LIKELY_SHARE = 1 / 3;
/** How often an estimate is put right by what came of it. */
const TRIES = 4;

const compress = promisify(deflate);

/**
 * Makes the page of a capture. Where that would be larger than `limit` bytes, of a part of it: what is missed least goes
 * first, by what the parts are estimated to weigh.
 *
 * @param pageOf makes the page of what is left of the capture
 * @returns the page, and what was cut; one that does not fit where nothing makes it
 */
export async function fitted(
  capture: Capture,
  limit: number,
  pageOf: (wish: PageWish) => Page,
  ladder: readonly Cut[] = LADDER,
): Promise<Fitted> {
  const whole = pageOf({ capture, cuts: [], pictureBytes: Infinity });
  if (limit === Infinity) return { report: await assembled(whole), cuts: [], fits: true };
  // To weigh its parts takes longer than to make a page that fits.
  if (!isTooLarge(whole, new Scale(PLAIN).weigh(capture) * LIKELY_SHARE, limit)) {
    const report = await assembled(whole);
    if (Buffer.byteLength(report) <= limit) return { report, cuts: [], fits: true };
  }
  const choice = new Choice(capture, ladder);
  let page = isTooLarge(whole, choice.weight, limit)
    ? withFewerPictures(whole, { capture, cuts: [] }, limit, pageOf)
    : whole;
  let room = roomIn(page, limit);
  for (let tries = 0; ; tries++) {
    const cuts = choice.cutTo(room * MARGIN);
    if (cuts.length > 0) {
      const wish = { capture: choice.capture, cuts };
      page = withFewerPictures(pageOf({ ...wish, pictureBytes: Infinity }), wish, limit, pageOf);
    }
    const report = await assembled(page);
    const size = Buffer.byteLength(report);
    const isLast = size <= limit || choice.isOver || tries === TRIES;
    if (isLast) return { report, cuts: [...cuts, ...page.undrawn], fits: size <= limit };
    room *= Math.min(0.95, (roomIn(page, limit) * GROWTH) / (size - sizeOf(page)));
  }
}

function isTooLarge(page: Page, weight: number, limit: number): boolean {
  return sizeOf(page) + weight * GROWTH > limit * MARGIN;
}

/** The page with as many of its pictures as leave room for its data. */
function withFewerPictures(
  page: Page,
  wish: Omit<PageWish, 'pictureBytes'>,
  limit: number,
  pageOf: (wish: PageWish) => Page,
): Page {
  const most = limit * PICTURE_SHARE;
  if (sizeOf(page) <= most || page.pictureBytes === 0) return page;
  return pageOf({ ...wish, pictureBytes: Math.max(0, most - (sizeOf(page) - page.pictureBytes)) });
}

function sizeOf({ text }: Page): number {
  return text.reduce((sum, part) => sum + Buffer.byteLength(part), ID_LENGTH);
}

/** For the data, before base64. */
function roomIn(page: Page, limit: number): number {
  return Math.max(0, limit - sizeOf(page)) / GROWTH;
}

/** The page as one text; its data are compressed by another thread. */
export async function assembled({ text: [head, body, after], data }: Page): Promise<string> {
  const bytes = data();
  const compressed = await compress(bytes, { level: LEVEL });
  return `${head}${idOf(bytes)}${body}${compressed.toString('base64')}${after}`;
}

const ID_LENGTH = 8;

/** Tells one report from others, so that a link says which it was made for: numbers of frames mean nothing elsewhere. */
function idOf(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex').slice(0, ID_LENGTH);
}

/** What is left of a capture, as it is cut further and further. */
class Choice {
  capture: Capture;
  private readonly whole: Capture;
  private readonly left: Cut[];
  private readonly said = new Map<string, string>();
  private readonly scale = new Scale();

  constructor(capture: Capture, ladder: readonly Cut[]) {
    this.capture = capture;
    this.whole = capture;
    this.left = [...ladder];
  }

  /** Compressed bytes of what is left. */
  get weight(): number {
    return this.scale.weigh(this.capture);
  }

  get isOver(): boolean {
    return this.left.length === 0;
  }

  /** Cuts until the data take no more than so many bytes. @returns all that was cut so far, in words */
  cutTo(bytes: number): string[] {
    while (this.left.length > 0 && this.weight > bytes) this.cutOnce(this.left.shift() as Cut);
    return [...this.said.values()];
  }

  private cutOnce(cut: Cut): void {
    const less = cut.of(this.capture);
    if (less === null) return;
    this.capture = less;
    this.said.delete(cut.what);
    this.said.set(cut.what, cut.say(less, this.whole));
  }
}
