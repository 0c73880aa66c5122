/** Two captures compared, as one HTML file: findings, key numbers, then each tool that was run both times. */
import { type Capture, hostOf } from '../../../datasets/capture.ts';
import { changeKinds } from '../../../datasets/finding-changes.ts';
import { client } from '../../../generated/diff-client.ts';
import { toolNamed } from '../../../tools/index.ts';
import { subsystems } from '../../../tools/tool.ts';
import { type Markup, markup } from '../../markup.ts';
import { capturedHtml } from '../captured-html.ts';
import type { Page } from '../fit/fit.ts';
import { cutsHtml, pageHtml } from '../page-html.ts';
import { panelHtml } from '../panel-html.ts';
import { type Panel, type Section, sectionsOf, worstOf } from '../panels.ts';
import { endingText } from '../run-text.ts';
import { type Pictures, stillPictures } from '../still-pictures.ts';
import { writeData } from '../wire/report-data.ts';
import { CHANGE_WORDS } from './change-text.ts';
import { type Compared, lanesOf } from './compared.ts';
import { changedFindingsHtml } from './findings-html.ts';
import { hostsHtml } from './hosts-html.ts';
import { numbersHtml } from './numbers-html.ts';
import { type PairPanel, pairPanelHtml } from './pair-html.ts';
import { differenceNote, sideText } from './sides-text.ts';

/**
 * The comparison as one file: the same captures give the same bytes.
 * @param cuts what was left out to make it smaller, in words
 */
export function diffPage(all: Compared, cuts: readonly string[] = []): Page {
  const sections = sectionsOfBoth(all);
  const panels = sections.flatMap(({ paired, lonely }) => [
    ...paired.flatMap(anchors),
    ...lonely.map(({ panel }) => panel),
  ]);
  const [before, after] = all.sides;
  const note = differenceNote(all.sides);
  const pictures = stillPictures(all.capture, all.axis, sections.flatMap(panelsAlone));
  const text = pageHtml({
    title: `${after.name} compared with ${before.name}`,
    client,
    bar: barHtml(all),
    contents: contentsHtml(sections),
    main: markup`${note !== null && markup`<p class="notice-line">${note}</p>`}
${cutsHtml(cuts)}
${hostsHtml(all.sides)}
${changedFindingsHtml(all, panels)}
${numbersHtml(all)}
${sections.map((section) => sectionHtml(section, all, pictures))}
${capturedHtml(before, panelsOfSide(all, panels, 0), { id: 'captured-before', title: 'What was captured before' })}
${capturedHtml(after, panelsOfSide(all, panels, all.sourcesBefore), { id: 'captured-after', title: 'What was captured after' })}`,
    from: `${before.name} and ${after.name}`,
  });
  const beside = { axis: all.axis, lanes: lanesOf(all), marks: [], pairs: all.pairs };
  return { text, pictureBytes: 0, undrawn: [], data: () => writeData(all.capture, all.findings, beside) };
}

