# shellcheck shell=bash
# The stopwatch inside an interactive bash. Sourced before the tool under test; every name begins with _bench_.
_bench_samples=()
unset PROMPT_COMMAND

# What bash does before each prompt is written out below, so that no function call of ours is counted: every
# element of PROMPT_COMMAND (before 5.1 there is only one).
_bench_hooks() {
  local _bench_hook
  for _bench_hook in "${PROMPT_COMMAND[@]}"; do eval "$_bench_hook"; done
}

# One sample a line, in seconds: as many prompts as $1 says.
_bench_prompt() {
  local _bench_i _bench_t _bench_hook
  for ((_bench_i = 0; _bench_i < $1; _bench_i++)); do
    _bench_t=$EPOCHREALTIME
    for _bench_hook in "${PROMPT_COMMAND[@]}"; do eval "$_bench_hook"; done
    _bench_samples+=("$_bench_t $EPOCHREALTIME")
  done
}

# $1 times to $2 and to $3, a prompt after each; the lines alternate.
_bench_walk() {
  local _bench_i _bench_t _bench_to _bench_hook
  for ((_bench_i = 0; _bench_i < $1; _bench_i++)); do
    for _bench_to in "$2" "$3"; do
      _bench_t=$EPOCHREALTIME
      cd "$_bench_to" || return
      for _bench_hook in "${PROMPT_COMMAND[@]}"; do eval "$_bench_hook"; done
      _bench_samples+=("$_bench_t $EPOCHREALTIME")
    done
  done
}

# bash before 5 has no clock but `time`, which counts milliseconds: a sample is the mean of many turns.
if [ -z "${EPOCHREALTIME-}" ]; then
  _bench_turns() {
    local _bench_i _bench_hook
    for ((_bench_i = 0; _bench_i < $1; _bench_i++)); do
      [ -z "$2" ] || cd "$2" || return
      for _bench_hook in "${PROMPT_COMMAND[@]}"; do eval "$_bench_hook"; done
      [ -z "$3" ] || {
        cd "$3" || return
        for _bench_hook in "${PROMPT_COMMAND[@]}"; do eval "$_bench_hook"; done
      }
    done
  }
  _bench_mean() {
    local TIMEFORMAT=%3R _bench_total
    { time _bench_turns "$1" "$2" "$3" >/dev/null 2>&1; } 2>"$BENCH_OUT.time"
    read -r _bench_total <"$BENCH_OUT.time"
    _bench_samples=("/$_bench_total $1")
  }
  _bench_prompt() { _bench_mean "$1" '' ''; }
  _bench_walk() { _bench_mean "$1" "$2" "$3"; }
fi

# Goes to $1, and stays there until the tool has settled.
_bench_go() {
  cd "$1" || return
  _bench_hooks
  _bench_hooks
  _bench_hooks
  _bench_samples=("${VIRTUAL_ENV-}")
}

# Between two kill(pid, 0), which strace shows: one prompt, or one cd to $1 with its prompt.
_bench_traced() {
  kill -0 $$
  [ -z "$1" ] || cd "$1" || return
  _bench_hooks
  kill -0 $$
}

# Answers the runner: $1 is the number of the question, the rest a function of this file and its arguments.
_bench() {
  local _bench_id=$1 _bench_do=_bench_$2
  _bench_samples=()
  shift 2
  "$_bench_do" "$@"
  printf '%s\n' "${_bench_samples[@]}" >|"$BENCH_OUT"
  printf '\n<%s>\n' "$_bench_id"
}

# At the end of the rc file: what its lines took, and the first prompt.
_bench_started() {
  local _bench_t=${EPOCHREALTIME-}
  [ -n "${BENCH_ONCE-}" ] || return 0
  _bench_hooks
  _bench_samples=("$_bench_0 $_bench_1" "$_bench_t ${EPOCHREALTIME-}")
  printf '%s\n' "${_bench_samples[@]}" >|"$BENCH_OUT"
  exit 0
}
