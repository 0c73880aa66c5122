/** What to do next: first as data that a rule names without knowing the host, then what of it this capture does not tell yet. */
import type { Capture, Run } from '../datasets/capture.ts';
import type { Step } from '../datasets/finding.ts';
import { type Ask, type Signals, toolsToTell } from '../signals/index.ts';
import { alternativesTo } from '../tools/alternatives.ts';
import { tools as catalogue, toolNamed } from '../tools/index.ts';
import type { SetName } from '../tools/tool.ts';
import type { Checked, Command } from './command.ts';
import { type Advice, adviceText } from './say/advice.ts';

export type NextStep =
  | { collect: readonly string[] }
  /** A set of tools, for one process where it is known. */
  | { set: SetName; pid?: Checked | null }
  | { run: Command }
  | { advise: Advice };

export function collect(...tools: readonly string[]): NextStep {
  return { collect: tools };
}

export function collectSet(set: SetName, pid: Checked | null = null): NextStep {
  return { set, pid };
}

export function run(command: Command): NextStep {
  return { run: command };
}

export function advise(advice: Advice): NextStep {
  return { advise: advice };
}

/** Steps that need a checked word are left out where there is none. */
export function runWith(word: Checked | null, command: (word: Checked) => Command): NextStep[] {
  return word === null ? [] : [run(command(word))];
}

/** The steps less what the capture has; in place of tools that its host cannot run, others that answer the same. */
export function stepsOn(signals: Signals, steps: readonly NextStep[]): Step[] {
  return steps.flatMap((step): Step[] => {
    if ('advise' in step) return [{ advise: adviceText(step.advise) }];
    if ('run' in step) return [{ run: step.run.text }];
    return 'collect' in step ? collectOn(signals, step.collect) : setOn(signals, step.set, step.pid ?? null);
  });
}

function setOn(signals: Signals, set: SetName, pid: Checked | null): Step[] {
  const { capture } = signals;
  const members = catalogue.filter(({ sets, capture: ways }) => ways.length > 0 && sets.some((each) => each === set));
  const tried = new Set(capture.manifest?.runs.map(({ tool }) => tool));
  // To collect it all again tells no more, unless it is of one process.
  if (pid === null && members.some(({ name }) => tried.has(name)))
    return collectOn(
      signals,
      members.map(({ name }) => name).filter((name) => !tried.has(name) && !hasAlternative(signals, name)),
    );
  const narrowed = pid === null ? '' : ` --pid ${pid.word}`;
  return [{ collect: members.map(({ name }) => name), command: `coldflame collect --set ${set}${narrowed}` }];
}

function collectOn(signals: Signals, tools: readonly string[]): Step[] {
  const { capture } = signals;
  const wanted = tools.flatMap((tool) => {
    if (isCaptured(signals, tool)) return [];
    if (canRun(capture, tool)) return tool;
    if (hasAlternative(signals, tool)) return [];
    return alternativesTo(tool).find((other) => canRun(capture, other)) ?? [];
  });
  return collecting(capture, [...new Set(wanted)]);
}

/** For what is not known: the first of the tools that would tell, that this host can run and that was not run in vain. */
export function stepsToTell({ capture }: Signals, asks: readonly Ask[]): Step[] {
  const inVain = new Set(capture.manifest?.runs.filter(({ outcome }) => outcome === 'ok').map(({ tool }) => tool));
  const tool = toolsToTell(asks).find((each) => canRun(capture, each) && !inVain.has(each));
  return tool === undefined ? [] : collecting(capture, [tool]);
}

function collecting(capture: Capture, tools: readonly string[]): Step[] {
  const known = tools.filter((tool) => toolNamed(tool) !== undefined);
  if (known.length === 0) return [];
  const sudo = known.some((tool) => needsRoot(failedRun(capture, tool))) ? 'sudo ' : '';
  return [{ collect: known, command: `${sudo}coldflame collect --tool ${known.join(',')}` }];
}

function isCaptured({ capture }: Signals, tool: string): boolean {
  return capture.sources.some((source) => source.tool === tool);
}

/** Whether another tool that answers the same was captured. */
function hasAlternative(signals: Signals, tool: string): boolean {
  return alternativesTo(tool).some((other) => isCaptured(signals, other));
}

/** Whether nothing speaks against it on this host: it was not tried, or wanted root alone. */
function canRun(capture: Capture, tool: string): boolean {
  const failed = failedRun(capture, tool);
  return failed === undefined || needsRoot(failed);
}

function failedRun({ manifest }: Capture, tool: string): Run | undefined {
  return manifest?.runs.find((each) => each.tool === tool && each.outcome !== 'ok');
}

function needsRoot(run: Run | undefined): boolean {
  return run !== undefined && /needs root/.test(run.reason);
}
