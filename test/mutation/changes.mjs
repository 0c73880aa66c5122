/** The changes of a mutant: which places of a module as esbuild prints it are operators, conditions or numbers, and what stands there then. */

/** With a space on either side, as esbuild prints operators; words and numbers; conditions. */
const CHANGES = [
  [/ >= /g, () => ' > '],
  [/ > /g, () => ' >= '],
  [/ <= /g, () => ' < '],
  [/ < /g, () => ' <= '],
  [/ === /g, () => ' !== '],
  [/ !== /g, () => ' === '],
  [/ && /g, () => ' || '],
  [/ \|\| /g, () => ' && '],
  [/ \+ /g, () => ' - '],
  [/ - /g, () => ' + '],
  [/ \* /g, () => ' / '],
  [/ \/ /g, () => ' * '],
  [/\bMath\.min\b/g, () => 'Math.max'],
  [/\bMath\.max\b/g, () => 'Math.min'],
  [/(?<=[^\w.])true\b(?!;)/g, () => 'false'],
  [/(?<=[ (])!(?=[\w(])/g, () => ''],
  [/(?<=[ (-])\d[\d_]*(?:\.\d+)?(?:e\d+)?(?=[,;) \n])/g, (number) => `${2 * Number(number.replaceAll('_', '')) + 1}`],
];

/** What a division stands behind, and no regular expression. */
const ENDS_A_VALUE = /[\w$)\]}"'`]$/;
const KEYWORD = /(?:^|[^\w$.])(?:return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield)$/;

/**
 * JavaScript with every comment, string, regular expression and text of a template blanked out, character by character: read from
 * front to back, so that a quote in a comment hides nothing.
 */
export function codeOf(js) {
  const out = js.split('');
  const blank = (from, to) => {
    for (let i = from; i < to; i++) if (out[i] !== '\n') out[i] = '~';
  };
  /** Depths of braces at which a template's `${` began. */
  const templates = [];
  let [i, depth] = [0, 0];
  /** The end of a template's text, from behind its backtick or its `}`. */
  const templateText = (from) => {
    let at = from;
    while (at < js.length && js[at] !== '`' && !(js[at] === '$' && js[at + 1] === '{')) at += js[at] === '\\' ? 2 : 1;
    blank(from, at);
    if (js[at] === '$') {
      templates.push(depth++);
      return at + 2;
    }
    return at + 1;
  };
  while (i < js.length) {
    const [two, char] = [js.slice(i, i + 2), js[i]];
    if (two === '//' || two === '/*') {
      const end = two === '//' ? js.indexOf('\n', i) : js.indexOf('*/', i + 2) + 2;
      blank(i, end < 2 ? js.length : end);
      i = end < 2 ? js.length : end;
    } else if (char === '"' || char === "'") {
      let end = i + 1;
      while (js[end] !== char) end += js[end] === '\\' ? 2 : 1;
      blank(i + 1, end);
      i = end + 1;
    } else if (char === '`') i = templateText(i + 1);
    else if (char === '/' && isRegex(out, i)) {
      let [end, isClass] = [i + 1, false];
      for (; js[end] !== '/' || isClass; end += js[end] === '\\' ? 2 : 1)
        if (js[end] === '[') isClass = true;
        else if (js[end] === ']') isClass = false;
      end++;
      while (/\w/.test(js[end] ?? '')) end++;
      blank(i + 1, end);
      i = end;
    } else {
      if (char === '{') depth++;
      if (char === '}' && --depth === templates.at(-1)) {
        templates.pop();
        i = templateText(i + 1);
      } else i++;
    }
  }
  return out.join('');
}

function isRegex(out, at) {
  const before = out
    .slice(Math.max(0, at - 80), at)
    .join('')
    .trimEnd();
  return !ENDS_A_VALUE.test(before) || KEYWORD.test(before);
}

/** Every change of a module that esbuild made a CommonJS module of: what it writes around the code for that is left alone. */
export function changesIn(js) {
  const code = codeOf(js);
  const begin = js.indexOf('\n', js.indexOf('module.exports = __toCommonJS('));
  const end = js.lastIndexOf('0 && (module.exports = {');
  return CHANGES.flatMap(([pattern, to]) =>
    [...code.matchAll(pattern)].map(({ index, 0: from }) => ({
      from: index,
      until: index + from.length,
      to: to(from),
    })),
  ).filter(({ from }) => from > begin && (end < 0 || from < end));
}
