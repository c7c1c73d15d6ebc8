# shellcheck shell=bash disable=SC1091,SC2128,SC2178,SC2154 # core.sh is checked by itself; PROMPT_COMMAND is a string or an array
# roost's hook for bash, 3.2 and newer. Source it near the end of .bashrc: `roost setup bash` puts that line there.

# Aliases are expanded while a function is read, so the user's are off until the end of this file.
_roost_aliases=''
if \shopt -q expand_aliases; then
  _roost_aliases=1
  \shopt -u expand_aliases
fi

# The directory of this file. Absolute, for the program is looked for from it wherever the shell has gone.
_roost_here=${BASH_SOURCE[0]-}
case $_roost_here in /*) ;; *) _roost_here=$PWD/$_roost_here ;; esac
_roost_here=${_roost_here%/*}
_roost_shell=bash _roost_hook=_roost_look _roost_in_c=_roost_plainly
# What PS1 begins with while a name is shown. bash expands it whenever it draws the prompt, so a PS1 that was saved with
# it and comes back later never shows an env that is off by then; and in a child without the hook it is nothing.
# shellcheck disable=SC2016
_roost_mark='${_roost_prompt-}'
# The command in PROMPT_COMMAND: does nothing, rather than fail, where a child inherits that variable without the hook.
# One simple command, for bash-preexec tells the commands in PROMPT_COMMAND from those that the user typed.
# shellcheck disable=SC2016
_roost_call='"${_roost_hook-:}"'
[[ -x ${_roost_cli-} ]] || _roost_cli=$_roost_here/../../bin/roost
. "$_roost_here/core.sh"

# bash itself keeps `$?` across PROMPT_COMMAND. It is handed on only where another command follows in the same string:
# a function that fails sets off `set -e` and the ERR trap.
_roost_look() {
  local status=$? IFS='' # else an IFS with a letter in it takes apart what is not quoted
  _roost_check "${1-}"
  [[ $status = 0 || $- = *e* || ${PROMPT_COMMAND-} = "$_roost_call" ]] || return "$status"
}

# F2: status 0 of such a read means that it met a NUL byte or its limit. Descriptor 3 is nearly always free.
_roost_read_files() {
  local IFS=''
  _roost_name_bytes='!' _roost_version_bytes='!'
  [[ ! -r $_roost_name_file ]] || ! read -rd '' -n4097 -u3 _roost_name_bytes 3<"$_roost_name_file" || _roost_name_bytes='!'
  [[ ! -r $_roost_version_file ]] || ! read -rd '' -n4097 -u3 _roost_version_bytes 3<"$_roost_version_file" || _roost_version_bytes='!'
}

# Runs "$@" under bash's default rules for patterns and words and in the C locale, where a letter is a byte and [a-z]
# is what it says; then gives the user's options back.
_roost_plainly() {
  local LC_ALL=C IFS=$' \t\n' option had='' noglob='' globignore=${GLOBIGNORE-}
  # In UTF-8, `read` takes a NUL byte after half a letter for a part of it, so what is not ASCII is read again.
  [[ $_roost_name_bytes$_roost_version_bytes != *[![:ascii:]]* ]] || _roost_read_files
  case $- in *f*)
    noglob=1
    set +f
    ;;
  esac
  for option in failglob nocaseglob nocasematch dotglob; do
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

# `(name) ` before the prompt; an empty $1 takes it away.
_roost_show_name() {
  _roost_prompt=$1
  if [[ -z $1 ]]; then
    [[ ${PS1-} != *"$_roost_mark"* ]] || PS1=${PS1/"$_roost_mark"/}
  elif [[ ${PS1-} != *"$_roost_mark"* ]]; then
    PS1=$_roost_mark${PS1-}
  fi
}

roost() {
  local IFS=$' \t\n'
  _roost_command "$@"
}

_roost_complete() {
  local IFS=$' \t\n' found
  COMPREPLY=()
  _roost_find_cli 2>/dev/null || return 0
  found=$(PYTHONHOME='' __PYVENV_LAUNCHER__='' "$_roost_cli" complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) ||
    compopt +o dirnames +o default 2>/dev/null || : # no path belongs here; bash 3.2 has no compopt, and offers paths
  # shellcheck disable=SC2206 # no answer has a blank or a wildcard in it
  COMPREPLY=($found)
}

# Puts the hook before whatever draws the prompt, so that a theme shows the env that is on. Called again at the first
# prompt, when the whole rc file has been read and others may have put themselves in front.
_roost_register() {
  local IFS=' '
  case ${PROMPT_COMMAND[*]-} in
    # direnv sets PATH back at its turn, so ours comes right after that.
    *_direnv_hook*) ;;
    # starship runs what it found in PROMPT_COMMAND by itself, after it has seen the user's status.
    *starship_precmd*)
      case ${STARSHIP_PROMPT_COMMAND-} in *"$_roost_call"*) ;; *)
        STARSHIP_PROMPT_COMMAND=$_roost_call${STARSHIP_PROMPT_COMMAND:+;$STARSHIP_PROMPT_COMMAND}
        ;;
      esac
      return
      ;;
    *)
      # bash-preexec, too, begins with the user's status, and runs these before the rest of PROMPT_COMMAND.
      if typeset -f __bp_precmd_invoke_cmd >/dev/null; then
        case " ${precmd_functions[*]-} " in *' _roost_look '*) return ;; esac
        precmd_functions=(_roost_look ${precmd_functions[@]+"${precmd_functions[@]}"})
        PROMPT_COMMAND=${PROMPT_COMMAND/"$_roost_call"[;$'\n']/}
        PROMPT_COMMAND=${PROMPT_COMMAND/"$_roost_call"/:}
        _roost_drawn='' # it runs once more before this prompt is drawn
        return
      fi
      ;;
  esac
  _roost_put_first
}

# In PROMPT_COMMAND, or right behind direnv there.
_roost_put_first() {
  local rest=${PROMPT_COMMAND-} i
  case $rest in "$_roost_call"* | *"_direnv_hook;$_roost_call"*) return ;; esac
  for i in "${!PROMPT_COMMAND[@]}"; do # of an array, the other fields
    [[ $i = 0 ]] || PROMPT_COMMAND[i]=${PROMPT_COMMAND[i]/"$_roost_call"/:}
  done
  rest=${rest/"$_roost_call"[;$'\n']/}
  rest=${rest/"$_roost_call"/:}
  case $rest in
    *_direnv_hook*) PROMPT_COMMAND="${rest%%_direnv_hook*}_direnv_hook;$_roost_call${rest#*_direnv_hook}" ;;
    *) PROMPT_COMMAND=$_roost_call${rest:+;$rest} ;;
  esac
}

_roost_on_first_prompt() {
  complete -o dirnames -o default -F _roost_complete roost
  _roost_register
}

case $- in *i*)
  _roost_register
  # In a project at once, for a theme that has put itself in front draws the first prompt before the hook's turn.
  _roost_settled=:!::!::${PYENV_ROOT-}:${PATH-} # what it comes to where there is no project and no env is on
  _roost_look silent
  _roost_settled='' # a later line of the rc file may set PATH or the prompt, so the first prompt looks again
  ;;
esac

[ -z "$_roost_aliases" ] || shopt -s expand_aliases
\unset _roost_aliases _roost_here
