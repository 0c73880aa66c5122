/** What can be taken from a panel: its picture, its rows, its stacks, and the command that cuts the same range. */
import { hostClock } from '../../../../datasets/capture.ts';
import { foldedStacks } from '../../../../datasets/fold.ts';
import { FrameKind } from '../../../../datasets/profile.ts';
import type { Dataset, Stacks } from '../../../../datasets/shapes.ts';
import { flamegraphSvg } from '../../../flame/svg.ts';
import { alongAxis, type Drawn, sumPicture, timePicture } from '../../pictures.ts';
import { csvOf } from '../../table-csv.ts';
import { tableOf } from '../../tables.ts';
import { rangeCommand } from '../../ticket.ts';
import { type Context, isTimed, spanShown } from '../shell/context.ts';
import { announce, copyAndSay, element } from '../shell/dom.ts';
import { saveFile, saveText } from './file.ts';
import { pngOf } from './png.ts';

/**
 * Puts the buttons under a dataset.
 * @param shown the dataset as it is narrowed now
 */
export function mountExports(host: HTMLElement, dataset: Dataset, context: Context, shown: () => Dataset): void {
  const name = `${dataset.tool || 'stacks'}-${dataset.source + 1}`.replace(/[^\w.-]+/g, '-');
  const svg = (): string | null => pictureOf(shown(), context);
  const button = (text: string, title: string, act: () => void): HTMLElement =>
    element('button', { type: 'button', title, onclick: act }, text);
  const buttons = [
    button('PNG', 'The picture as it is narrowed now', () => void savePng(name, svg())),
    button('SVG', 'The picture as it is narrowed now', () =>
      withPicture(svg(), (text) => saveText(`${name}.svg`, text, 'image/svg+xml')),
    ),
    button('CSV', 'The rows as they are narrowed now', () => saveText(`${name}.csv`, csvText(shown()), 'text/csv')),
    ...(dataset.shape === 'stacks'
      ? [
          button('Folded', 'Folded stacks as they are narrowed now', () =>
            saveText(`${name}.folded`, foldedText(shown()), 'text/plain'),
          ),
        ]
      : []),
  ];
  const command = button('Copy command', 'A command that analyzes the range that is set', () => {
    const { range } = context.store.view;
    if (range === null) announce('Set a range first');
    else void copyAndSay(rangeCommand(range, context.data.capture), 'Command');
  });
  if (isTimed(context, dataset)) buttons.push(command);
  host.append(
    element(
      'details',
      { class: 'exports' },
      element('summary', {}, 'Save or copy'),
      element('div', { class: 'unfolded' }, ...buttons),
    ),
  );
}

function pictureOf(dataset: Dataset, context: Context): string | null {
  if (dataset.shape === 'stacks')
    return [...flamegraphSvg(dataset, { clock: hostClock(context.data.capture) })].join('');
  const drawn: Drawn = {
    theme: 'light',
    ...alongAxis(context.data.along, context.axis, dataset, spanShown(context)),
  };
  return (sumPicture(dataset, drawn) ?? timePicture(dataset, drawn))?.text ?? null;
}

function withPicture(svg: string | null, act: (svg: string) => void): void {
  if (svg === null) announce('There is no picture of this: the table has it all');
  else act(svg);
}

async function savePng(name: string, svg: string | null): Promise<void> {
  const png = svg === null ? null : await pngOf(svg);
  if (png === null)
    announce(
      svg === null
        ? 'There is no picture of this: the table has it all'
        : 'This browser could not draw it; save it as SVG',
    );
  else saveFile(`${name}.png`, png);
}

function csvText(dataset: Dataset): string {
  const table = tableOf(dataset);
  return table === null ? '' : csvOf(table);
}

function foldedText(dataset: Dataset): string {
  const { profile } = dataset as Stacks;
  const stacks = foldedStacks(profile, (kind) => kind !== FrameKind.kernel && kind !== FrameKind.jit);
  return stacks.map(([stack, weight]) => `${stack} ${weight}\n`).join('');
}
