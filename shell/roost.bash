# shellcheck shell=bash disable=SC1091,SC2128,SC2178 # core.sh is checked by itself; PROMPT_COMMAND is a string or an array
# roost for bash, 3.2 and newer. Source it near the end of .bashrc: `roost setup bash` puts that line there.

# Aliases are expanded while a function is read, so the user's are off until the end of this file.
_roost_aliases=''
if \shopt -q expand_aliases; then
  _roost_aliases=1
  \shopt -u expand_aliases
fi

_roost_here=${BASH_SOURCE[0]%/*} _roost_shell=bash
. "$_roost_here/core.sh"

# F2: the bytes of the files $1 and $2 into _roost_raw and _roost_more: `:` and all of them, `!` if
# there is a NUL byte or too much, nothing if it cannot be read. Status 0 of such a read means that it
# met a NUL byte or its limit.
_roost_slurp() {
  local one='' two=''
  if [[ ! -r $1 ]]; then _roost_raw=''; elif IFS='' read -r -d '' -n 4097 one <"$1"; then _roost_raw='!'; else _roost_raw=:$one; fi
  if [[ ! -r $2 ]]; then _roost_more=''; elif IFS='' read -r -d '' -n 4097 two <"$2"; then _roost_more='!'; else _roost_more=:$two; fi
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
  [ -z "$globignore" ] || GLOBIGNORE=$globignore
  # shellcheck disable=SC2086 # names of options, split at blanks
  [ -z "$had" ] || shopt -s $had
  [ -z "$noglob" ] || set -f
  return "$option"
}

# `$?` belongs to the user. Bash itself keeps it across PROMPT_COMMAND; it is handed on only where
# another hook follows in the same string, for a failing command sets off `set -e` and the ERR trap.
_roost_prompt_command() {
  local status=$?
  [ "${ROOST_DISABLE-}" = 1 ] || _roost_unchanged || _roost_prompt || :
  case $- in *e*) return 0 ;; esac
  [ "${PROMPT_COMMAND-}" = _roost_prompt_command ] || return "$status"
}

roost() { _roost_command "$@"; }

# In front, in the string or in the array's first field: a version before 5.1 runs no other.
case $- in *i*)
  case "${PROMPT_COMMAND[*]-}" in
    *_roost_prompt_command*) ;;
    *) PROMPT_COMMAND=_roost_prompt_command${PROMPT_COMMAND:+;$PROMPT_COMMAND} ;;
  esac
  ;;
esac

[ -z "$_roost_aliases" ] || shopt -s expand_aliases
\unset _roost_aliases
