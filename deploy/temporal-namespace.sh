#!/bin/sh
# Creates the sync's namespace and search attributes. Temporal responds some seconds after its port opens, so each step is
# retried. All steps can run again at any time.
set -eu

: "${TEMPORAL_ADDRESS:?host and port of Temporal}"
: "${TEMPORAL_NAMESPACE:?namespace of the sync}"
: "${TEMPORAL_RETENTION:?how long closed runs are kept, such as 7d}"
attempts=${ATTEMPTS:-60}
pause_seconds=${PAUSE_SECONDS:-2}

try() {
  attempt=1
  until "$@"; do
    if [ "$attempt" -ge "$attempts" ]; then
      echo "Gave up after $attempts attempts: $*" >&2
      return 1
    fi
    attempt=$((attempt + 1))
    sleep "$pause_seconds"
  done
}

make_namespace() {
  temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
    temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$TEMPORAL_RETENTION"
}

make_search_attributes() {
  temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" \
    --name SyncTenant --type Keyword \
    --name SyncStage --type Keyword \
    --name SyncPaused --type Bool \
    --name SyncHealth --type Keyword \
    --name SyncHeld --type Int \
    --name SyncFailed --type Int \
    --name SyncRule --type Keyword \
    --name SyncSubjects --type KeywordList
}

try temporal operator cluster health
try make_namespace
try make_search_attributes
