import { expect, it } from 'vitest';
import { withoutHidden, withoutSecrets } from './without-secrets.ts';

const ENV = { DBT_ENV_SECRET_T: 'a/b', PLAIN: 'plain' };

it.each([
  ['https://tok@e.org/a.git', 'https://*****@e.org/a.git'],
  ['https://ann:tok@e.org/a.git', 'https://*****:*****@e.org/a.git'],
  ["https://{{ env_var('T') }}@e.org/a.git", "https://{{ env_var('T') }}@e.org/a.git"],
  ["https://x:{{ env_var('T') }}@e.org/a", "https://*****:{{ env_var('T') }}@e.org/a"],
  ['ssh://git@e.org/a.git', 'ssh://git@e.org/a.git'],
  ['ssh://git:pw@e.org/a.git', 'ssh://git:*****@e.org/a.git'],
  ['git@e.org:acme/a.git', 'git@e.org:acme/a.git'],
  ['https://e.org/a.tgz?private_token=tok&x=1', 'https://e.org/a.tgz?private_token=*****&x=1'],
  ['fatal: a/b and a%2Fb are plain', 'fatal: ***** and ***** are plain'],
])('%s is shown as %s', (text, shown) => {
  expect(withoutSecrets(text, ENV)).toBe(shown);
});

it('takes hidden credentials out of an address to be tried without', () => {
  expect(withoutHidden('https://*****:*****@e.org/a.git')).toBe('https://e.org/a.git');
});
