# roost's hook for zsh, 5.8 and newer. Source it near the end of .zshrc: `roost setup zsh` puts that line there.

# Aliases are expanded while a function is read, so the user's are off until the end of this file; and so is a warning
# about variables of ours, where a function sources this.
\typeset -g _roost_options=''
[[ ! -o aliases ]] || _roost_options=aliases
[[ ! -o warn_create_global ]] || _roost_options+=,global
\unsetopt aliases warn_create_global

_roost_here=${${(%):-%x}:A:h} _roost_shell=zsh _roost_in_c=''
# What PS1 begins with while a name is shown. zsh takes the name from psvar whenever it draws the prompt, so a PS1 that
# was saved with it and comes back later never shows an env that is off by then. The activate script uses psvar[9].
_roost_mark='%(10V.%10v.)'
[[ -x ${_roost_cli-} ]] || _roost_cli=$_roost_here/../../bin/roost
. "$_roost_here/core.sh"

# Runs "$@" under zsh's default rules; its end gives the user's options and DEBUG trap back.
_roost_plainly() {
  emulate -L zsh -o no_multibyte -o null_glob -o no_err_exit -o no_err_return -o no_warn_create_global -o no_warn_nested_var
  trap - DEBUG
  "$@"
}

# Some widgets of the line editor run the precmd functions: nothing can be printed there.
_roost_look() {
  emulate -L zsh -o no_multibyte -o null_glob -o no_err_exit -o no_err_return -o no_warn_create_global -o no_warn_nested_var
  trap - DEBUG
  [[ -z $_roost_prompt ]] || psvar[10]=$_roost_prompt # a theme may have emptied psvar
  _roost_check "${1-}${WIDGET-}"
}

# At once on a cd; but not while the rc file is read, nor where PATH is a function's own, as it goes away with that.
_roost_chpwd() { [[ -z $_roost_drawn || ${(t)PATH-}${(t)PYTHONHOME-} = *local* ]] || _roost_look silent; }

# F2: status 0 of such a read means that it met its limit. Descriptor 3 is nearly always free.
_roost_read_files() {
  _roost_name_bytes='!' _roost_version_bytes='!'
  [[ ! -r $_roost_name_file ]] || ! read -rk4097 -u3 _roost_name_bytes 3<"$_roost_name_file" || _roost_name_bytes='!'
  [[ ! -r $_roost_version_file ]] || ! read -rk4097 -u3 _roost_version_bytes 3<"$_roost_version_file" || _roost_version_bytes='!'
  [[ $_roost_name_bytes$_roost_version_bytes != *$'\0'* ]] || {
    [[ $_roost_name_bytes != *$'\0'* ]] || _roost_name_bytes='!'
    [[ $_roost_version_bytes != *$'\0'* ]] || _roost_version_bytes='!'
  }
}

# `(name) ` before the prompt; an empty $1 takes it away.
_roost_show_name() {
  _roost_prompt=$1 psvar[10]=$1
  if [[ -n $1 ]]; then
    [[ $PS1 = *$_roost_mark* ]] || PS1=$_roost_mark$PS1
  else
    PS1=${PS1/"$_roost_mark"/}
    while [[ -z ${psvar[-1]-none} ]]; do psvar[-1]=(); done # as it was
  fi
}

roost() { _roost_plainly _roost_command "$@"; }

_roost_complete() {
  local -a found
  _roost_plainly _roost_find_cli 2>/dev/null || return
  found=(${(f)"$(PYTHONHOME='' __PYVENV_LAUNCHER__='' $_roost_cli complete "${(@)words[2,CURRENT]}" 2>/dev/null)"}) || return
  if (( $#found )); then compadd -- $found; else _path_files -/ || _default; fi
}

_roost_on_first_prompt() { ! typeset -f compdef >/dev/null || compdef _roost_complete roost; }

# First among the precmd functions, so that a theme shows the env that is on; but after direnv, which sets PATH back at
# its turn.
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
\unset _roost_options _roost_here
