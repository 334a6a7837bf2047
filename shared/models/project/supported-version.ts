/**
 * The release of the original that `require-dbt-version` is held against: the latest of the line whose projects are run here, so that
 * `>=1.10.5` is satisfied.
 */
export const SUPPORTED_VERSION = '1.10.23';
