# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154,SC2317 # the adapters read, set and call some of this
# roost's hook, the part that bash (3.2 and newer) and zsh share. roost.bash and roost.zsh, the adapters, source it.
#
# At each prompt _roost_check walks up to the two project files, reads them, and is done if nothing has changed. If
# something has, _roost_decide finds the env that the files ask for and turns it on or off. All of that is builtins:
# no process, no eval, and no file of a project or of an env is sourced. If the env is not ready, _roost_ask has the
# program `roost` make it, or say why it cannot; this file words no problem.
#
#   set by _roost_check
#     _roost_name_file, _roost_version_file    the two files that decide here; empty if there is none
#     _roost_name_bytes, _roost_version_bytes  what is in them; `!`, which no rule accepts, if it cannot be used
#   set by _roost_decide
#     _roost_root     the project's directory; empty outside of projects
#     _roost_env      the directory of the project's env; empty if that is not ready
#     _roost_settled  everything that this was decided from; empty if the next prompt must decide again
#   kept for the life of the shell
#     _roost_held     the project in which the user turned an env on or off by hand: the hook stays out of it (H10)
#     _roost_asked    for each project and content: <...> its env was on in this shell, {...} the program was asked
#     _roost_mine     every env that was on in this shell, a line each
#     _roost_prompt   the `(name) ` that the prompt shows now
#     _roost_drawn    1 after the first prompt: nothing may be printed before it (H6)
#     _roost_pythonhome, _roost_uv  PYTHONHOME and UV_PROJECT_ENVIRONMENT as the user had them, to be given back
#   for passing values around
#     _roost_word     what a function answers, for $(...) would start a process
#   set elsewhere: ROOST_ENV (exported: the env that the hook turned on for a project), _roost_cli (the program); by
#   the adapter, never changed: _roost_shell, _roost_mark (the text in PS1 that shows _roost_prompt), _roost_in_c (the
#   command that runs _roost_decide under the rules that this file is written for; zsh runs all of it under them)
#
# Functions also set local variables of their callers: name, request, versions, data, stem, and _roost_path, which is
# PATH while it is edited, with a colon after each field: so that no field and one empty field are two things.

_roost_settled='' _roost_env=''
# An rc file that is read again forgets none of these.
_roost_root=${_roost_root-} _roost_held=${_roost_held-} _roost_asked=${_roost_asked-} _roost_drawn=${_roost_drawn-}
_roost_mine=${_roost_mine-$'\n'} _roost_prompt=${_roost_prompt-}

# --- at each prompt -------------------------------------------------------------------------------------------

