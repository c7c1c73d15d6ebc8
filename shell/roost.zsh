# roost for zsh, 5.8 and newer. Source it near the end of .zshrc: `roost setup zsh` puts that line there.

# Aliases are expanded while a function is read, so the user's are off until the end of this file.
_roost_aliases=''
if [[ -o aliases ]]; then
  _roost_aliases=1
  \unsetopt aliases
fi

_roost_here=${${(%):-%x}:A:h} _roost_shell=zsh
. "$_roost_here/core.sh"

# True if nothing changed since the last look that was acted on: the work of nearly every prompt, so
# it is one function in each adapter. Reads the files $1 and $2, or finds them.
# F2: _roost_raw and _roost_more get a `:` and all bytes of their file, `!` if there is a NUL byte or
# too much, nothing if it cannot be read.
_roost_unchanged() {
  local one two
  unset one two
  if [[ $# -gt 0 ]]; then
    _roost_name_file=$1 _roost_version_file=$2
  elif [[ -f $PWD/.python-virtualenv && -f $PWD/.python-version ]]; then
    _roost_name_file=$PWD/.python-virtualenv _roost_version_file=$PWD/.python-version
  else
    _roost_find
  fi
  [[ ! -r $_roost_name_file ]] || read -r -k 4097 -u 0 one <"$_roost_name_file"
  [[ ! -r $_roost_version_file ]] || read -r -k 4097 -u 0 two <"$_roost_version_file"
  _roost_raw="${one+:$one}" _roost_more="${two+:$two}"
  [[ $_roost_raw != *$'\0'* && ${#_roost_raw} -le 4097 ]] || _roost_raw='!'
  [[ $_roost_more != *$'\0'* && ${#_roost_more} -le 4097 ]] || _roost_more='!'
  # Of PATH it is enough to know that it begins as it did and is as long.
  [[ $_roost_name_file$_roost_raw:$_roost_version_file$_roost_more = "$_roost_settled" &&
    ${VIRTUAL_ENV-} = "$_roost_active" && ${#PATH}:${PYENV_ROOT-} = "$_roost_length" && $PATH = "$_roost_head"* ]] &&
    [[ $_roost_state = ready && -x $_roost_env/bin/python && -f $_roost_env/pyvenv.cfg && ! -e $_roost_env/.roost-building ||
      $_roost_state = idle ]]
}

# Runs "$@" under zsh's default rules, as do the functions that zsh itself calls.
_roost_plainly() {
  emulate -L zsh -o no_multibyte -o null_glob -o no_err_exit -o no_err_return -o no_warn_create_global -o no_warn_nested_var
  "$@"
}

_roost_chpwd() {
  emulate -L zsh -o no_multibyte -o null_glob -o no_err_exit -o no_err_return -o no_warn_create_global -o no_warn_nested_var
  [ "${ROOST_DISABLE-}" = 1 ] || _roost_unchanged || _roost_decide
}

_roost_precmd() {
  emulate -L zsh -o no_multibyte -o null_glob -o no_err_exit -o no_err_return -o no_warn_create_global -o no_warn_nested_var
  if [ "${ROOST_DISABLE-}" = 1 ] || _roost_unchanged; then
    return
  elif [ -n "${WIDGET-}" ]; then
    _roost_decide # some line-editor widgets call precmd functions: no time for a message
  else
    _roost_prompt
  fi
}

roost() { _roost_plainly _roost_command "$@"; }

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
