# shellcheck shell=bash disable=SC1091,SC2128,SC2178,SC2154 # core.sh is checked by itself, its variables are not seen; PROMPT_COMMAND is a string or an array
# roost for bash, 3.2 and newer. Source it near the end of .bashrc: `roost setup bash` puts that line there.

# Aliases are expanded while a function is read, so the user's are off until the end of this file.
_roost_aliases=''
if \shopt -q expand_aliases; then
  _roost_aliases=1
  \shopt -u expand_aliases
fi

# Absolute, for a program is looked for beside it.
case ${BASH_SOURCE[0]-} in
  /*) _roost_here=${BASH_SOURCE[0]%/*} ;;
  */*) _roost_here=$PWD/${BASH_SOURCE[0]%/*} ;;
  ?*) _roost_here=$PWD ;;
  *) _roost_here='' ;;
esac
_roost_shell=bash _roost_listing=_roost_plainly
. "$_roost_here/core.sh"

# The whole work of nearly every prompt: reads the files that decide here, and is done if nothing
# changed since what was last acted on. $1 is empty at a prompt; `silent` where no message fits; `read`
# only reads the files $2 and $3 for the caller. Short, for bash copies a function each time it runs.
# F2: _roost_raw and _roost_more get all bytes of their file, or `!`, which no rule accepts. Status 0
# of such a read means that it met a NUL byte or its limit. Descriptor 3 is nearly always free: nothing
# to put aside and to bring back.
# `$?` belongs to the user. Bash itself keeps it across PROMPT_COMMAND; it is handed on only where
# another hook follows in the same string, for a failing command sets off `set -e` and the ERR trap.
_roost_look() {
  local status=$? IFS=''
  if [[ $PWD != "$_roost_place" || -f $_roost_n1 || -f $_roost_n2 || -f $_roost_n3 || -f $_roost_n4 || -f $_roost_n5 || -f $_roost_n6 ]] ||
    { [[ -n $_roost_n7 ]] && _roost_ask_rest; } || { [[ -n $_roost_far ]] && _roost_ask_further; }; then _roost_find "$@"; fi
  if [[ ! -f $_roost_name_file || ! -r $_roost_name_file ]] || read -rd '' -n4097 -u3 _roost_raw 3<"$_roost_name_file"; then
    _roost_raw='!'
  fi
  if [[ ! -f $_roost_version_file || ! -r $_roost_version_file ]] || read -rd '' -n4097 -u3 _roost_more 3<"$_roost_version_file"; then
    _roost_more='!'
  fi
  [[ $_roost_name_file$_roost_raw:$_roost_version_file$_roost_more:${VIRTUAL_ENV-}:${PYENV_ROOT-} = "$_roost_settled" &&
    ${PATH-} = "$_roost_path" && ($_roost_state = idle || $_roost_state = ready &&
    -x $_roost_env/bin/python && ! -e $_roost_env/.roost-building) ]] || _roost_changed "${1-}" || :
  [[ $status = 0 || $- = *e* || ${PROMPT_COMMAND-} = _roost_look ]] || return "$status"
}

# The rest of the nearest files, by itself: a longer _roost_look is a dearer one.
_roost_ask_rest() {
  [[ -f $_roost_n7 || -f $_roost_n8 || -f $_roost_n9 || -f $_roost_n10 || -f $_roost_n11 || -f $_roost_n12 ]]
}

# The walk for the file $1 met none in the nearest directories, up to dir: sets dir to the one above that
# has it, or to `-`.
_roost_walk_on() {
  _roost_far=${dir:-$_roost_far}
  dir=${dir%/*}
  while [[ -n $dir && ! -f $dir$1 ]]; do dir=${dir%/*}; done
  [[ -n $dir || -f $1 ]] || dir=-
}

_roost_changed() {
  local seen=$_roost_name_file$_roost_raw:$_roost_version_file$_roost_more
  if [[ $_roost_raw = *[![:ascii:]]* ]] && _roost_meets_nul "$_roost_name_file" 2>/dev/null; then _roost_raw='!'; fi
  if [[ $_roost_more = *[![:ascii:]]* ]] && _roost_meets_nul "$_roost_version_file" 2>/dev/null; then _roost_more='!'; fi
  [[ $1 != read && ${ROOST_DISABLE-} != 1 ]] || return 0
  if [[ $_roost_raw$_roost_more = *'!'* ]] && _roost_lost; then
    _roost_place=''
    _roost_look "$1"
    return
  fi
  _roost_seen=$seen
  if [[ -n $1 ]]; then set -- _roost_decide; else set -- _roost_prompt; fi
  if shopt -q nocasematch; then _roost_exactly "$1"; else "$1"; fi
}

# Has the file $1 a NUL byte in its first 4097? In UTF-8, `read` takes one that follows the first byte of a
# longer letter for a part of it; and a file that looks the same then may be known as good.
_roost_meets_nul() {
  local LC_ALL=C REPLY
  [[ -f $1 && -r $1 ]] && read -rd '' -n4097 <"$1" && _roost_forget_envs
}

# Runs "$@", which lists directories, under bash's default rules for that and gives the user's back.
_roost_plainly() {
  local IFS=' ' option had='' noglob='' globignore=${GLOBIGNORE-}
  case $- in *f*)
    noglob=1
    set +f
    ;;
  esac
  for option in failglob nocaseglob dotglob; do
    if shopt -q "$option"; then
      had="$had $option"
      shopt -u "$option"
    fi
  done
  [ -z "$globignore" ] || GLOBIGNORE=''
  "$@"
  option=$?
  if [ -n "$globignore" ]; then
    GLOBIGNORE=$globignore
    shopt -u dotglob # which that turns on
  fi
  # shellcheck disable=SC2086 # names of options, split at blanks
  [ -z "$had" ] || shopt -s $had
  [ -z "$noglob" ] || set -f
  return "$option"
}

# Runs "$@" with letters in either case told apart.
_roost_exactly() {
  if ! shopt -q nocasematch; then
    "$@"
  else
    shopt -u nocasematch
    "$@"
    set -- $?
    shopt -s nocasematch
    return "$1"
  fi
}

roost() {
  local IFS=' '
  _roost_exactly _roost_command "$@"
}

_roost_offer() { complete -o default -F _roost_complete roost; }

_roost_complete() {
  local IFS=$_roost_newline
  _roost_plainly _roost_suggest "$COMP_CWORD" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[1]}"
  # shellcheck disable=SC2206 # a line each, and no name has a wildcard in it
  COMPREPLY=($_roost_word)
}

# In front, in the string or in the array's first field: a version before 5.1 runs no other. But direnv
# sets PATH back at its turn, so ours is after it; and starship, which has to see PIPESTATUS first, runs
# what it found in PROMPT_COMMAND by itself.
case $- in *i*)
  case "${PROMPT_COMMAND[*]-}" in
    *_roost_look*) ;;
    *starship_precmd*)
      case ${STARSHIP_PROMPT_COMMAND-} in
        *_roost_look*) ;;
        *) STARSHIP_PROMPT_COMMAND=_roost_look${STARSHIP_PROMPT_COMMAND:+;$STARSHIP_PROMPT_COMMAND} ;;
      esac
      ;;
    *_direnv_hook*) PROMPT_COMMAND=${PROMPT_COMMAND%%_direnv_hook*}_direnv_hook\;_roost_look${PROMPT_COMMAND#*_direnv_hook} ;;
    *) PROMPT_COMMAND=_roost_look${PROMPT_COMMAND:+;$PROMPT_COMMAND} ;;
  esac
  ;;
esac

[ -z "$_roost_aliases" ] || shopt -s expand_aliases
\unset _roost_aliases
