#!/bin/sh
# Creates and upgrades Temporal's two databases. All steps can run again without losing data.
set -eu

: "${POSTGRES_HOST:?host of the database server}"
: "${POSTGRES_USER:?its user}"
: "${SQL_PASSWORD:?the password of that user}"

tool() {
  temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_HOST" -p 5432 -u "$POSTGRES_USER" "$@"
}

make_database() { # name, folder of its schema in the image
  tool --db "$1" create
  tool --db "$1" setup-schema -v 0.0
  tool --db "$1" update-schema -d "/etc/temporal/schema/postgresql/v12/$2/versioned"
}

make_database temporal temporal
make_database temporal_visibility visibility
