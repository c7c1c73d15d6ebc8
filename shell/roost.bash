# shellcheck shell=bash disable=SC1091,SC2128,SC2178,SC2154 # core.sh is checked by itself, its variables are not seen; PROMPT_COMMAND is a string or an array
# roost for bash, 3.2 and newer. Source it near the end of .bashrc: `roost setup bash` puts that line there.

# Aliases are expanded while a function is read, so the user's are off until the end of this file.
_roost_aliases=''
if \shopt -q expand_aliases; then
  _roost_aliases=1
  \shopt -u expand_aliases
fi

_roost_here=${BASH_SOURCE[0]%/*} _roost_shell=bash
. "$_roost_here/core.sh"

# True if nothing changed since the last look that was acted on: the work of nearly every prompt, so
# it is one function in each adapter. Reads the files $1 and $2, or finds them.
# F2: _roost_raw and _roost_more get a `:` and all bytes of their file, `!` if there is a NUL byte or
# too much, nothing if it cannot be read. Status 0 of such a read means that it met a NUL byte or its limit.
_roost_unchanged() {
  local one='' two=''
  if [[ $# -gt 0 ]]; then
    _roost_name_file=$1 _roost_version_file=$2
  elif [[ -f $PWD/.python-virtualenv && -f $PWD/.python-version ]]; then
    _roost_name_file=$PWD/.python-virtualenv _roost_version_file=$PWD/.python-version
  else
    _roost_find
  fi
  if [[ ! -r $_roost_name_file ]]; then
    _roost_raw=''
  elif IFS='' read -r -d '' -n 4097 one <"$_roost_name_file"; then
    _roost_raw='!'
  else
    _roost_raw=:$one
  fi
  if [[ ! -r $_roost_version_file ]]; then
    _roost_more=''
  elif IFS='' read -r -d '' -n 4097 two <"$_roost_version_file"; then
    _roost_more='!'
  else
    _roost_more=:$two
  fi
  # Of PATH it is enough to know that it begins as it did and is as long.
  [[ $_roost_name_file$_roost_raw:$_roost_version_file$_roost_more = "$_roost_settled" &&
    ${VIRTUAL_ENV-} = "$_roost_active" && ${#PATH}:${PYENV_ROOT-} = "$_roost_length" && $PATH = "$_roost_head"* ]] &&
    [[ $_roost_state = ready && -x $_roost_env/bin/python && -f $_roost_env/pyvenv.cfg && ! -e $_roost_env/.roost-building ||
      $_roost_state = idle ]]
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

# `$?` belongs to the user. Bash itself keeps it across PROMPT_COMMAND; it is handed on only where
# another hook follows in the same string, for a failing command sets off `set -e` and the ERR trap.
_roost_prompt_command() {
  local status=$?
  [ "${ROOST_DISABLE-}" = 1 ] || _roost_unchanged || _roost_exactly _roost_prompt || :
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
