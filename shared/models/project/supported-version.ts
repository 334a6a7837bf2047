/** The version of the original whose projects are run here: what `dbt_version` says and `require-dbt-version` is held against. */
export const SUPPORTED_VERSION = '1.10.0';
