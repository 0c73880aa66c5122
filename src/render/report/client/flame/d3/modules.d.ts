/** What of d3-flame-graph 5 is used: it brings no types of its own. */
declare module 'd3-flame-graph' {
  export interface FlameDatum<T> {
    data: T;
    depth: number;
    x0: number;
    x1: number;
    parent: FlameDatum<T> | null;
    children?: FlameDatum<T>[];
  }
  export interface FlameGraph<T> {
    (selection: unknown): void;
    width(value: number): FlameGraph<T>;
    height(value: number): FlameGraph<T>;
    cellHeight(value: number): FlameGraph<T>;
    minFrameSize(value: number): FlameGraph<T>;
    transitionDuration(value: number): FlameGraph<T>;
    inverted(value: boolean): FlameGraph<T>;
    tooltip(value: unknown): FlameGraph<T>;
    setColorMapper(map: (datum: FlameDatum<T>, original: string) => string): FlameGraph<T>;
    update(data?: T): FlameGraph<T>;
  }
  export default function flamegraph<T>(): FlameGraph<T>;
}
/** What `quiet-selection.ts` and `no-transition.ts` change of d3-selection: it brings no types of its own either. */
declare module 'd3-selection' {
  export function select(node: Element): { datum(data: unknown): { call(chart: unknown): unknown } };
  export interface Selection {
    each(run: (this: Element, datum: unknown, index: number, group: unknown) => void): Selection;
    filter(keep: () => boolean): Selection;
    append(name: string): Selection;
  }
  export const selection: { prototype: Selection };
}
/** What `flame-slots.ts` changes of d3-hierarchy; no types of its own as well. */
declare module 'd3-hierarchy' {
  export const Node: { prototype: object };
}
declare module '*.css';
