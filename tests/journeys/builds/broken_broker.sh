#!/bin/sh
# A broker that knows its configuration, starts and stays up, but never listens.
case " $* " in
    *" --test-config "* | *" --version "*) exec "$(dirname "$0")/mqbroker.real" "$@" ;;
esac
exec sleep 100000
