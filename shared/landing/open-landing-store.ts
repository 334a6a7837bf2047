import { fileURLToPath } from 'node:url';
import { isError, PenstockError } from '#shared/errors/penstock-error.ts';
import { s3Errors } from '#shared/s3/errors.ts';
import { landingErrors } from './errors.ts';
import type { LandingStore } from './landing-store.ts';
import { openLocalLandingStore } from './local/local-landing-store.ts';
import { openS3LandingStore } from './s3/s3-landing-store.ts';

/** Configuration of a landing store: the scheme of the URL chooses the adapter. */
export interface LandingConfig {
  /** `file:///absolute/folder`, created when missing; or a bucket's URL, see `parseS3Url`. */
  readonly url: string;
}

/**
 * Opens the store that holds landing, archive and quarantine.
 *
 * @throws LANDING_URL_INVALID when no adapter takes the URL. Reachability is not tried: ask `check()`.
 */
export function openLandingStore(config: LandingConfig): LandingStore {
  const url = URL.canParse(config.url) ? new URL(config.url) : undefined;
  if (url?.protocol === 'file:' && url.host === '' && url.pathname !== '/') {
    return openLocalLandingStore({ folder: fileURLToPath(url) });
  }
  if (url?.protocol === 's3:') return openBucket(config.url);
  throw new PenstockError(landingErrors.urlInvalid, { scheme: url?.protocol ?? 'none' });
}

function openBucket(url: string): LandingStore {
  try {
    return openS3LandingStore({ url });
  } catch (error) {
    if (!isError(error, s3Errors.urlInvalid)) throw error;
    throw new PenstockError(landingErrors.urlInvalid, { scheme: 's3:', ...error.facts });
  }
}
