/**
 * The call chains under a row of perf report, as a graph or folded:
 *
 *             ---leaf_hash
 *                |
 *                |--29.23%--read_table
 *                |          main
 *                 --17.40%--main
 *
 *     29.23% leaf_hash;read_table;main
 */

export interface Chain {
  /** In the order that is printed. */
  frames: string[];
  /** In percent of all samples. */
  weight: number;
}

// ---leaf_hash       --- leaf_hash of perf before 4.0
const ROOT = /^(\s+)--- ?(?!-)(\S.*)$/;
// |--29.23%--read_table       --17.40%--main       |--99.00%-- main of perf before 4.0
const BRANCH = /^([\s|]*?)(\|| )--(\d{1,3}\.\d\d)%-- ?(\S.*)$/;
// a frame under another:       |          main
const FRAME = /^([\s|]*)([^\s|].*)$/;
const BARS = /^[\s|]+$/;
// 29.23% leaf_hash;read_table;main       126 leaf_hash;read_table;main of -g folded,count
const FOLDED = /^(\d{1,3}\.\d\d%|\d{1,20}) ([^\s].*)$/;
/** `(inlined)` and what -g address prints behind a name. */
const MARK = / \(inlined\)$/;
/** No chain is deeper by far: the kernel's limit is 127 frames, and 1024 where it was raised. */
const MAX_DEPTH = 4096;

interface Node {
  frames: string[];
  /** Of the whole; null for the root, which is all of its row. */
  percent: number | null;
  /** Where its frames stand in the line. */
  column: number;
  children: Node[];
}

export class ChainTree {
  private readonly roots: Node[] = [];
  private open: Node[] = [];
  private readonly folded: { frames: string[]; count: number; isPercent: boolean }[] = [];

  isChain(text: string): boolean {
    if (FOLDED.test(text)) return true;
    return /^\s/.test(text) && (BARS.test(text) || ROOT.test(text) || BRANCH.test(text) || this.isFrame(text));
  }

  /** @returns false where it hangs on nothing */
  line(text: string): boolean {
    const folded = FOLDED.exec(text);
    if (folded !== null) {
      const [, count = '', stack = ''] = folded;
      this.folded.push({
        frames: stack.split(';').map(plain),
        count: Number.parseFloat(count),
        isPercent: count.endsWith('%'),
      });
      return true;
    }
    if (BARS.test(text)) return true;
    const root = ROOT.exec(text);
    if (root !== null) return this.addRoot(root);
    const branch = BRANCH.exec(text);
    return branch === null ? this.addFrame(text) : this.addBranch(branch);
  }

  /** The chains and their shares of the whole. @param total the row's own share */
  chains(total: number): Chain[] {
    if (this.folded.length > 0) return this.foldedChains(total);
    const isRelative = this.roots.some((root) => exceeds(root, total));
    const chains: Chain[] = [];
    for (const root of this.roots) collect(root, [], root.percent ?? total, isRelative, chains);
    return chains;
  }

  /** Counts are shares of the row's. */
  private foldedChains(total: number): Chain[] {
    const counted = this.folded.reduce((sum, { count }) => sum + count, 0);
    return this.folded.map(({ frames, count, isPercent }) => ({
      frames,
      weight: isPercent ? count : (count / counted) * total,
    }));
  }

  private isFrame(text: string): boolean {
    const [, before = ''] = FRAME.exec(text) ?? [];
    return this.open.some(({ column }) => column === before.length);
  }

  private addRoot([, before = '', name = '']: RegExpExecArray): boolean {
    const node: Node = { frames: [plain(name)], percent: null, column: before.length + 3, children: [] };
    this.roots.push(node);
    this.open = [node];
    return true;
  }

  private addBranch([, before = '', , percent, name = '']: RegExpExecArray): boolean {
    const bar = before.length;
    while (this.open.length > 0 && (this.open.at(-1) as Node).column > bar) this.open.pop();
    // ` |--1%--x` of the last column of several roots, where perf prints no name over them.
    const parent = this.open.at(-1);
    const node: Node = {
      frames: [plain(name)],
      percent: Number(percent),
      column: bar + `|--${percent}%--`.length,
      children: [],
    };
    if (parent === undefined) this.roots.push(node);
    else if (parent.column !== bar) return false;
    else parent.children.push(node);
    this.open.push(node);
    return true;
  }

  private addFrame(text: string): boolean {
    const [, before = '', name = ''] = FRAME.exec(text) ?? [];
    while (this.open.length > 0 && (this.open.at(-1) as Node).column > before.length) this.open.pop();
    const node = this.open.at(-1);
    if (node === undefined || node.column !== before.length || node.frames.length >= MAX_DEPTH) return false;
    node.frames.push(plain(name.trimEnd()));
    return true;
  }
}

/** Shares of the branch above, not of the whole (-g fractal), are larger than it somewhere. */
function exceeds(node: Node, share: number): boolean {
  const own = node.percent ?? share;
  return node.children.some((child) => (child.percent as number) > own + 0.05 || exceeds(child, own));
}

function collect(node: Node, above: readonly string[], share: number, isRelative: boolean, chains: Chain[]): void {
  const frames = [...above, ...node.frames];
  let rest = share;
  for (const child of node.children) {
    const own = isRelative ? ((child.percent as number) / 100) * share : (child.percent as number);
    rest -= own;
    collect(child, frames, own, isRelative, chains);
  }
  if (node.children.length === 0 || rest > 0.02 * node.children.length)
    chains.push({ frames, weight: Math.max(0, rest) });
}

function plain(name: string): string {
  return name.replace(MARK, '').trim();
}
