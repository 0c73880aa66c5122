/** What a collecting script is made with where a test or the virtual host does not say otherwise. */
import type { ScriptOptions } from '../src/collectors/script.ts';

export const OPTIONS: ScriptOptions = {
  seconds: 1,
  attachWait: 15,
  named: [],
  marks: false,
  hz: 99,
  callGraph: 'fp',
  output: 'c.tar',
  force: false,
  gzip: false,
  scope: { target: 'host' },
  maxLoad: 0,
  minFree: 1,
  keepPerfData: false,
  deferSymbols: false,
  symbolsSize: 64,
  mask: true,
  progress: 'plain',
  plan: false,
  lifeline: false,
};
