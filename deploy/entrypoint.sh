#!/bin/sh
# Starts Node as each service needs it; every argument goes to the command line of Penstock. The same stands in
# dev/service-node-flags.ts, and a test compares them.
cli=${0%/*}/../cli/penstock.mjs
case "$1 $2" in
  'start extractor')
    export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"
    set -- --max-semi-space-size=16 --heap-growing-percent=40 --no-incremental-marking "$cli" "$@"
    ;;
  *) set -- --max-semi-space-size=1 --heap-growing-percent=20 --liftoff-only "$cli" "$@" ;;
esac
# In place of the shell, so that signals reach the service.
exec node "$@"
