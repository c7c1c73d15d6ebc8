# The stopwatch inside an interactive zsh. Sourced before the tool under test; every name begins with _bench_.
zmodload zsh/datetime
typeset -ga _bench_samples
precmd_functions=() chpwd_functions=()

# What zsh calls before each prompt is written out below, so that no function call of ours is counted: precmd_functions
# in their order. (A function `precmd` would come first; no tool here has one. chpwd is zsh's own: `cd` is real.)
_bench_hooks() {
  local _bench_hook
  for _bench_hook in $precmd_functions; do $_bench_hook; done
}

# One sample a line, in seconds: as many prompts as $1 says.
_bench_prompt() {
  local _bench_i _bench_t _bench_hook
  for (( _bench_i = 0; _bench_i < $1; _bench_i++ )); do
    _bench_t=$EPOCHREALTIME
    for _bench_hook in $precmd_functions; do $_bench_hook; done
    _bench_samples+=("$_bench_t $EPOCHREALTIME")
  done
}

# $1 times to $2 and to $3, a prompt after each; the lines alternate.
_bench_walk() {
  local _bench_i _bench_t _bench_to _bench_hook
  for (( _bench_i = 0; _bench_i < $1; _bench_i++ )); do
    for _bench_to in "$2" "$3"; do
      _bench_t=$EPOCHREALTIME
      cd "$_bench_to"
      for _bench_hook in $precmd_functions; do $_bench_hook; done
      _bench_samples+=("$_bench_t $EPOCHREALTIME")
    done
  done
}

# Goes to $1, and stays there until the tool has settled.
_bench_go() {
  cd "$1"
  repeat 3; do _bench_hooks; done
  _bench_samples=("${VIRTUAL_ENV-}")
}

# Between two kill(pid, 0), which strace shows: one prompt, or one cd to $1 with its prompt.
_bench_traced() {
  kill -0 $$
  [[ -z $1 ]] || cd "$1"
  _bench_hooks
  kill -0 $$
}

# Answers the runner: $1 is the number of the question, the rest a function of this file and its arguments.
_bench() {
  local _bench_id=$1 _bench_do=_bench_$2
  _bench_samples=()
  shift 2
  "$_bench_do" "$@"
  print -rl -- "${_bench_samples[@]}" >| "$BENCH_OUT"
  print "\n<$_bench_id>"
}

# At the end of the rc file: what its lines took, and the first prompt.
_bench_started() {
  local _bench_t=$EPOCHREALTIME
  [[ -n ${BENCH_ONCE-} ]] || return 0
  _bench_hooks
  _bench_samples=("$_bench_0 $_bench_1" "$_bench_t $EPOCHREALTIME")
  print -rl -- "${_bench_samples[@]}" >| "$BENCH_OUT"
  exit 0
}
