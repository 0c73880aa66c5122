/** The command table: what a verb takes and does, as data that parsing, help, completions and man pages read. */

/** An option. Without `value` it is a flag. */
export interface Option {
  /** Types what yargs gives the verb; numbers are checked before. */
  type: 'boolean' | 'string' | 'number';
  /** Stands for the value in help: FILE, TIME. */
  value?: string;
  /** A noun phrase that says what the value is, and the default. */
  describe: string;
  /** A letter, as in `-o`, and other spellings that flamegraph.pl or perf have. */
  alias?: string | readonly string[];
  choices?: readonly string[];
  /** What completions offer where the choices are not all that it may be. */
  words?: readonly string[];
  default?: string | number | boolean;
  demandOption?: true;
  /** May be given several times. */
  array?: true;
  /** The value may be missing, as in `--pid`. */
  optional?: true;
  /** Options that it excludes, by name. */
  conflicts?: readonly string[];
}

export type OptionTable = Readonly<Record<string, Option>>;

/** Options under a heading of the help. */
export interface OptionGroup<T extends OptionTable = OptionTable> {
  title: string;
  options: T;
}

/** What stands on the command line without dashes. */
export interface Operand {
  name: string;
  /** Said where it is missing: `analyze needs …`. Without it the operand may be. */
  needed?: string;
  /** It takes all that follow. */
  several?: boolean;
  /** What completions offer; without it, files. */
  words?: readonly string[];
}

/** The values of options, by name in camel case. */
export type ValuesOf<T extends OptionTable> = { [K in keyof T & string as CamelCase<K>]: ValueOf<T[K]> };

type ValueOf<O extends Option> = O extends { default: NonNullable<Option['default']> } | { demandOption: true }
  ? Stated<O>
  : Stated<O> | undefined;
type Stated<O extends Option> = O extends { array: true } ? One<O>[] : One<O>;
type One<O extends Option> = O extends { choices: readonly (infer C)[] } ? C : Types[O['type']];
interface Types {
  boolean: boolean;
  string: string;
  number: number;
}
type CamelCase<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S;

/** What else stood on the command line. */
export interface Given {
  operands: string[];
  /** What followed `--`, where a command does. */
  command: string[];
}

/** What the list of commands says of a verb. */
export interface Listed {
  name: string;
  summary: string;
}

/** A verb without its name, as its file has it. */
export interface VerbTable {
  operands: readonly Operand[];
  /** Whether a command follows `--`, and what help calls it. */
  command?: string;
  groups: readonly OptionGroup[];
  /** A command line, and what it is for. */
  examples: readonly (readonly [string, string])[];
  /** Paragraphs below the options. */
  notes?: readonly string[];
  run(values: never, given: Given): Promise<void>;
}

export type Verb = Listed & VerbTable;

/** Options that every verb has, beside --help and --version. */
export const COMMON = {
  quiet: { alias: 'q', type: 'boolean', describe: 'print errors only' },
  verbose: { alias: 'v', type: 'boolean', describe: 'print details on standard error' },
  color: {
    type: 'string',
    value: 'WHEN',
    choices: ['auto', 'always', 'never'],
    describe: 'colored output: auto, always or never (default: auto, by terminal and NO_COLOR)',
  },
} as const satisfies OptionTable;

/** Answered before a verb runs. */
export const ANSWERED = {
  help: { alias: 'h', type: 'boolean', describe: 'this help' },
  version: { alias: 'V', type: 'boolean', describe: 'version of coldflame' },
} as const satisfies OptionTable;

export type Common = ValuesOf<typeof COMMON>;

const GENERAL: OptionGroup = { title: 'General', options: { ...COMMON, ...ANSWERED } };

/** The verb's own groups, then what all verbs have. */
export function groupsOf({ groups }: Verb): OptionGroup[] {
  return [...groups, GENERAL];
}

/** All options of a verb by name. */
export function optionsOf(verb: Verb): OptionTable {
  return Object.assign({}, ...groupsOf(verb).map(({ options }) => options));
}

/** `o` and `output` as a person writes them: `-o`, `--output`. */
export function dashed(name: string): string {
  return `${name.length === 1 ? '-' : '--'}${name}`;
}

/** The spellings of an option, letters first. */
export function spellings(name: string, { alias = [] }: Option): string[] {
  return [...[alias].flat(), name].sort((a, b) => Number(a.length > 1) - Number(b.length > 1));
}

/** `skip-after` as the values have it: `skipAfter`. */
export function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
