/** Files that no tool prints, by the endings of their names: they stand in folders and archives beside what tools printed. */

/** Not `.txt`, `.log`, `.out`, `.csv`, `.json` and `.md`: people save outputs and tickets under these. */
const ENDINGS = new Set(
  [
    // source code
    'c cc cpp cxx h hh hpp hxx s asm rs go d zig nim m mm swift java kt kts scala groovy clj cs fs vb php rb py pyi pyx pyc pm t lua r jl hs ml mli',
    'erl ex exs el vim sql proto thrift ts mts cts tsx js mjs cjs jsx vue svelte css scss less sass html htm xhtml tcl awk sed sh bash zsh fish ps1 bat',
    'dts dtsi ld lds y l ac am in m4 cmake mk ninja gradle bzl wat',
    // settings, and what packages are made of
    'conf cfg cnf ini toml yml yaml service socket timer target mount desktop rules properties env lock map spec patch diff',
    'po pot mo xsd xsl dtd xcf rst tex texi man pod',
    // keys and certificates
    'pem crt cer key der gpg asc sig pub p12 jks',
    // pictures, fonts, documents, sounds
    'png jpg jpeg gif svg ico webp bmp ttf otf woff woff2 eot pdf ps eps doc docx xls xlsx ppt pptx odt mp3 mp4 wav webm',
    // what compilers and packagers make
    'o a lo la class jar war wasm whl egg deb rpm msi exe dll bin img iso db sqlite sqlite3',
  ]
    .join(' ')
    .split(' '),
);

/** Documentation, packed or not, which quotes what tools printed on other hosts. A log that was put aside ends in `.1`, too. */
const DOCUMENTATION =
  /(?:^|\/)(?:(?:readme|change(?:log|s)|news|faq|copying|copyright|licen[cs]es?|todo|install|hacking|authors|thanks|contributing|maintainers)(?:[._-][\w.-]*)?|[\w.-]+_examples?\.(?:txt|md)|[\w.-]+\.[1-9][a-z]{0,4}\.md)(?:\.(?:gz|xz|bz2|zst))?$|(?:^|\/)share\/(?:doc|man|info)\//i;

/** Whether a file is called as documentation is, or stands where that does. */
export function isDocumentation(path: string): boolean {
  return DOCUMENTATION.test(path);
}

/** Whether a name ends like `src/parser.ts` or `settings.yaml`. A name without an ending may be of anything. */
export function isNoOutput(name: string): boolean {
  const ending = /\.([A-Za-z0-9_]{1,8})$/.exec(name)?.[1];
  return ending !== undefined && ENDINGS.has(ending.toLowerCase());
}
