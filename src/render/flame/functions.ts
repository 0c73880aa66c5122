/** The functions of a profile as rows: what is self, what is total, who calls whom. */
import type { Profile } from '../../datasets/profile.ts';
import { functionWeights, nodeTotals, walk } from '../../datasets/profile-functions.ts';

export interface FunctionRow {
  frame: number;
  name: string;
  module: string;
  self: number;
  total: number;
}

/** Every function that has weight, the largest self first. */
export function functionRows(profile: Profile): FunctionRow[] {
  const { self, total } = functionWeights(profile);
  const { names, modules } = profile.frames;
  const rows: FunctionRow[] = [];
  names.forEach((name, frame) => {
    if ((total[frame] as number) === 0) return;
    rows.push({
      frame,
      name,
      module: modules[frame] as string,
      self: self[frame] as number,
      total: total[frame] as number,
    });
  });
  return rows.sort((a, b) => b.self - a.self || b.total - a.total || a.frame - b.frame);
}

/** Functions by their self weight, the heaviest first; those that only call others are left out. */
export function selfWeights(profile: Profile): [name: string, weight: number][] {
  const rows = functionRows(profile).filter(({ self }) => self > 0);
  return rows.map(({ name, self }) => [name, self]);
}

/**
 * Who called a function, and what it called, by the weight of the samples that have the call on their stack, however
 * often: a function that calls itself is one caller, counted once per sample.
 */
export function neighbours(profile: Profile, wanted: number): { callers: FunctionRow[]; callees: FunctionRow[] } {
  const totals = nodeTotals(profile);
  const [callers, callees] = [new Tally(), new Tally()];
  const each = (node: number, visit: (tally: Tally, other: number) => void): void => {
    const above = profile.parent[node] as number;
    if (above === 0) return;
    const [callee, caller] = [profile.frame[node] as number, profile.frame[above] as number];
    if (callee === wanted) visit(callers, caller);
    if (caller === wanted) visit(callees, callee);
  };
  walk(profile, {
    enter: (node) => each(node, (tally, other) => tally.enter(other, totals[node] as number)),
    leave: (node) => each(node, (tally, other) => tally.leave(other)),
  });
  const rows = ({ weights }: Tally): FunctionRow[] =>
    [...weights]
      .filter(([, weight]) => weight > 0)
      .map(([frame, total]) => ({
        frame,
        name: profile.frames.names[frame] as string,
        module: profile.frames.modules[frame] as string,
        self: 0,
        total,
      }))
      .sort((a, b) => b.total - a.total || a.frame - b.frame);
  return { callers: rows(callers), callees: rows(callees) };
}

/** Weights by frame, each counted where it is entered first on the way up a stack, and not again inside itself. */
class Tally {
  readonly weights = new Map<number, number>();
  private readonly open = new Map<number, number>();

  enter(frame: number, weight: number): void {
    const depth = this.open.get(frame) ?? 0;
    if (depth === 0) this.weights.set(frame, (this.weights.get(frame) ?? 0) + weight);
    this.open.set(frame, depth + 1);
  }

  leave(frame: number): void {
    this.open.set(frame, (this.open.get(frame) ?? 1) - 1);
  }
}
