/** What is a secret and what is not, line by line; and what masking leaves as it was. */
import { assert, constantFrom, property, string, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskSecrets } from '../../src/masking/secrets.ts';
import { SHAPES, secretOf } from './shapes.ts';

describe('a secret is masked, and what stands around it stays', () => {
  test.each([
    // By the name before it.
    ['/usr/bin/mysqldump --password=EXAMPLE --host db-1', '/usr/bin/mysqldump --password=[masked] --host db-1'],
    [
      '/usr/bin/curl -H Authorization: Bearer EXAMPLE https://api',
      '/usr/bin/curl -H Authorization: Bearer [masked] https://api',
    ],
    ['env DB_PASSWORD="EX AMPLE" ./app', 'env DB_PASSWORD="[masked]" ./app'],
    ["--client-secret 'EX AMPLE' -v", "--client-secret '[masked]' -v"],
    ['{"apiKey": "EXAMPLE", "port": 80}', '{"apiKey": "[masked]", "port": 80}'],
    ['{\\"token\\": \\"EXAMPLE\\"}', '{\\"token\\": \\"[masked]\\"}'],
    ['PGPASSWORD=EXAMPLE psql -h db', 'PGPASSWORD=[masked] psql -h db'],
    ['MYSQL_PWD=EXAMPLE mysql', 'MYSQL_PWD=[masked] mysql'],
    ['AWS_SECRET_ACCESS_KEY=EX/AM+PLE', 'AWS_SECRET_ACCESS_KEY=[masked]'],
    ['X-Api-Key: EXAMPLE', 'X-Api-Key: [masked]'],
    ['password => EXAMPLE', 'password => [masked]'],
    ['https://api/x?access_token=EXAMPLE&page=2', 'https://api/x?access_token=[masked]&page=2'],
    ['Cookie: session=EXAMPLE; id=7 https://api', 'Cookie: [masked] https://api'],
    // By the place on a command line.
    ['mysql -uroot -pEXAMPLE -P3306 shop', 'mysql -uroot -p[masked] -P3306 shop'],
    ['curl -u app:EXAMPLE https://api', 'curl -u app:[masked] https://api'],
    ['postgres://app:EX@MPLE@db/shop', 'postgres://app:[masked]@db/shop'],
    // By its shape.
    ['x AKIAIOSFODNN7EXAMPLE y', 'x [masked] y'],
    ['ghp_16C7e42F292c6912E7710c838347Ae178B4a', '[masked]'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P', '[masked]'],
  ])('%s', (line, masked) => {
    expect(maskSecrets(line)).toBe(masked);
  });

  test('a private key over its lines, which stay lines', () => {
    const key = 'a\n-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----\nb';
    expect(maskSecrets(key)).toBe(
      'a\n-----BEGIN RSA PRIVATE KEY-----\n[masked]\n[masked]\n-----END RSA PRIVATE KEY-----\nb',
    );
    expect(maskSecrets('-----BEGIN PRIVATE KEY-----\nMIIEow\ncut')).toBe(
      '-----BEGIN PRIVATE KEY-----\n[masked]\n[masked]',
    );
  });
});

test.each([
  'sort --sort-key=2 token_bucket=3 tokens: 5',
  'std::token::next(Token::Value) v8::internal::Token::Name',
  'PWD=/home/x OLDPWD=/tmp',
  'tcp_cookie_size parse_access_token_from_header (/usr/bin/x)',
  'PasswordAuthentication no',
  'password: no  password=$DB_PASSWORD password=<hidden> password=****',
  'http://[::1]:8080/x https://host:443/path',
  '21:00:06 mysqld 4242 -p 3306',
  'sk_buff sk_live hf_x npm_y secret/path /run/secrets/db',
  'ssh -u root -i key host',
])('is no secret: %s', (line) => {
  expect(maskSecrets(line)).toBe(line);
});

describe('properties', () => {
  const text = string({
    unit: constantFrom(...'ab \n"\'=:;&?@/-_.', 'password', 'token=', 'Bearer ', '://', 'mysql -p', 'sk-', 'eyJ'),
  });

  test('once is enough, and lines stay lines', () => {
    assert(
      property(text, (some) => {
        const masked = maskSecrets(some);
        expect(maskSecrets(masked)).toBe(masked);
        expect(masked.split('\n').length).toBe(some.split('\n').length);
      }),
      { numRuns: 2000 },
    );
  });

  test('a line is masked the same whatever stands before and behind it', () => {
    assert(
      property(tuple(constantFrom(...SHAPES), text, text), ([shape, before, after]) => {
        const line = shape(secretOf(7));
        const alone = maskSecrets(line);
        expect(maskSecrets(`x\n${line}\ny`)).toBe(`x\n${alone}\ny`);
        expect(maskSecrets(`${before}\n${line}\n${after}`)).not.toContain(secretOf(7));
      }),
      { numRuns: 500 },
    );
  });
});
