import { isSecretName } from '../compile/variables.ts';

const HIDDEN = '*****';

/**
 * A text, such as an address or what git said, without secrets: values of `DBT_ENV_SECRET…` variables, and credentials in addresses.
 * What is a template stays: it names a secret and holds none. The user of an ssh address stays too.
 */
export function withoutSecrets(text: string, env: Readonly<Record<string, string>>): string {
  const secrets = Object.entries(env)
    .filter(([name, value]) => isSecretName(name) && value !== '')
    .flatMap(([, value]) => [value, encodeURIComponent(value)])
    .sort((a, b) => b.length - a.length);
  let shown = text;
  for (const secret of secrets) shown = shown.replaceAll(secret, HIDDEN);
  return shown
    .replace(/(https?:\/\/)((?:\{\{.*?\}\}|[^/@\s{}])*)@/gi, (_, scheme: string, login: string) => {
      return `${scheme}${hideParts(login)}@`;
    })
    .replace(/(ssh:\/\/[^/@\s:]*:)[^/@\s]*@/gi, `$1${HIDDEN}@`)
    .replace(
      /([?&][^=&\s]*(?:token|key|secret|sig|signature|password)[^=&\s]*=)(?!\{\{)[^&\s]*/gi,
      `$1${HIDDEN}`,
    );
}

/** User and password, each kept only where it is a template. */
function hideParts(login: string): string {
  const parts = login.split(/:(?![^{]*\}\})/);
  return parts.map((part) => (/^\{\{.*\}\}$/.test(part) ? part : HIDDEN)).join(':');
}

/** An address whose hidden credentials are taken out, to be tried without. */
export const withoutHidden = (address: string): string => address.replace(/\/\/(?:\*{5}(?::\*{5})?)@/, '//');
