/** The next command to run: what this capture does not tell yet, by tools that its host can run. */
import type { Run } from '../datasets/capture.ts';
import { alternativesTo } from '../tools/alternatives.ts';
import { tools as catalogue } from '../tools/index.ts';
import type { View } from './view.ts';

export interface Next {
  /** Null where this capture has all of it, and where nothing of it can run on its host. */
  command: string | null;
  /** `biotop did not run here: failed, no such function`, where that left no command; empty otherwise. */
  cannot: string;
}

// coldflame collect --tool biosnoop,biotop,biolatency
const COLLECT_TOOLS = /^(coldflame collect --tool) ([\w,-]+)$/;

// coldflame collect --set disk
const COLLECT_SET = /^coldflame collect --set (\w+)$/;

/**
 * @param next one command or several with `; ` between them, as a rule names it without knowing the host
 * @returns the same, less the tools that this capture has; in place of those that its host cannot run, others that
 *   answer the same
 */
export function nextOn(view: View, next: string | null): Next {
  const absent: Run[] = [];
  const commands = (next?.split('; ') ?? []).flatMap((command) => {
    const [, collect, tools] = COLLECT_TOOLS.exec(command) ?? [];
    if (collect !== undefined && tools !== undefined) return collectOn(view, collect, tools.split(','), absent);
    if (isAllTried(view, COLLECT_SET.exec(command)?.[1])) return [];
    const tool = command.split(' ')[0] as string;
    if (view.has(tool) && view.capture.manifest !== null) return [];
    const run = cannotRun(view, tool);
    if (run === null) return command;
    absent.push(run);
    return [];
  });
  if (commands.length > 0) return { command: commands.join('; '), cannot: '' };
  return { command: null, cannot: absent.map(absence).join('; ') };
}

/** Whether this capture has tried every tool of the set: to collect it again tells no more. */
function isAllTried({ capture }: View, set: string | undefined): boolean {
  const tried = new Set(capture.manifest?.runs.map(({ tool }) => tool));
  return (
    set !== undefined &&
    catalogue.filter(({ sets }) => sets.some((each) => each === set)).every(({ name }) => tried.has(name))
  );
}

/** Tools that an ordinary user may not run are asked for as root. */
function collectOn(view: View, collect: string, tools: readonly string[], absent: Run[]): string[] {
  const wanted = tools.flatMap((tool) => {
    if (view.has(tool)) return [];
    const run = cannotRun(view, tool);
    if (run === null) return tool;
    const others = alternativesTo(tool);
    if (others.some((other) => view.has(other))) return [];
    const other = others.find((each) => cannotRun(view, each) === null);
    if (other === undefined) absent.push(run);
    return other ?? [];
  });
  const sudo = wanted.some((tool) => runOf(view, tool) !== undefined) ? 'sudo ' : '';
  return wanted.length === 0 ? [] : [`${sudo}${collect} ${[...new Set(wanted)].join(',')}`];
}

/** How the tool failed to run on the host of this capture; null where it was not tried, ran, or wants root only. */
function cannotRun(view: View, tool: string): Run | null {
  const run = runOf(view, tool);
  return run === undefined || view.has(tool) || /needs root/.test(run.reason) ? null : run;
}

function runOf({ capture }: View, tool: string): Run | undefined {
  return capture.manifest?.runs.find((run) => run.tool === tool && run.outcome !== 'ok');
}

/** `biotop did not run here: failed, no such function`. */
function absence({ tool, outcome, reason }: Run): string {
  return `${tool} did not run here: ${outcome}${reason === '' ? '' : `, ${reason}`}`;
}

/** For what is not known: the first of the tools that would tell, that this host can run and that was not run in vain. */
export function firstToTell(view: View, tools: readonly string[]): string | null {
  const inVain = view.capture.manifest?.runs.filter(({ outcome }) => outcome === 'ok').map(({ tool }) => tool) ?? [];
  const tool = tools.find((each) => cannotRun(view, each) === null && !inVain.includes(each));
  if (tool === undefined) return null;
  return `${runOf(view, tool) === undefined ? '' : 'sudo '}coldflame collect --tool ${tool}`;
}
