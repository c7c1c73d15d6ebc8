# roost for zsh, 5.8 and newer. Source it near the end of .zshrc: `roost setup zsh` puts that line there.

# Aliases are expanded while a function is read, so the user's are off until the end of this file.
_roost_aliases=''
if [[ -o aliases ]]; then
  _roost_aliases=1
  \unsetopt aliases
fi

_roost_here=${${(%):-%x}:A:h} _roost_shell=zsh
. "$_roost_here/core.sh"

# F2: the bytes of the files $1 and $2 into _roost_raw and _roost_more: `:` and all of them, `!` if
# there is a NUL byte or too much, nothing if it cannot be read.
_roost_slurp() {
  local one two
  unset one two
  [[ ! -r $1 ]] || read -r -k 4097 -u 0 one <"$1"
  [[ ! -r $2 ]] || read -r -k 4097 -u 0 two <"$2"
  _roost_raw="${one+:$one}" _roost_more="${two+:$two}"
  [[ $_roost_raw != *$'\0'* && ${#_roost_raw} -le 4097 ]] || _roost_raw='!'
  [[ $_roost_more != *$'\0'* && ${#_roost_more} -le 4097 ]] || _roost_more='!'
}

# Runs "$@" under zsh's default rules, as do the functions that zsh itself calls.
_roost_plainly() {
  emulate -L zsh -o no_multibyte -o null_glob -o no_err_exit -o no_err_return -o no_warn_create_global
  "$@"
}

_roost_chpwd() {
  emulate -L zsh -o no_multibyte -o null_glob -o no_err_exit -o no_err_return -o no_warn_create_global
  [ "${ROOST_DISABLE-}" = 1 ] || _roost_unchanged || _roost_decide
}

_roost_precmd() {
  emulate -L zsh -o no_multibyte -o null_glob -o no_err_exit -o no_err_return -o no_warn_create_global
  if [ "${ROOST_DISABLE-}" = 1 ] || _roost_unchanged; then
    return
  elif [ -n "${WIDGET-}" ]; then
    _roost_decide # some line-editor widgets call precmd functions: no time for a message
  else
    _roost_prompt
  fi
}

roost() {
  emulate -L zsh -o no_multibyte -o null_glob -o no_err_exit -o no_err_return -o no_warn_create_global
  _roost_command "$@"
}

# First among the precmd functions, so that a theme sees the env at its own turn.
if [[ -o interactive ]]; then
  () {
    emulate -L zsh
    typeset -ga precmd_functions chpwd_functions
    precmd_functions=(_roost_precmd ${precmd_functions:#_roost_precmd})
    chpwd_functions=(_roost_chpwd ${chpwd_functions:#_roost_chpwd})
  }
fi

[[ -z $_roost_aliases ]] || setopt aliases
\unset _roost_aliases