# F11: the files that count are the nearest .python-virtualenv and the nearest .python-version beside or above it;
# where there is no .python-virtualenv, the nearest .python-version. $1 is not empty where nothing may be printed.
_roost_check() {
  local dir=${PWD%/} nearest
  [[ $PWD = /?* ]] || dir='' # at the root; also in a directory that was removed, where zsh has a relative PWD
  until [[ -f $dir/.python-virtualenv || -f $dir/.python-version || -z $dir ]]; do dir=${dir%/*}; done
  nearest=$dir _roost_name_file='' _roost_version_file=''
  until [[ -f $dir/.python-virtualenv || -z $dir ]]; do dir=${dir%/*}; done
  if [[ -n $dir || -f /.python-virtualenv ]]; then
    _roost_name_file=$dir/.python-virtualenv
    until [[ -f $dir/.python-version || -z $dir ]]; do dir=${dir%/*}; done
  else
    dir=$nearest
  fi
  [[ -z $dir && ! -f /.python-version ]] || _roost_version_file=$dir/.python-version
  _roost_read_files
  # A tool that puts an older PS1 back, as terminals' integration scripts do, takes the name away with it.
  [[ -z $_roost_prompt || ${PS1-} = *"$_roost_mark"* ]] || PS1=$_roost_mark${PS1-}
  [[ $_roost_name_file:$_roost_name_bytes:$_roost_version_file:$_roost_version_bytes:${VIRTUAL_ENV-}:${PYENV_ROOT-}:${PATH-} = "$_roost_settled" &&
    (-z $_roost_env || -x $_roost_env/bin/python && ! -e $_roost_env/.roost-building) ]] || _roost_act "$1" || :
}

# --- when something has changed -------------------------------------------------------------------------------

_roost_act() {
  [[ ${ROOST_DISABLE-} != 1 ]] || return 0
  $_roost_in_c _roost_decide 2>/dev/null # bash warns on leaving the C locale if the user's is not installed
  if [[ -n $1 ]]; then
    return 0
  elif [[ -z $_roost_drawn ]]; then
    _roost_drawn=1
    _roost_on_first_prompt
  elif [[ -n $_roost_root && -z $_roost_env && -z $_roost_held ]]; then
    _roost_ask
  fi
}

_roost_decide() {
  local before=$_roost_root name='' request='' versions='' data='' unsettled='' entered='' by_hand='' _roost_path=${PATH-}:
  _roost_settled='' _roost_root='' _roost_env=''
  if [[ -n $_roost_name_file ]]; then
    _roost_parse_files
    [[ -z $request ]] || _roost_find_env
  elif [[ -n $_roost_version_file ]]; then
    _roost_find_pyenv_env
  fi
  [[ -z $_roost_root || $_roost_root = "$before" || $_roost_root -ef $before ]] || entered=1
  ! typeset -f _direnv_hook >/dev/null || _roost_drop_mine
  [[ -z ${VIRTUAL_ENV-} || $VIRTUAL_ENV = "${ROOST_ENV-}" ]] || by_hand=1
  if [[ -n $by_hand && -z $entered ]]; then
    _roost_held=$_roost_root
    [[ -z ${ROOST_ENV-} ]] || _roost_take_back "$ROOST_ENV"
    [[ -z ${ROOST_ENV-}${_OLD_VIRTUAL_PATH+set} ]] || _roost_show_name '' # an `activate` script shows its own
  else
    # A `deactivate` typed by hand holds until a project is entered, or until our env is on again, as direnv may do.
    [[ -z $entered && -z ${VIRTUAL_ENV-} ]] || _roost_held=''
    if [[ -n $_roost_env && -z $_roost_held ]]; then
      _roost_enter "$_roost_env"
      _roost_note_env
    else
      _roost_leave
    fi
  fi
  [[ $_roost_path = "${PATH-}:" ]] || export PATH="${_roost_path%:}" # which makes the shell forget where commands were
  [[ -n $unsettled || -n $_roost_root && -z $_roost_env ]] ||
    _roost_settled=$_roost_name_file:$_roost_name_bytes:$_roost_version_file:$_roost_version_bytes:${VIRTUAL_ENV-}:${PYENV_ROOT-}:${PATH-}
}

# --- what the files say (F) -----------------------------------------------------------------------------------

# Sets _roost_root, and if both files are valid also name and request.
_roost_parse_files() {
  local word
  _roost_first_word "$_roost_name_bytes"
  [[ -n $_roost_word ]] || return 0 # F9: an empty file says that there is no env here
  word=$_roost_word
  _roost_root=${_roost_name_file%/*}
  _roost_root=${_roost_root:-/}
  _roost_first_word "$_roost_version_bytes"
  ! _roost_is_valid "$word" "${_roost_word#python-}" || name=$word request=${_roost_word#python-}
}

# F4, F5: the first word of the first line of $1 that is neither empty nor a comment.
_roost_first_word() {
  local rest=$1
  while :; do
    rest=${rest#"${rest%%[! $'\t\r\n']*}"}
    case $rest in
      '#'*$'\n'*) rest=${rest#*$'\n'} ;;
      '#'*) rest='' ;;
      *) break ;;
    esac
  done
  _roost_word=${rest%%[ $'\t\r\n']*}
}

# Is $1 the name of an env (F7), and nothing that `pyenv uninstall` would take for a version; and $2 a version (F6)?
_roost_is_valid() {
  [[ $1 = [A-Za-z0-9]* && $2 = [A-Za-z0-9]* && $1$2 != *[!A-Za-z0-9._-]* && ${#1} -le 64 && ${#2} -le 128 ]] || return 1
  case $1 in
    system | envs | [0-9]*.[0-9]*) return 1 ;;
    *[!0-9]*) ;;
    *) return 1 ;;
  esac
}

# F13: a lone .python-version may name an env as pyenv-virtualenv does: 3.12.1/envs/shop, or shop, where versions/shop
# is that env or a link to it. As long as there is none of that name, each prompt looks again: it may yet be made.
_roost_find_pyenv_env() {
  local env version
  _roost_first_word "$_roost_version_bytes"
  case $_roost_word in */envs/* | *[!0-9.]*) unsettled=1 ;; *) return 0 ;; esac
  _roost_find_stores || return 0
  if [[ $_roost_word = */envs/* ]]; then
    version=${_roost_word%%/envs/*} env=${_roost_word#*/envs/}
    _roost_is_valid "$env" "${version#python-}" || return 0
    env=$versions/${version#python-}/envs/$env
  else
    _roost_is_valid "$_roost_word" any && [[ -f $versions/$_roost_word/pyvenv.cfg ]] || return 0
    for env in "$versions/$_roost_word" "$versions"/*/envs/"$_roost_word" ''; do
      # The env itself, not a link to it: two projects that spell it in two ways share it. A link that leads out of
      # versions/ names no env.
      version=${env%/envs/*}
      [[ -L $env || -L $version || ! $env -ef $versions/$_roost_word ]] || ! _roost_is_valid any "${version##*/}" || break
    done
  fi
  [[ -f $env/pyvenv.cfg ]] || return 0
  _roost_root=${_roost_version_file%/*} unsettled=''
  _roost_root=${_roost_root:-/}
  ! _roost_is_ready "$env" || _roost_env=$env
}

# --- which env that is (V) ------------------------------------------------------------------------------------

# Sets versions (pyenv's store) and data (roost's own). False if a variable names no usable directory.
_roost_find_stores() {
  versions=${PYENV_ROOT:-${HOME-}/.pyenv} data=${ROOST_HOME-}
  if [[ -z $data ]]; then
    case ${XDG_DATA_HOME-}:${OSTYPE-} in
      /*) data=$XDG_DATA_HOME/roost ;;
      *:darwin*) data=${HOME-}/Library/Application\ Support/roost ;;
      *) data=${HOME-}/.local/share/roost ;;
    esac
  fi
  versions=${versions%/}/versions data=${data%/}/versions
  [[ $versions = /* && $data = /* && $versions$data != *[[:cntrl:]:]* ]]
}

# V2, V3: the env of the version that is named like the request; if there is no such version, of the newest release
# that continues the request and has the env.
_roost_find_env() {
  local env version stem=$request best=''
  _roost_find_stores || return 0
  # V6: without pyenv, and for `system`, there are no interpreters of ours to find, just envs in roost's own store.
  if [[ $request = system ]] || { [[ ! -d $versions ]] && ! command -v pyenv >/dev/null 2>&1; }; then versions=$data; fi
  if [[ $request != system ]] && _roost_is_usable "$versions/$request"; then
    best=$request
  else
    case $stem in system) stem='' ;; *[0-9]t) stem=${stem%t} ;; esac
    for env in "$versions/$stem"*/envs/"$name" "$data/$stem"*/envs/"$name"; do
      version=${env%/envs/*}
      version=${version##*/}
      # A half-made env does not count. One whose Python is gone does: the program says how to repair it.
      [[ -f $env/pyvenv.cfg && ! -e $env/.roost-building && (-e $env/bin/python || -L $env/bin/python) ]] || continue
      { _roost_is_usable "$versions/$version" && _roost_is_release "$version"; } || continue
      _roost_sort_key "$version"
      [[ ! $_roost_word > $best ]] || best=$_roost_word
    done
    best=${best##* }
  fi
  for env in "$versions/$best/envs/$name" "$data/$best/envs/$name"; do
    if _roost_is_ready "$env"; then
      _roost_env=$env
      return
    fi
  done
}

# Is $1 an interpreter of pyenv's; or, in roost's own store, a directory that has the env?
_roost_is_usable() {
  if [[ $1 = "$data"/* ]]; then [[ -d $1/envs/$name ]]; else [[ -x $1/bin/python && ! -e $1/pyvenv.cfg ]]; fi
}

# V2: does the version $1 continue the request, as a final release, and free-threaded only where that is asked for?
_roost_is_release() {
  local number=${1##*[!0-9]}
  _roost_is_valid any "$1" || return 1
  case $request:$1 in
    *[0-9]t:*[0-9]t) ;;
    *[0-9]t:* | *:*[0-9]t | *-dev | *-src | *-latest) return 1 ;;
  esac
  case ${number:+${1%"$number"}} in *a | *b | *rc) return 1 ;; esac
  [[ -z $stem || $1 = "$stem"[.-]* ]]
}

# $1 as text that sorts as its numbers do, then by its length, then as it is spelled: each number that a field begins
# with stands behind its own length, so that 10 comes after 9. The version itself is the last word.
_roost_sort_key() {
  local rest=$1. number length
  _roost_word=''
  while [[ -n $rest ]]; do
    number=${rest%%[!0-9]*} rest=${rest#*[.-]}
    number=${number#"${number%%[!0]*}"}
    length=00${#number}
    _roost_word=$_roost_word.${length: -3}$number
  done
  while [[ $_roost_word = *.000 ]]; do _roost_word=${_roost_word%.000}; done # 3.12.0 and 3.12 are one number
  length=00${#1}
  _roost_word="$_roost_word ${length: -3} $1"
}

# E3.
_roost_is_ready() { [[ -x $1/bin/python && -f $1/pyvenv.cfg && ! -e $1/.roost-building ]]; }

# --- the environment of this shell (H) ------------------------------------------------------------------------

# Turns the env $1 on, in place of whatever is on.
_roost_enter() {
  if [[ -n ${ROOST_ENV-} && ${VIRTUAL_ENV-} = "$ROOST_ENV" && -z ${_OLD_VIRTUAL_PATH+set} ]]; then
    # H4: if it is on already, first on PATH and there once, nothing is touched.
    if [[ $VIRTUAL_ENV = "$1" && $_roost_mine = *$'\n'"$1"$'\n'* && $_roost_path = "$1/bin:"* && :${_roost_path#*:} != *":$1/bin:"* ]]; then
      _roost_show_env "$1"
      return
    fi
    _roost_take_back "$ROOST_ENV"
  else
    _roost_leave
  fi
  _roost_drop_entry "$1/bin"
  [[ $_roost_mine = *$'\n'"$1"$'\n'* ]] || _roost_mine=$_roost_mine$1$'\n'
  _roost_path=$1/bin:$_roost_path
  export VIRTUAL_ENV="$1" VIRTUAL_ENV_PROMPT="${1##*/}" ROOST_ENV="$1"
  if [[ -n ${PYTHONHOME+set} ]]; then
    _roost_pythonhome=$PYTHONHOME
    unset PYTHONHOME
  fi
  if [[ ${ROOST_UV-} = 1 ]]; then
    _roost_uv=${UV_PROJECT_ENVIRONMENT-}
    export UV_PROJECT_ENVIRONMENT="$1"
  fi
  _roost_show_env "$1"
  deactivate() { _roost_plainly _roost_deactivate 2>/dev/null; }
}

_roost_show_env() {
  local text="(${1##*/}) "
  # A prompt that has the name already, by the user's own doing, does not get it twice.
  [[ -z ${VIRTUAL_ENV_DISABLE_PROMPT-}${PYENV_VIRTUALENV_DISABLE_PROMPT-} && ${PS1-} != *"$text"* ]] || text=''
  _roost_show_name "$text"
}

# Turns off whatever env is on, takes back what roost changed, and nothing else (H3).
_roost_leave() {
  local env=${VIRTUAL_ENV-}
  [[ -n $env${ROOST_ENV-} ]] || return 0
  if [[ -n ${_OLD_VIRTUAL_PATH+set} ]] && typeset -f deactivate >/dev/null; then
    # An `activate` script knows what it changed and undoes it; but its copy of PATH lacks what was added since.
    unset _OLD_VIRTUAL_PATH
    deactivate
  fi
  if [[ -n $env && ${PYENV_VIRTUAL_ENV-} = "$env" ]]; then # left by `pyenv activate`: pyenv's shims would still choose it
    [[ -z ${PYENV_ACTIVATE_SHELL-} ]] || unset PYENV_ACTIVATE_SHELL PYENV_VERSION
    unset PYENV_VIRTUAL_ENV
  fi
  [[ -z $env ]] || _roost_take_back "$env"
  [[ ${ROOST_ENV-$env} = "$env" ]] || _roost_take_back "$ROOST_ENV"
  _roost_show_name ''
  if [[ -n ${_roost_pythonhome+set} ]]; then
    export PYTHONHOME="$_roost_pythonhome"
    unset _roost_pythonhome
  fi
  unset VIRTUAL_ENV VIRTUAL_ENV_PROMPT ROOST_ENV
  unset -f deactivate 2>/dev/null || :
}

# What also happens when another env takes the place of $1: its entry on PATH and uv's variable go.
_roost_take_back() {
  _roost_drop_entry "$1/bin"
  [[ ${UV_PROJECT_ENVIRONMENT-} = "$1" ]] || return 0 # another value is the user's own
  unset UV_PROJECT_ENVIRONMENT
  [[ -z ${_roost_uv-} ]] || export UV_PROJECT_ENVIRONMENT="$_roost_uv"
}

# Takes the entry $1 out of _roost_path. Every other field stays, empty ones and duplicates too.
_roost_drop_entry() {
  _roost_path=:$_roost_path
  while [[ $_roost_path = *":$1:"* ]]; do _roost_path=${_roost_path%%":$1:"*}:${_roost_path#*":$1:"}; done
  _roost_path=${_roost_path#:}
}

# direnv puts PATH back as it found it, perhaps with an env that is off by now.
_roost_drop_mine() {
  local rest=${_roost_mine#$'\n'} env
  while [[ -n $rest ]]; do
    env=${rest%%$'\n'*} rest=${rest#*$'\n'}
    [[ $env = "${VIRTUAL_ENV-}" ]] || _roost_drop_entry "$env/bin"
  done
}

# --- the program ----------------------------------------------------------------------------------------------

# Notes that the env was on in this shell: if it is removed later, the program is asked once more, to say so (H13).
_roost_note_env() {
  local key=$_roost_root:$_roost_name_bytes:$_roost_version_bytes
  [[ $_roost_asked = *"<$key>"* && $_roost_asked != *"{$key}"* ]] || _roost_asked="${_roost_asked/"{$key}"/}<$key>"
}

# H12: has the program make the env or say in one line what is wrong, once in this shell for a content of the files.
_roost_ask() {
  local create=${ROOST_AUTO_CREATE-} key=$_roost_root:$_roost_name_bytes:$_roost_version_bytes code=0
  case $_roost_asked in
    *"{$key}"*) return 0 ;;
    *"<$key>"*) create=0 ;; # It was on in this shell, so it was removed on purpose (H13).
  esac
  _roost_asked="$_roost_asked{$key}" # before the call: Ctrl-C must not lead to a second try at the next prompt
  _roost_find_cli "${ROOST_QUIET-}" || return
  ROOST_AUTO_CREATE=$create ROOST_QUIET=${ROOST_QUIET-} PYTHONPATH='' PYTHONHOME='' __PYVENV_LAUNCHER__='' "$_roost_cli" up --from-hook </dev/null >&2 || code=$?
  _roost_look silent
  return "$code"
}

# The roost that belongs to this hook. Not a shim of pyenv's, which would follow the project's own .python-version; and
# nothing below a relative entry of PATH or in the env, which a project may have filled (S).
_roost_find_cli() {
  local rest=${PATH-}: dir
  while [[ ! -x ${_roost_cli-} && -n $rest ]]; do
    dir=${rest%%:*} rest=${rest#*:}
    case $dir in */shims | "${VIRTUAL_ENV:-/}"/*) ;; /*) _roost_cli=$dir/roost ;; esac
  done
  [[ ! -x ${_roost_cli-} ]] || return 0
  [[ ${1-} = 1 ]] || printf 'roost: the program roost is not on PATH; type: pipx install pyenv-roost\n' >&2
  return 127
}

# The command `roost`: two of its verbs change this shell (H17), the rest is the program's.
_roost_command() {
  case ${1-}:${2-} in
    activate:-* | deactivate:-*) ;; # --help
    activate:*)
      _roost_activate "${2-}"
      return
      ;;
    deactivate:*)
      _roost_plainly _roost_deactivate 2>/dev/null
      return
      ;;
  esac
  _roost_settled='' # it may make or remove an env
  _roost_find_cli || return
  ROOST_HOOK=$_roost_shell PYTHONHOME='' __PYVENV_LAUNCHER__='' "$_roost_cli" "$@"
}

# The env that $1 names; without a name the project's, whatever was typed before.
_roost_activate() {
  local env _roost_path=${PATH-}:
  _roost_settled=''
  if [[ -n $1 ]]; then
    _roost_find_cli && env=$(PYTHONHOME='' __PYVENV_LAUNCHER__='' "$_roost_cli" which --env "$1") || return
    _roost_plainly _roost_enter "$env" 2>/dev/null
    PATH=${_roost_path%:} _roost_held=$_roost_root
    unset ROOST_ENV # turned on by hand, so that leaving the project does not turn it off
    return
  fi
  _roost_held='' _roost_root='' _roost_asked=''
  _roost_look silent
  [[ -n $_roost_env ]] || _roost_ask # where there is no project, it says that
}

# Typed by hand, it holds until the project is left (H10).
_roost_deactivate() {
  local _roost_path=${PATH-}:
  _roost_leave
  PATH=${_roost_path%:} _roost_held=$_roost_root _roost_settled=''
}
