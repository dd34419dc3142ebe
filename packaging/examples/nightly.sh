#!/usr/bin/env bash
# Archives what a job file names. Silent when all is well, so that cron sends no mail; otherwise it says which files failed
# and leaves with nacomp's exit code. What is archived already is skipped, and a night that was cut short goes on.
#
#     15 2 * * *  /opt/backup/nightly.sh /opt/backup/nightly.toml /var/log/nacomp
set -euo pipefail
job=$1
reports=$2

mkdir -p "$reports"
nice nacomp batch --job "$job" --quiet -f --report "$reports/last.json" --csv "$reports/$(date +%F).csv"
