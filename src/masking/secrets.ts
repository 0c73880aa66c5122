/**
 * Secrets in text, by what stands before them or by their shape, and the same text without them. Names are a tight list: what
 * is called `sort-key` or `token_bucket` is no secret. Shapes are those that the issuers document.
 */

import { Needles } from './needles.ts';

export type SecretKind = 'assignment' | 'option' | 'header' | 'url' | 'token' | 'private key';

/** What stands for a secret. */
export const MASK = '[masked]';

/** Told of each secret that was masked. */
export type OnSecret = (kind: SecretKind, secret: string) => void;

/** A name that ends so is of a secret: DB_PASSWORD, --client-secret, X-Api-Key, PGPASSWORD; not token_bucket, not PWD. */
const NAME = String.raw`(?:[\w.-]{0,60}?(?:passw(?:or)?d|passphrase|token|secret|api[-_]?key|private[-_]?key|secret[-_]?access[-_]?key|access[-_]?key|credentials?)|[a-z0-9]{1,30}[-_]pwd)`;
/** Quoted, or up to what ends a word. */
const VALUE = String.raw`(?:"(?:[^"\\\n]|\\.){0,4096}"?|'[^'\n]{0,4096}'?|(?:[^\s"'&;,)\]}<>|\\]|\\(?!["'])){1,4096})`;

interface Pattern {
  kind: SecretKind;
  /** Without one of these, in any case, there is no such secret in a line. */
  needles: readonly string[];
  /** The secret is what stands in the group `secret`; without that group, the whole match. */
  find: RegExp;
}

const NAME_NEEDLES = [
  'passw',
  'passphrase',
  'token',
  'secret',
  'apikey',
  'api-key',
  'api_key',
  'privatekey',
  'private-key',
  'private_key',
  'accesskey',
  'access-key',
  'access_key',
  'credential',
  '_pwd',
  '-pwd',
];

