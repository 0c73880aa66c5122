/** The frame of a page: one script, one style sheet, one block of data, and a policy that lets in nothing else. */
import { version } from '../../generated/version.ts';
import { Markup, markup } from '../markup.ts';
import type { PageText } from './fit/fit.ts';

/** The browser's part, as the build writes it. */
interface Client {
  script: string;
  style: string;
  scriptHash: string;
  styleHash: string;
}

export interface PageParts {
  title: string;
  client: Client;
  /** The incident, in seconds on the axis. */
  mark?: number | null;
  bar: Markup;
  contents: Markup;
  main: Markup;
  /** What the page was made from, for its last line. */
  from: string;
}

/**
 * The page as one file, but for its data. Nothing is lost where no script runs: `main` is all of it, drawn.
 *
 * @returns what stands before the report's id, between that and its data, and behind them
 */
export function pageHtml({ title, client, mark = null, bar, contents, main, from }: PageParts): PageText {
  const head = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(client)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="coldflame ${version}">
<title>${title}</title>
<style>${new Markup(client.style)}</style>
</head>
<body data-report="`;
  const body = markup`"${mark !== null && markup` data-mark="${mark}"`}>
<a class="skip" href="#findings">Skip to the findings</a>
${bar}
<section id="strip" aria-label="Time" hidden></section>
<div class="layout">
${contents}
<main>
<noscript><p class="notice-line">Scripts are off: pictures and tables are as they were drawn, and show the first rows only.</p></noscript>
<section id="notes" aria-labelledby="notes-title" hidden></section>
${main}
<p class="paper-only">Printed are the panels that findings rest on; the others are in the file.</p>
<footer>Made by coldflame ${version} from ${from}. Carries d3 (ISC), d3-flame-graph (Apache-2.0) and uPlot (MIT).</footer>
</main>
</div>
<script type="application/octet-stream" id="data">`;
  const after = markup`</script>
<script>${new Markup(client.script)}</script>
</body>
</html>
`;
  return [head.text, body.text, after.text];
}

/** Nothing from anywhere, and only the one script and the one style sheet of this file. */
function policyOf({ scriptHash, styleHash }: Client): string {
  return `default-src 'none'; script-src '${scriptHash}'; style-src '${styleHash}'; img-src data:; base-uri 'none'; form-action 'none'`;
}

/** What was left out to make the page fit, where something was. */
export function cutsHtml(cuts: readonly string[]): Markup | false {
  return (
    cuts.length > 0 && markup`<p class="notice-line">Left out to make this report smaller: ${cuts.join('; ')}.</p>`
  );
}
