#!/bin/sh
# A night under cron: scans, renders, keeps the store in shape. It prints nothing when all is well, so cron
# mails (MAILTO=…) only what somebody should see, and its exit code is the scan's.
#
#   15 2 * * *  /srv/v6ready/nightly.sh
set -u
cd /srv/v6ready || exit 2
code=0

# Keeps the first exit code that isn't 0, and goes on.
also() {
  "$@" >>nightly.log 2>&1
  status=$?
  [ "$code" -ne 0 ] || code=$status
}

: >nightly.log
v6ready --quiet scan inventory.yaml --fail-on-worse >last-scan.txt 2>nightly.log || code=$?
also v6ready report --format html,xlsx --out reports
also v6ready report --quarter "$(TZ=Asia/Ho_Chi_Minh date +%YQ%q)" --format html,pdf --out reports
also v6ready runs backup --keep 7 backup.db
also v6ready runs prune --keep-days 400 --keep-quarterly
if [ "$code" -ne 0 ]; then
  echo "v6ready ended with exit code $code (docs: Exit codes)"
  cat nightly.log last-scan.txt
fi
exit "$code"
