/**
 * Folded stacks, as stackcollapse-*.pl prints and flamegraph.pl reads them:
 *
 *     java;start_thread;java::run 42
 *
 * https://github.com/brendangregg/FlameGraph
 */
import { FrameKind } from '../datasets/profile.ts';
import { ProfileBuilder } from '../datasets/profile-builder.ts';
import type { Grammar, ParseContext } from './grammar.ts';
import { lineReader } from './lines.ts';
import { measureOf } from './measure.ts';

// swapper;start_kernel;rest_init 12
const FOLDED_LINE = /^(.*\S)\s+(\d+(?:\.\d+)?)$/;
/** Annotations that stackcollapse-perf.pl puts behind a name. */
const KIND_OF_SUFFIX = new Map<string, FrameKind>([
  ['_[k]', FrameKind.kernel],
  ['_[j]', FrameKind.jit],
  ['_[i]', FrameKind.inlined],
  ['_[w]', FrameKind.waker],
]);

export const folded: Grammar = {
  name: 'folded',

  claims(head) {
    const lines = head.lines.filter((line) => line !== '');
    return (
      lines.length > 0 && lines.every((line) => FOLDED_LINE.test(line)) && lines.some((line) => line.includes(';'))
    );
  },

  reader(context: ParseContext) {
    const profile = new ProfileBuilder({ samples: false });
    const { kind, unit } = measureOf(context.tool ?? 'perf');
    return lineReader({
      line(line) {
        if (line === '') return 'noise';
        const match = FOLDED_LINE.exec(line);
        if (match === null) return { unread: 'not a stack and its count' };
        const [, stack = '', count = ''] = match;
        let node = 0;
        for (const name of stack.split(';')) node = profile.child(node, frameId(profile, name));
        profile.add(node, Number(count));
        return 'read';
      },
      end: () => ({
        datasets: [
          {
            shape: 'stacks',
            kind,
            source: 0,
            tool: context.tool ?? 'folded',
            title: context.name,
            clock: null,
            unit,
            profile: profile.build(),
          },
        ],
      }),
    });
  },
};

function frameId(profile: ProfileBuilder, name: string): number {
  const kind = KIND_OF_SUFFIX.get(name.slice(-4));
  return kind === undefined ? profile.frame(name, FrameKind.user) : profile.frame(name.slice(0, -4), kind);
}
