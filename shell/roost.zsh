# roost for zsh, 5.8 and newer. Source it near the end of .zshrc: `roost setup zsh` puts that line there.

# Aliases are expanded while a function is read, so the user's are off until the end of this file; and
# so is a warning about variables of ours, where a function sources this.
\typeset -g _roost_options=''
[[ ! -o aliases ]] || _roost_options=aliases
[[ ! -o warn_create_global ]] || _roost_options+=,global
\unsetopt aliases warn_create_global

_roost_here=${${(%):-%x}:A:h} _roost_shell=zsh _roost_listing=''
. "$_roost_here/core.sh"

# The whole work of nearly every prompt: reads the files that decide here, and is done if nothing
# changed since what was last acted on. $1 is empty at a prompt; `silent` where no message fits; `read`
# only reads the files $2 and $3 for the caller. Its end gives the user's options and DEBUG trap back.
# F2: _roost_raw and _roost_more get all bytes of their file, or `!`, which no rule accepts. Descriptor
# 3 is nearly always free: nothing to put aside and to bring back.
_roost_look() {
  emulate -L zsh -o no_multibyte -o null_glob -o no_err_exit -o no_err_return -o no_warn_create_global -o no_warn_nested_var
  trap - DEBUG
  if [[ $PWD != "$_roost_place" || -f $_roost_n1 || -f $_roost_n2 || -f $_roost_n3 || -f $_roost_n4 || -f $_roost_n5 || -f $_roost_n6 ||
    -n $_roost_n7 && (-f $_roost_n7 || -f $_roost_n8 || -f $_roost_n9 || -f $_roost_n10 || -f $_roost_n11 || -f $_roost_n12) ]] ||
    { [[ -n $_roost_far ]] && _roost_ask_further; }; then _roost_find "$@"; fi
  _roost_raw='!' _roost_more='!'
  [[ ! -f $_roost_name_file || ! -r $_roost_name_file ]] || read -rk4097 -u3 _roost_raw 3<"$_roost_name_file" || :
  [[ ! -f $_roost_version_file || ! -r $_roost_version_file ]] || read -rk4097 -u3 _roost_more 3<"$_roost_version_file" || :
  [[ $_roost_name_file$_roost_raw:$_roost_version_file$_roost_more:${VIRTUAL_ENV-}:${PYENV_ROOT-} = "$_roost_settled" &&
    ${PATH-} = "$_roost_path" && ($_roost_state = idle || $_roost_state = ready &&
    -x $_roost_env/bin/python && ! -e $_roost_env/.roost-building) ]] || _roost_changed "${1-}"
}

# The walk for the file $1 met none in the nearest directories, up to dir: sets dir to the one above that
# has it, or to `-`. With 200 letters in it, ${dir%/*} takes zsh ten times as long.
_roost_walk_on() {
  _roost_far=${dir:-$_roost_far}
  while [[ -n $dir ]]; do
    dir=${dir:h}
    [[ $dir != / ]] || dir=''
    [[ ! -f $dir$1 ]] || return 0
  done
  dir=-
}

_roost_changed() {
  local seen=$_roost_name_file$_roost_raw:$_roost_version_file$_roost_more
  [[ $_roost_raw != *$'\0'* && ${#_roost_raw} -le 4096 ]] || _roost_raw='!'
  [[ $_roost_more != *$'\0'* && ${#_roost_more} -le 4096 ]] || _roost_more='!'
  [[ $1 != read && ${ROOST_DISABLE-} != 1 ]] || return 0
  if [[ $_roost_raw$_roost_more = *'!'* ]] && _roost_lost; then
    _roost_place=''
    _roost_look "$1"
    return
  fi
  _roost_seen=$seen
  if [[ -n $1${WIDGET-} ]]; then
    _roost_decide # some line-editor widgets call precmd functions: no time for a message
  else
    _roost_prompt
  fi
}

# zsh acts at once on a cd; but a local PATH, as a function has that goes elsewhere, is left to it.
_roost_chpwd() { [[ ${(t)PATH-}${(t)PYTHONHOME-} = *local* ]] || _roost_look silent; }

# Runs "$@" under zsh's default rules, as do the functions that zsh itself calls.
_roost_plainly() {
  emulate -L zsh -o no_multibyte -o null_glob -o no_err_exit -o no_err_return -o no_warn_create_global -o no_warn_nested_var
  trap - DEBUG
  "$@"
}

roost() { _roost_plainly _roost_command "$@"; }

_roost_offer() {
  if typeset -f compdef >/dev/null; then
    compdef _roost_complete roost
  fi
}

_roost_complete() {
  _roost_plainly _roost_suggest $((CURRENT - 1)) "$PREFIX" "$words[2]"
  if [[ -n $_roost_word ]]; then
    compadd -- ${(f)_roost_word}
  else
    _default
  fi
}

# First among the precmd functions, so that a theme sees the env at its own turn; but for direnv, which
# sets PATH back at its turn.
if [[ -o interactive ]]; then
  () {
    emulate -L zsh
    typeset -ga precmd_functions chpwd_functions
    precmd_functions=(${(M)precmd_functions:#_direnv_hook} _roost_look ${precmd_functions:#_(direnv_hook|roost_look)})
    chpwd_functions=(${(M)chpwd_functions:#_direnv_hook} _roost_chpwd ${chpwd_functions:#_(direnv_hook|roost_chpwd)})
  }
fi

[[ $_roost_options != *aliases* ]] || setopt aliases
[[ $_roost_options != *global* ]] || setopt warn_create_global
\unset _roost_options
