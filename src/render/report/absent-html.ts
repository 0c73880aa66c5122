/** The tools that were asked for and are not in the report: why, and how to have them next time. */
import { counted } from '../../datasets/amounts.ts';
import type { Run } from '../../datasets/capture.ts';
import { alternativesTo } from '../../tools/alternatives.ts';
import { toolNamed } from '../../tools/index.ts';
import { packageOf } from '../../tools/packages.ts';
import { type Markup, markup } from '../markup.ts';
import type { Section } from './panels.ts';
import { endingText } from './run-text.ts';

/** Of what a tool said on stderr, the end: there it says what went wrong. */
const STDERR_CHARACTERS = 300;

/**
 * What ran in vain stands open, a line each; what was not there at all is named in one line that unfolds.
 *
 * @param shown the tools with a panel in this report, by their panel's id
 */
export function absentHtml({ absent }: Section, shown: ReadonlyMap<string, string>): Markup | false {
  if (absent.length === 0) return false;
  const ran = absent.filter(({ outcome }) => outcome !== 'missing' && outcome !== 'skipped');
  const never = absent.filter((run) => !ran.includes(run));
  return markup`<div class="absent-tools">${ran.length > 0 && markup`<h3>Ran, and gave nothing to show</h3><ul>${ran.map((run) => lineHtml(run, shown))}</ul>`}
${never.length > 0 && markup`<details><summary>Not captured: ${never.map(({ tool }) => tool).join(', ')} <span class="count">${counted(never.length, 'tool')}</span></summary><ul>${never.map((run) => lineHtml(run, shown))}</ul></details>`}</div>
`;
}

function lineHtml(run: Run, shown: ReadonlyMap<string, string>): Markup {
  const { tool, command, stderr, outcome, reason } = run;
  const said = outcome === 'ok' ? '' : stderr.trim().slice(-STDERR_CHARACTERS);
  const other = alternativesTo(tool).find((each) => shown.has(each));
  return markup`<li><b>${tool}</b> <span>${toolNamed(tool)?.asks}</span> <span class="why">${endingText(run)}.</span>${hintHtml(run)}${other !== undefined && markup` <span><a href="#${shown.get(other)}">${other}</a> answers nearly the same.</span>`}${command !== '' && markup` <code>${command}</code>`}${said !== '' && said !== reason && markup`<pre>${said}</pre>`}</li>
`;
}

/** What to do to have it. What is missing says itself what to install. */
function hintHtml({ tool, via, outcome, reason }: Run): Markup | false {
  if (outcome === 'ok') return markup` <span>Nothing happened that it would print.</span>`;
  if (/needs root/.test(reason)) return markup` <code>sudo coldflame collect --tool ${tool}</code>`;
  if (outcome !== 'failed') return false;
  const others = (toolNamed(tool)?.capture ?? []).filter((recipe) => recipe.via !== via && recipe.via !== 'proc');
  const packages = [...new Set(others.map(packageOf))];
  return packages.length > 0 && markup` <span>Another way to have it: install ${packages.join(' or ')}.</span>`;
}
