#!/usr/bin/env bash
# What tests/bare_machine.sh does inside the fresh Debian, as its first process. Arguments: a free port; all, run or test.
set -euo pipefail
port="$1" what="$2"
log=/root/run.log

say() { printf '\n### %s\n' "$*"; }
fail() { printf '\nFAILED: %s\n' "$*" >&2; tail -n 40 "$log" >&2 || true; exit 1; }
seconds() { date +%s.%N; }
healthy() { [ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/api/v1/health")" = 200 ]; }

# start LIMIT: make run in the background, until it is healthy; LIMIT is in seconds.
start() {
    local limit="$1" begun took
    begun="$(seconds)"
    make run PORT="$port" >"$log" 2>&1 &
    maker=$!
    until healthy; do
        kill -0 "$maker" 2>/dev/null || fail "make run ended by itself"
        late "$begun" "$limit" && fail "not up within $limit s"
        sleep 0.1
    done
    took="$(python3 -c "print(f'{$(seconds) - $begun:.1f}')")"
    echo "up after $took s"
    late "$begun" "$limit" && fail "not up within $limit s"
    until grep -q '^Ready' "$log"; do
        late "$begun" "$((limit + 60))" && fail "no welcome"
        sleep 0.1
    done
}
late() { python3 -c "import sys; sys.exit(0 if $(seconds) - $1 > $2 else 1)"; }

# stop: SIGTERM to make, as a service manager sends it; then nothing but this shell may be left.
stop() {
    local begun left
    begun="$(seconds)"
    kill -TERM "$maker"
    wait "$maker" || true
    python3 -c "print(f'ended after {$(seconds) - $begun:.1f} s')"
    left="$(others)"
    [ -z "$left" ] || fail "processes are left: $left"
}

# Every process of this machine but the first one, this shell and what it runs to find out.
others() {
    local pid
    for pid in $(cd /proc && echo [0-9]*); do
        [ "$pid" = 1 ] || [ "$pid" = "$BASHPID" ] || [ "$pid" = "$$" ] || [ "$pid" = "$PPID" ] ||
            { [ -s "/proc/$pid/cmdline" ] && tr '\0' ' ' <"/proc/$pid/cmdline"; } || true
    done 2>/dev/null
}

show_run() {
    say "make run, the first time"
    start 600
    cat "$log"
    curl -fsS -H "Host: market.localhost:$port" "http://127.0.0.1:$port/app/" -o /root/page.html || fail "no sign-in page"
    script="$(sed -n 's#.*src="\(/app/assets/[^"]*\.js\)".*#\1#p' /root/page.html | head -n 1)"
    [ -n "$script" ] || fail "the sign-in page has no app"
    curl -fsS -H "Host: market.localhost:$port" "http://127.0.0.1:$port$script" -o /dev/null || fail "no app at $script"
    stop

    say "make run again, with the network cut off"
    unshare --net bash "$0" "$port" without-network
}

show_test() {
    say "make test"
    make test 2>&1 | tee /root/test.log
    grep -qE '[0-9]+ skipped' /root/test.log && fail "tests were skipped"
    [ -z "$(others)" ] || fail "the tests left processes: $(others)"
}

if [ "$what" != without-network ]; then
    say "Cloning"
    git -c advice.detachedHead=false clone -q /project.bundle /root/aisales
    cd /root/aisales
    case "$what" in
        all) show_run; show_test ;;
        run) show_run ;;
        test) show_test ;;
        *) fail "I know all, run and test, not '$what'" ;;
    esac
    exit 0
fi

# The loopback of a new network has to be switched on; a bare Debian has no ip command.
python3 - <<'P'
import fcntl, socket, struct
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
fcntl.ioctl(socket.socket(), SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
P
cd /root/aisales
curl -s -m 3 "http://$(sed -n 's#^deb [^ ]*//\([^/ ]*\).*#\1#p' /etc/apt/sources.list | head -n 1)/" -o /dev/null && fail "the network is still there"
start 5
stop