function barHtml({ sides, changes }: Compared): Markup {
  const hosts = sides.map((side) => hostOf(side)?.hostname ?? null);
  const [host] = hosts;
  const sameHost = host !== null && host !== undefined && hosts[1] === host;
  const counts = changeKinds
    .map((kind) => ({ kind, count: changes.filter((change) => change.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${CHANGE_WORDS[kind]}`);
  return markup`<header class="bar">
<h1>${sameHost ? host : 'Before and after'}</h1>
<p class="window"><span class="side before">before</span> ${sideText(sides[0], !sameHost)} <span class="side after">after</span> ${sideText(sides[1], !sameHost)}</p>
<p class="tally"><a href="#findings">${counts.length === 0 ? 'no finding' : counts.join(' · ')}</a></p>
<div class="controls" hidden></div>
</header>`;
}

interface BothSection {
  id: string;
  title: string;
  paired: PairPanel[];
  lonely: { panel: Panel; note: string }[];
}

/** What one capture alone has, with why the other has it not. */
function sectionsOfBoth(all: Compared): BothSection[] {
  const [before, after] = all.sides;
  const found = all.changes.flatMap((change) => change.after ?? []);
  const [was, is] = [sectionsOf(before, []), sectionsOf(after, [])];
  const ids = [...subsystems, 'other'];
  return ids
    .flatMap((id) => {
      const [earlier, later] = [was, is].map((sections) => sections.find((section) => section.id === id)) as [
        Section | undefined,
        Section | undefined,
      ];
      const title = later?.title ?? earlier?.title;
      if (title === undefined) return [];
      const moved = (later?.panels ?? []).map((panel) => withWorst(shifted(panel, all), found));
      const paired = moved.flatMap((panel) => pairPanel(panel, earlier?.panels ?? [], all));
      const taken = new Set(paired.map(({ sourceBefore }) => sourceBefore));
      const lonelyAfter = moved.filter(({ id: known }) => !paired.some(({ panel }) => panel.id === known));
      const lonelyBefore = (earlier?.panels ?? []).filter(({ source }) => !taken.has(source));
      const lonely = [
        ...lonelyAfter.map((panel) => ({ panel, note: `After only. ${whyNot(panel, before, 'Before')}` })),
        ...lonelyBefore.map((panel) => ({
          panel: { ...panel, id: `${panel.id}-before` },
          note: `Before only. ${whyNot(panel, after, 'After')}`,
        })),
      ];
      return [{ id, title, paired, lonely }];
    })
    .filter(({ paired, lonely }) => paired.length + lonely.length > 0);
}

/** The later capture's panel, numbered as in both together. */
function shifted(panel: Panel, { sourcesBefore, datasetsBefore }: Compared): Panel {
  return {
    ...panel,
    source: panel.source + sourcesBefore,
    datasets: panel.datasets.map((index) => index + datasetsBefore),
  };
}

function withWorst(panel: Panel, found: Compared['findings']): Panel {
  const own = found.filter(({ evidence }) => evidence.some(({ source }) => source === panel.source));
  return { ...panel, severity: worstOf(own), isCited: own.length > 0 };
}

function pairPanel(panel: Panel, earlier: readonly Panel[], { pairs, capture }: Compared): PairPanel[] {
  const own = pairs.filter(({ after }) => panel.datasets.includes(after));
  const [first] = own;
  if (first === undefined) return [];
  const sourceBefore = capture.datasets[first.before]?.source ?? 0;
  const was = earlier.find(({ source }) => source === sourceBefore);
  const alone = (index: number): boolean => pairs.every(({ before, after }) => before !== index && after !== index);
  const lonely = [
    ...panel.datasets.filter(alone).map((index) => ({ index, side: 'after' as const })),
    ...(was?.datasets ?? []).filter(alone).map((index) => ({ index, side: 'before' as const })),
  ].filter(({ index }) => capture.datasets[index]?.shape !== 'text');
  return [{ panel, sourceBefore, runBefore: was?.run ?? null, pairs: own, lonely }];
}

/** Why the other capture has nothing to set beside it. */
function whyNot(panel: Panel, other: Capture, side: 'Before' | 'After'): string {
  const run = other.manifest?.runs.find(({ tool }) => tool === panel.run?.tool || tool === panel.title);
  const captured = other.sources.some(({ tool }) => toolNamed(tool)?.name === panel.title);
  if (captured) return `${side}, it measured something else, or in another unit: nothing to compare with.`;
  return run === undefined ? `${side}, it was not captured.` : `${side}: ${endingText(run)}.`;
}

/** Evidence in either file of a pair leads to the one panel. */
function anchors({ panel, sourceBefore }: PairPanel): Panel[] {
  return [panel, { ...panel, source: sourceBefore }];
}

/** The panels by the sources of one capture alone. */
function panelsOfSide({ sides, sourcesBefore }: Compared, panels: readonly Panel[], from: number): Panel[] {
  const side = from === 0 ? sides[0] : sides[1];
  const to = from === 0 ? sourcesBefore : Number.POSITIVE_INFINITY;
  return panels
    .filter(({ source }) => source >= from && source < to)
    .map((panel) => {
      const run = side.manifest?.runs[side.sources[panel.source - from]?.run ?? -1] ?? null;
      return { ...panel, source: panel.source - from, run };
    });
}

/** What is drawn as a report draws it: whatever has nothing to be compared with. */
function panelsAlone({ paired, lonely }: BothSection): Pick<Panel, 'datasets' | 'citedMetrics'>[] {
  const alone = paired.map((pair) => ({ datasets: pair.lonely.map(({ index }) => index), citedMetrics: [] }));
  return [...alone, ...lonely.map(({ panel }) => panel)];
}

function sectionHtml({ id, title, paired, lonely }: BothSection, { capture }: Compared, pictures: Pictures): Markup {
  return markup`<section id="${id}" class="subsystem" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${paired.map((each) => pairPanelHtml(each, capture, pictures))}
${lonely.map(({ panel, note }) => panelHtml(panel, capture, pictures, note))}
</section>
`;
}

function contentsHtml(sections: readonly BothSection[]): Markup {
  const dot = ({ severity }: Panel): Markup | false =>
    severity !== null && markup`<span class="dot ${severity}" role="img" aria-label="${severity}"></span>`;
  return markup`<nav class="contents" aria-label="Contents"><ol>
<li><a href="#findings">Findings</a></li>
<li><a href="#numbers">Key numbers</a></li>
${sections.map(
  ({ id, title, paired, lonely }) => markup`<li><a href="#${id}">${title}</a>
<ol>${paired.map(({ panel }) => markup`<li><a href="#${panel.id}">${dot(panel)}${panel.title}</a></li>`)}${lonely.map(({ panel, note }) => markup`<li><a href="#${panel.id}">${panel.title} <span class="quiet">${note.split(' ')[0]?.toLowerCase()} only</span></a></li>`)}</ol></li>
`,
)}<li><a href="#captured-before">Captured before</a></li>
<li><a href="#captured-after">Captured after</a></li>
</ol></nav>`;
}