/** In this order: the first that masks a secret leaves nothing for the others. Each takes time linear in the line. */
const PATTERNS: readonly Pattern[] = [
  // Authorization: Bearer EXAMPLE   Proxy-Authorization: Basic RVhBTVBMRQ==   authorization=Token EXAMPLE
  {
    kind: 'header',
    needles: ['authorization'],
    find: /\bauthorization["']?\s{0,4}[:=]\s{0,4}["']?(?:(?:basic|bearer|digest|negotiate|ntlm|token|apikey|aws4-hmac-sha256)\s{1,4})?(?<secret>[^\s"',;]{1,4096}(?:,\s?(?:credential|signedheaders|signature)=[^\s"',]{1,4096}){0,3})/gi,
  },
  // Bearer EXAMPLE-TOKEN
  { kind: 'header', needles: ['bearer '], find: /\bbearer\s{1,4}(?<secret>[\w.~+/=-]{8,4096})/gi },
  // Cookie: session=EXAMPLE; id=7   Set-Cookie: session=EXAMPLE; Path=/   --cookie session=EXAMPLE
  {
    kind: 'header',
    needles: ['cookie'],
    find: /\bcookie["']?(?:\s{0,4}[:=]\s{0,4}|\s{1,4}(?=[\w.-]{1,100}=))["']?(?<secret>[^\s"';]{1,4096}(?:;\s?[\w.-]{1,100}=[^\s"';]{0,4096}){0,50})/gi,
  },
  // postgres://app:EXAMPLE@db/shop
  {
    kind: 'url',
    needles: ['://'],
    find: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"']{0,256}:(?<secret>[^\s/"']{1,512})@/gi,
  },
  // ?sig=EXAMPLE   &X-Amz-Signature=EXAMPLE   ?key=EXAMPLE   ?sv=…&sig=…
  {
    kind: 'url',
    needles: [
      'signature=',
      'sig=',
      'key=',
      'auth=',
      'code=',
      'jwt=',
      'sid=',
      'sessionid=',
      'session-id=',
      'session_id=',
    ],
    find: /[?&](?:[\w-]{0,40}signature|sig|key|auth|code|jwt|sid|session[-_]?id)=(?<secret>[^\s"'&#]{1,4096})/gi,
  },
  // password=EXAMPLE   "apiKey": "EXAMPLE"   DB_PASSWORD: EXAMPLE   token => EXAMPLE; a C++ name such as Token::Next is none
  {
    kind: 'assignment',
    needles: NAME_NEEDLES,
    find: new RegExp(
      String.raw`(?<![\w.-])${NAME}\\?["']?\s{0,4}(?:=>?|:(?!:))\s{0,4}(?:\\["'])?(?<secret>${VALUE})`,
      'gi',
    ),
  },
  // --password EXAMPLE   -token EXAMPLE   --client-secret "EXAMPLE"
  {
    kind: 'option',
    needles: NAME_NEEDLES,
    find: new RegExp(String.raw`(?<![\w-])--?${NAME}\s{1,4}(?!-)(?<secret>${VALUE})`, 'gi'),
  },
  // mysql -uroot -pEXAMPLE   mysqldump --host db -pEXAMPLE shop
  {
    kind: 'option',
    needles: ['mysql', 'mariadb'],
    find: /\b(?:mysql\w{0,10}|mariadb[\w-]{0,12})\s[^\n]{0,1000}?\s-p(?<secret>[^\s-][^\s]{0,255})/g,
  },
  // sshpass -p EXAMPLE   redis-cli -a EXAMPLE   ldapsearch -w EXAMPLE   docker login -p EXAMPLE
  { kind: 'option', needles: ['sshpass'], find: /\bsshpass\s{1,4}-p\s{0,4}(?<secret>\S{1,255})/g },
  { kind: 'option', needles: ['redis-cli'], find: /\bredis-cli\s[^\n]{0,500}?-a\s{1,4}(?<secret>\S{1,255})/g },
  { kind: 'option', needles: ['ldap'], find: /\bldap\w{1,10}\s[^\n]{0,500}?-w\s{1,4}(?<secret>\S{1,255})/g },
  {
    kind: 'option',
    needles: [' login '],
    find: /\b(?:docker|podman|helm|oc)\s[^\n]{0,100}?login\s[^\n]{0,500}?-p\s{1,4}(?<secret>\S{1,255})/g,
  },
  // curl -u app:EXAMPLE   wget --user app:EXAMPLE   --proxy-user app:EXAMPLE
  {
    kind: 'option',
    needles: [' -u', '-user'],
    find: /(?:\s-u|\s--(?:proxy-)?user)[\s=]{0,4}["']?[^\s:"'=]{1,100}:(?<secret>[^\s"']{1,255})/g,
  },
  // openssl … -passin pass:EXAMPLE
  { kind: 'option', needles: ['pass:'], find: /\bpass:(?<secret>\S{1,255})/g },
  // AWS's access key IDs, GitHub's tokens
  {
    kind: 'token',
    needles: ['akia', 'asia', 'abia', 'acca', 'aroa', 'aida'],
    find: /\b(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{12,20}\b/g,
  },
  {
    kind: 'token',
    needles: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
    find: /\b(?:gh[pousr]_[A-Za-z0-9]{16,255}|github_pat_\w{22,255})\b/g,
  },
  // GitLab, npm, PyPI, Docker Hub, Stripe, Google, Slack, SendGrid, Hugging Face, OpenAI and Anthropic, Vault
  {
    kind: 'token',
    needles: [
      'glpat-',
      'npm_',
      'pypi-',
      'dckr_pat_',
      'k_live_',
      'k_test_',
      'aiza',
      'xox',
      'sg.',
      'hf_',
      'sk-',
      'hvs.',
      'hvb.',
    ],
    find: /\b(?:glpat-[\w-]{16,255}|npm_[A-Za-z0-9]{30,64}|pypi-[\w-]{30,255}|dckr_pat_[\w-]{20,64}|[rs]k_(?:live|test)_[A-Za-z0-9]{10,255}|AIza[\w-]{30,45}|xox[abeoprs]-[\w-]{10,255}|SG\.[\w-]{16,32}\.[\w-]{16,64}|hf_[A-Za-z]{30,64}|sk-(?:ant-|proj-)?[\w-]{20,255}|hv[bs]\.[\w-]{20,255})/g,
  },
  // Slack's webhooks
  { kind: 'token', needles: ['hooks.slack'], find: /\bhooks\.slack\.com\/services\/(?<secret>[\w/-]{10,100})/g },
  // JWT: a header and claims in base64url, each an object
  { kind: 'token', needles: ['eyj'], find: /\beyJ[\w-]{8,4096}\.eyJ[\w-]{4,8192}\.[\w-]{0,4096}/g },
];

const NEEDLES = new Needles(
  PATTERNS.reduce((words, { needles }, i) => {
    for (const needle of needles) words.set(needle, (words.get(needle) ?? 0) | (1 << i));
    return words;
  }, new Map<string, number>()),
);

/** Words after a name that are no secret: settings, prompts, what is masked already. */
const NO_SECRET =
  /^(?:["']?(?:yes|no|true|false|null|none|nil|on|off|\[?masked\]?|\*{2,}|x{3,}|<[^>]*>|\$\{?\w+\}?|%s)["']?)$/i;

const PEM = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----([\s\S]*?)(?:-----END|$(?![\s\S]))/g;

/**
 * The text with its secrets replaced by `[masked]`; the same string where there are none. Lines stay lines.
 */
export function maskSecrets(text: string, onSecret: OnSecret = () => {}): string {
  const whole = text.includes('-----BEGIN') ? maskKeys(text, onSecret) : text;
  let masked = '';
  let done = 0;
  NEEDLES.lines(whole, (start, end, bits) => {
    const line = whole.slice(start, end);
    const without = maskLine(line, bits, onSecret);
    if (without === line) return;
    masked += whole.slice(done, start) + without;
    done = end;
  });
  return done === 0 ? whole : masked + whole.slice(done);
}

/** A private key, line by line: what cites the lines behind it still finds them. */
function maskKeys(text: string, onSecret: OnSecret): string {
  return text.replace(PEM, (block: string, body: string) => {
    onSecret('private key', body);
    const start = block.indexOf(body, block.indexOf('KEY'));
    return block.slice(0, start) + body.replace(/[^\s][^\n]*/g, MASK) + block.slice(start + body.length);
  });
}

/** @param bits the patterns that may be in it */
function maskLine(line: string, bits: number, onSecret: OnSecret): string {
  let masked = line;
  for (const [i, { kind, find }] of PATTERNS.entries()) {
    if ((bits & (1 << i)) === 0) continue;
    masked = masked.replace(find, (...match) => {
      const whole = match[0] as string;
      const { secret = whole } = (typeof match.at(-1) === 'object' ? match.at(-1) : {}) as { secret?: string };
      if (NO_SECRET.test(secret) || secret.includes(MASK)) return whole;
      onSecret(kind, secret);
      const at = whole.lastIndexOf(secret);
      return `${whole.slice(0, at)}${quoteOf(secret)}${MASK}${quoteOf(secret)}${whole.slice(at + secret.length)}`;
    });
  }
  return masked;
}

/** A quoted value stays quoted. */
function quoteOf(secret: string): string {
  const quote = secret[0];
  return (quote === '"' || quote === "'") && secret.length > 1 && secret.endsWith(quote) ? quote : '';
}
