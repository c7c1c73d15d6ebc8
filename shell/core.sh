# shellcheck shell=bash
# shellcheck disable=SC2295,SC2100,SC2317,SC2154 # a bracket around a variable is a bracket; states have a hyphen; adapters set and call
# roost, the shell half: what bash (3.2 and newer) and zsh share. docs/hook.md explains it.
# It looks, and it changes the environment of this shell. Builtins only: no process, no eval, and
# nothing below a project or an env is ever sourced. Making things is the work of `roost up`.
# An adapter (roost.bash, roost.zsh) supplies _roost_look, which runs at each prompt, _roost_offer,
# which offers completion to the line editor, _roost_plainly, and in _roost_listing the command, if one
# is needed, that makes a list of directories what it is by default.

_roost_newline=$'\n'
_roost_blank=$' \t\r\n'
# Spelled out: in a bracket, a range such as A-Z follows the locale. So does LC_ALL=C for a function,
# but bash answers a locale that is not installed with a warning each time the function ends.
_roost_digits=0123456789
_roost_alnum=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz$_roost_digits
# What functions answer in.
_roost_raw='' _roost_more='' _roost_word='' _roost_why='' _roost_versions='' _roost_data='' _roost_stored=''
# What the last look found, and where it looked from. An empty file name: no such file.
_roost_root='' _roost_name_file='' _roost_version_file='' _roost_place=''
# The files that were not there, and would count, in the nearest six directories: by a name each, for
# a word of an array takes twice as long, and a long one from here, where that is the same directory, for
# the kernel looks at each part of it. Of those above _roost_far, if any, one at a time is asked, _roost_turn.
_roost_n1='' _roost_n2='' _roost_n3='' _roost_n4='' _roost_n5='' _roost_n6=''
_roost_n7='' _roost_n8='' _roost_n9='' _roost_n10='' _roost_n11='' _roost_n12='' _roost_far='' _roost_turn=''
_roost_name='' _roost_request='' _roost_env='' _roost_state=idle _roost_seen=''
# What was true when it had been acted on: the files, the env that was on, and PATH; and what direnv had done.
_roost_settled='' _roost_path='' _roost_was=${VIRTUAL_ENV-} _roost_direnv=${DIRENV_DIFF-}
# The bytes of four projects' files, and the envs that they came to in this minute, which began then.
_roost_seen1='' _roost_seen2='' _roost_seen3='' _roost_seen4='' _roost_minute=0
_roost_env1='' _roost_env2='' _roost_env3='' _roost_env4=''
# The env that this shell turned on last and what that put before the prompt, the last project, the one
# where the user turned it off by hand, and what has been said and tried already. An rc file that is
# sourced again forgets none of it.
if ! typeset -f _roost_decide >/dev/null; then
  _roost_ours=${ROOST_ENV-} _roost_last_root='' _roost_held='' _roost_told='' _roost_tried=$_roost_newline _roost_drawn=''
  _roost_prefix=${_roost_ours:+"(${_roost_ours##*/}) "}
fi

# --- F: the two files ---------------------------------------------------------------------------

# Speed: the hook runs at every prompt. A `[[ ]]` costs a third of a `[ ]`, a call as much as five of
# them, and more in bash if the function is long; so does each expansion of PATH.

# F2-F5: the first word of $1 (what a look left in _roost_raw) into _roost_word, empty if there is none.
_roost_first_word() {
  local rest=$1
  _roost_word='!'
  [[ ${#rest} -le 1024 ]] || _roost_fits "$rest" 2>/dev/null || return 0
  while :; do
    rest=${rest#"${rest%%[!$_roost_blank]*}"}
    case $rest in
      '#'*"$_roost_newline"*) rest=${rest#*"$_roost_newline"} ;;
      '#'*) rest='' ;;
      *) break ;;
    esac
  done
  _roost_word=${rest%%[$_roost_blank]*}
}

# F2: at most 4096 bytes, whatever a character is here.
_roost_fits() {
  local LC_ALL=C
  [[ ${#1} -le 4096 ]]
}

# F6, F7: may the version $1 and the name $2 be used? Leaves the version without its `python-` in
# _roost_word; _roost_why says which of the two may not. $3 is `plain` if their letters are known to be right.
_roost_valid() {
  _roost_word=${1#python-} _roost_why=name
  [[ ${3-} = plain || $2 != *[!$_roost_alnum._-]* ]] || return 1
  case $2 in
    '' | [._-]* | [$_roost_digits]*.[$_roost_digits]* | system | envs) return 1 ;;
    *[!$_roost_digits]*) [[ ${#2} -le 64 ]] || return 1 ;;
    *) return 1 ;;
  esac
  _roost_why=version
  [[ -n $_roost_word && $_roost_word != [._-]* && ${#_roost_word} -le 128 &&
    (${3-} = plain || $_roost_word != *[!$_roost_alnum._-]*) ]]
}

# From the raw bytes to a project: _roost_root (empty: none), _roost_name, _roost_request and
# _roost_state: `idle` (no project until a file changes), `no-project` (none, but look again: F13),
# `invalid` (_roost_why names the file), or empty: to be resolved.
_roost_parse() {
  local name=${_roost_raw%"$_roost_newline"} version=${_roost_more%"$_roost_newline"} plain=plain
  _roost_root='' _roost_name='' _roost_request='' _roost_state=idle _roost_env='' _roost_why=''
  if [[ -z $_roost_name_file ]]; then
    [[ -z $_roost_version_file ]] || _roost_parse_pyenv_name
    return
  fi
  # Nearly always each file is one plain word.
  if [[ -z $name || -z $version || $name$version = *[!$_roost_alnum._-]* ]]; then
    plain=''
    _roost_first_word "$_roost_raw"
    [[ -n $_roost_word ]] || return 0 # F9
    name=$_roost_word
    _roost_first_word "$_roost_more"
    version=$_roost_word
  fi
  _roost_root=${_roost_name_file%/*}
  _roost_root=${_roost_root:-/}
  if ! _roost_valid "$version" "$name" "$plain"; then
    _roost_state=invalid
    if [[ $_roost_why = version && -n $_roost_version_file ]]; then
      _roost_why=$_roost_version_file
    else
      _roost_why=$_roost_name_file
    fi
    return
  fi
  _roost_name=$name
  _roost_request=$_roost_word
  _roost_state=''
}

# F13: a .python-version alone may name an env as pyenv-virtualenv does.
_roost_parse_pyenv_name() {
  local word
  _roost_first_word "$_roost_more"
  word=$_roost_word
  _roost_stores || return 0
  case $word in */envs/* | *[!$_roost_digits.]*) _roost_state=no-project ;; esac
  _roost_named_env "$word" || {
    _roost_env=''
    return 0
  }
  _roost_root=${_roost_version_file%/*}
  _roost_root=${_roost_root:-/}
  _roost_name=${_roost_env##*/}
  _roost_judge
}

# The existing env that $1 (`3.12.1/envs/shop` or `shop`) names, into _roost_env; false if there is
# none. Everything is compared with -ef, so an alias that leads out of versions/ names nothing.
_roost_named_env() {
  local version=${1%%/envs/*} name=${1#*/envs/} home
  if [[ $version != "$1" ]]; then
    _roost_valid "$version" "$name" || return 1
    _roost_env=$_roost_versions/$_roost_word/envs/$name
    [[ -f $_roost_env/pyvenv.cfg ]]
    return
  fi
  _roost_valid any "$1" || return 1
  _roost_env=$_roost_versions/$1
  [[ -f $_roost_env/pyvenv.cfg ]] || return 1
  [[ -L $_roost_env ]] || return 0
  # The env says which interpreter it came from: one look instead of one for each version.
  _roost_slurp "$_roost_env/pyvenv.cfg" ''
  home=${_roost_raw#*home = "$_roost_versions"/}
  home=${home%%/bin*}
  if _roost_valid "$home" "$1" && [[ $_roost_versions/$home/envs/$1 -ef $_roost_env ]]; then
    _roost_env=$_roost_versions/$home/envs/$1
    return
  fi
  $_roost_listing _roost_unalias "$1"
}

# The versions/*/envs/$1 that _roost_env is an alias of.
_roost_unalias() {
  local env version
  for env in "$_roost_versions"/*/envs/"$1"; do
    version=${env%/envs/*}
    if [[ ! -L $version && ! -L $env && $env -ef $_roost_env ]] && _roost_valid "${version##*/}" "$1"; then
      _roost_env=$env
      return
    fi
  done
  return 1
}

# --- V: from a version to an interpreter -----------------------------------------------------------

# Where envs live (V1, V6): _roost_versions below pyenv, _roost_data below roost's own directory.
# False if a variable names no usable directory.
_roost_stores() {
  local pyenv data stored=${PYENV_ROOT-}:${ROOST_HOME-}:${XDG_DATA_HOME-}:${HOME-}
  [[ $stored = "$_roost_stored" ]] || _roost_forget_envs
  _roost_stored=$stored
  pyenv=${PYENV_ROOT:-${HOME-}/.pyenv} data=${ROOST_HOME-}
  if [[ -z $data ]]; then
    case ${XDG_DATA_HOME-}:${OSTYPE-} in
      /*) data=$XDG_DATA_HOME/roost ;;
      *:darwin*) data=${HOME-}/Library/Application\ Support/roost ;;
      *) data=${HOME-}/.local/share/roost ;;
    esac
  fi
  _roost_versions=${pyenv%/}/versions _roost_data=${data%/}/versions
  case $pyenv$data in *[[:cntrl:]:]*) pyenv='' ;; esac
  case $pyenv:$data in /*:/*) ;; *)
    _roost_stored=''
    return 1
    ;;
  esac
}

# V2, V3: the env of _roost_request and _roost_name into _roost_env, and its state.
_roost_resolve() {
  local store
  _roost_state=invalid _roost_why='PYENV_ROOT or ROOST_HOME'
  [[ ${PYENV_ROOT-}:${ROOST_HOME-}:${XDG_DATA_HOME-}:${HOME-} = "$_roost_stored" ]] || _roost_stores || return 0
  store=$_roost_versions _roost_word=$_roost_request
  if [[ $_roost_request = system ]] || { [[ ! -d $store ]] && ! command -v pyenv >/dev/null 2>&1; }; then
    store=$_roost_data
  fi
  # The usual cases need no further call.
  if [[ $_roost_request = system || ! -x $store/$_roost_request/bin/python || -e $store/$_roost_request/pyvenv.cfg ]]; then
    $_roost_listing _roost_newest "$store"
  fi
  if [[ -n $_roost_word ]]; then
    _roost_env=$store/$_roost_word/envs/$_roost_name _roost_state=ready
    [[ -x $_roost_env/bin/python && -f $_roost_env/pyvenv.cfg && ! -e $_roost_env/.roost-building ]] || _roost_judge
    [[ $_roost_state != ready ]] || _roost_remember
  elif [[ $store = "$_roost_data" ]]; then
    _roost_state=env-missing # only a look at PATH can tell whether there is an interpreter
  else
    _roost_state=interpreter-missing
  fi
}

# The version of that name in the directory $1, else the newest that continues the request, of those
# that hold the env if there are any, into _roost_word; empty if there is none.
_roost_newest() {
  local dir lead=$_roost_request free=''
  case $lead in
    system) lead='' ;;
    *[$_roost_digits]t) lead=${lead%t} free=t ;;
  esac
  [[ -z $lead ]] || ! _roost_usable "$1/$_roost_request" || return 0
  _roost_word=''
  # V3: the listing itself finds those that hold the env; one that is half-made does not count. They
  # are few, where interpreters may be many.
  for dir in "$1/$lead"*/envs/"$_roost_name"; do
    if [[ -f $dir/pyvenv.cfg && ! -e $dir/.roost-building && (-e $dir/bin/python || -L $dir/bin/python) ]]; then
      _roost_consider "${dir%/envs/*}" "$lead" "$free"
    fi
  done
  [[ -z $_roost_word ]] || return 0
  for dir in "$1/$lead"*; do
    _roost_consider "$dir" "$lead" "$free"
  done
}

# V2: takes the version at $1 as _roost_word if it is a final release that continues $2, free-threaded
# just if $3 is `t`, can be used, and is newer.
_roost_consider() {
  local version=${1##*/} stem
  [[ -z $2 || $version = "$2"[.-]* ]] && [[ ${#version} -le 128 ]] || return 0
  case $version in
    *[!$_roost_alnum._-]* | *-dev | *-src | *-latest) return 0 ;;
    *[$_roost_digits]t) [[ $3 = t ]] || return 0 ;;
    *) [[ -z $3 ]] || return 0 ;;
  esac
  case $version in *[$_roost_digits])
    stem=${version%"${version##*[!$_roost_digits]}"}
    case $stem in *a | *b | *rc) return 0 ;; esac
    ;;
  esac
  if _roost_usable "$1" && { [[ -z $_roost_word ]] || _roost_newer "$version" "$_roost_word"; }; then
    _roost_word=$version
  fi
}

# Is $1 an interpreter of pyenv's, or a directory of ours that holds the env?
_roost_usable() {
  if [[ $1 = "$_roost_data"/* ]]; then
    [[ -d $1/envs/$_roost_name ]]
  else
    [[ -x $1/bin/python && ! -e $1/pyvenv.cfg ]]
  fi
}

# Is the version $1 newer than $2? Field by field, split at `.` and `-`, by leading number.
_roost_newer() {
  local a=$1 b=$2 x y
  while [[ -n $a$b ]]; do
    x=${a%%[.-]*} y=${b%%[.-]*}
    a=${a#"$x"} b=${b#"$y"}
    a=${a#?} b=${b#?}
    x=${x%%[!$_roost_digits]*} y=${y%%[!$_roost_digits]*}
    x=${x#"${x%%[!0]*}"} y=${y#"${y%%[!0]*}"}
    if [[ $x != "$y" ]]; then
      _roost_greater "$x" "$y"
      return
    fi
  done
  if [[ ${#1} -ne ${#2} ]]; then
    [[ ${#1} -gt ${#2} ]]
  else
    _roost_sorts_last "$1" "$2" 2>/dev/null
  fi
}

# Of two numbers without leading zeros the larger.
_roost_greater() {
  if [[ ${#1} -ne ${#2} ]]; then
    [[ ${#1} -gt ${#2} ]]
  else
    [[ $1 > $2 ]]
  fi
}

# In the order of ASCII: letters follow the locale.
_roost_sorts_last() {
  local LC_ALL=C
  [[ $1 > $2 ]]
}

# E3, as far as a look can tell.
_roost_judge() {
  if [[ -x $_roost_env/bin/python && -f $_roost_env/pyvenv.cfg && ! -e $_roost_env/.roost-building ]]; then
    _roost_state=ready
  elif [[ -e $_roost_env/.roost-building ]]; then
    _roost_state=env-incomplete
  elif [[ ! -d $_roost_env ]]; then
    _roost_state=env-missing
  elif [[ ! -e $_roost_env/bin/python && ! -L $_roost_env/bin/python ]]; then
    _roost_state=env-incomplete
  else
    _roost_state=env-broken
  fi
}

# --- H: the environment of this shell ---------------------------------------------------------------

# Takes the entry $1 out of _roost_path, which is PATH while it is worked on: each field with a colon
# after it, so that no field and one empty field are two things. Every other field stays (H3).
_roost_drop() {
  local head
  _roost_path=:$_roost_path
  while :; do
    head=${_roost_path%%":$1:"*} # from the other side, bash takes four times as long
    [[ ${#head} -lt ${#_roost_path} ]] || break
    _roost_path=$head:${_roost_path:${#head}+${#1}+2}
  done
  _roost_path=${_roost_path#:}
}

# H2. $2 is `by-hand` for an env that the user named: no project owns it, none leaves it.
_roost_enter() {
  _roost_path=${PATH-}:
  if [[ ${VIRTUAL_ENV-} = "$1" ]]; then
    :
  elif [[ ${VIRTUAL_ENV-} != "$_roost_ours" ]]; then
    _roost_turn_off
  elif [[ -n $_roost_ours ]]; then
    _roost_forget
  fi
  [[ -z ${_OLD_VIRTUAL_PATH+set}${_OLD_VIRTUAL_PS1+set} ]] || _roost_drop_activate_script
  [[ :$_roost_path != *":$1/bin:"* ]] || _roost_drop "$1/bin"
  _roost_path=$1/bin:$_roost_path
  # Setting PATH makes the shell forget where it found commands.
  export PATH="${_roost_path%:}" VIRTUAL_ENV="$1" VIRTUAL_ENV_PROMPT="${1##*/}" ROOST_ENV="$1"
  [[ ${2-} != by-hand ]] || unset ROOST_ENV
  [[ -z ${PYTHONHOME+set}${ROOST_UV-} ]] || _roost_set_rest "$1"
  _roost_ours=$1
  if [[ -z ${VIRTUAL_ENV_DISABLE_PROMPT-}${PYENV_VIRTUALENV_DISABLE_PROMPT-} && ${PS1-} != *"(${1##*/}) "* ]]; then
    _roost_prefix="(${1##*/}) "
    PS1=$_roost_prefix${PS1-}
  fi
  deactivate() { _roost_plainly _roost_deactivate; }
}

# What few people have: PYTHONHOME to put aside (H2), uv to point at the env $1 (H18).
_roost_set_rest() {
  if [[ -n ${PYTHONHOME+set} ]]; then
    _roost_pythonhome=$PYTHONHOME
    unset PYTHONHOME
  fi
  if [[ ${ROOST_UV-} = 1 && ${UV_PROJECT_ENVIRONMENT-} != "$1" ]]; then
    _roost_uv=${UV_PROJECT_ENVIRONMENT-}
    export UV_PROJECT_ENVIRONMENT="$1"
  fi
}

# Turns off whatever env is on, and takes back what roost changed and nothing else (H3).
_roost_leave() {
  [[ -n ${VIRTUAL_ENV-}$_roost_ours ]] || return 0
  _roost_path=${PATH-}:
  _roost_turn_off
  PATH=${_roost_path%:}
}

_roost_turn_off() {
  if [[ -n ${VIRTUAL_ENV-} && $VIRTUAL_ENV != "$_roost_ours" ]]; then
    _roost_drop_activate_script
    _roost_drop "$VIRTUAL_ENV/bin"
  fi
  if [[ -n ${PYENV_VIRTUAL_ENV-} && $PYENV_VIRTUAL_ENV = "${VIRTUAL_ENV-}" ]]; then
    # What `pyenv activate` sets; else pyenv's shims would go on to choose that env.
    unset PYENV_VIRTUAL_ENV
    [[ -z ${PYENV_ACTIVATE_SHELL-} ]] || unset PYENV_ACTIVATE_SHELL PYENV_VERSION
  fi
  unset VIRTUAL_ENV VIRTUAL_ENV_PROMPT
  _roost_forget
  if [[ -n ${_roost_pythonhome+set} ]]; then
    export PYTHONHOME="$_roost_pythonhome"
    unset _roost_pythonhome
  fi
  unset -f deactivate 2>/dev/null || :
}

# Takes our own entry out of _roost_path and the prompt: our env is off, or another takes its place.
_roost_forget() {
  [[ -n $_roost_ours ]] || return 0
  if [[ $_roost_path = "$_roost_ours/bin:"* ]]; then
    _roost_path=${_roost_path:${#_roost_ours}+5} # where our entry nearly always is
  fi
  [[ :$_roost_path != *":$_roost_ours/bin:"* ]] || _roost_drop "$_roost_ours/bin"
  [[ -z $_roost_prefix || ${PS1-} != *"$_roost_prefix"* ]] || PS1=${PS1/"$_roost_prefix"/}
  [[ -z ${_roost_uv+set} && ${ROOST_UV-} != 1 ]] || _roost_forget_uv
  unset ROOST_ENV
  # While another env is on, its `deactivate` may bring back a PATH with ours in it.
  [[ -n ${VIRTUAL_ENV-} ]] || _roost_ours='' _roost_prefix=''
}

_roost_forget_uv() {
  # Another value is the user's own by now.
  [[ ${UV_PROJECT_ENVIRONMENT-} != "$_roost_ours" ]] || _roost_give_back UV_PROJECT_ENVIRONMENT "${_roost_uv-}"
  unset _roost_uv
}

# An env that direnv turned off or brought back is not the user's doing.
_roost_follow_direnv() {
  [[ ${VIRTUAL_ENV-} = "$_roost_was" || -n ${VIRTUAL_ENV-} && $VIRTUAL_ENV != "$_roost_ours" ]] || entered=1 _roost_held=''
  _roost_direnv=${DIRENV_DIFF-}
}

# direnv brings PATH back as it found it, and an env may be in it that is off by now.
_roost_tidy() {
  local rest=$_roost_tried env
  _roost_path=${PATH-}:
  while [[ -n $rest ]]; do
    env=${rest%%"$_roost_newline"*} rest=${rest#*"$_roost_newline"}
    if [[ -n $env && $env != "${VIRTUAL_ENV-}" && :$_roost_path = *":$env/bin:"* ]]; then
      _roost_drop "$env/bin"
      PATH=${_roost_path%:}
    fi
  done
}

# Undoes what the `activate` script of venv or virtualenv keeps for its own `deactivate`, but for
# PATH: its snapshot would lose what the user added since.
_roost_drop_activate_script() {
  [[ -z ${_OLD_VIRTUAL_PATH+set} ]] || unset -f pydoc 2>/dev/null || :
  [[ -z ${_OLD_VIRTUAL_PS1+set} ]] || PS1=$_OLD_VIRTUAL_PS1
  # shellcheck disable=SC2034 # zsh's, for prompts
  [[ -z ${_OLD_VIRTUAL_PSVAR+set} ]] || psvar[9]=$_OLD_VIRTUAL_PSVAR
  [[ -z ${_OLD_VIRTUAL_PYTHONHOME+set} ]] || _roost_give_back PYTHONHOME "$_OLD_VIRTUAL_PYTHONHOME"
  [[ -z ${_OLD_VIRTUAL_TCL_LIBRARY+set} ]] || _roost_give_back TCL_LIBRARY "$_OLD_VIRTUAL_TCL_LIBRARY"
  [[ -z ${_OLD_VIRTUAL_TK_LIBRARY+set} ]] || _roost_give_back TK_LIBRARY "$_OLD_VIRTUAL_TK_LIBRARY"
  [[ -z ${_OLD_PKG_CONFIG_PATH+set} ]] || _roost_give_back PKG_CONFIG_PATH "$_OLD_PKG_CONFIG_PATH"
  unset _OLD_VIRTUAL_PATH _OLD_VIRTUAL_PS1 _OLD_VIRTUAL_PSVAR _OLD_VIRTUAL_PYTHONHOME
  unset _OLD_VIRTUAL_TCL_LIBRARY _OLD_VIRTUAL_TK_LIBRARY _OLD_PKG_CONFIG_PATH
}

# The variable $1 as it was: $2, or not set.
_roost_give_back() {
  if [[ -n $2 ]]; then export "$1=$2"; else unset "$1"; fi
}

# `deactivate`, typed by hand: it holds until the project is left (H10).
_roost_deactivate() {
  _roost_held=$_roost_root
  _roost_leave
  _roost_settled=''
}

# --- looking and acting -------------------------------------------------------------------------------

# F2: reads the files $1 and $2 into _roost_raw and _roost_more.
_roost_slurp() {
  local _roost_name_file _roost_version_file _roost_place=- _roost_settled=''
  _roost_look read "$1" "$2"
}

# Finds the files that decide for $PWD (F11-F13); no file, no name. `read` names them itself.
_roost_find() {
  local dir=${PWD%/} near=(-)
  _roost_name_file=${2-} _roost_version_file=${3-} _roost_place=''
  [[ ${1-} != read && ${ROOST_DISABLE-} != 1 && $PWD = /* ]] || return 0 # zsh, in a directory that is gone, has a dot
  _roost_place=$PWD _roost_far='' _roost_turn=''
  if [[ ! -f $dir/.python-virtualenv ]]; then
    # Nearly always it is here or one level up.
    if [[ -f ${dir%/*}/.python-virtualenv ]]; then near+=("$dir/.python-virtualenv") dir=${dir%/*}; else _roost_climb /.python-virtualenv; fi
  fi
  if [[ $dir = - ]]; then dir=${PWD%/}; else _roost_name_file=$dir/.python-virtualenv; fi
  [[ -f $dir/.python-version ]] || _roost_climb /.python-version
  [[ $dir = - ]] || _roost_version_file=$dir/.python-version
  set -- "${near[@]}"
  _roost_n1=${2-} _roost_n2=${3-} _roost_n3=${4-} _roost_n4=${5-} _roost_n5=${6-} _roost_n6=${7-}
  _roost_n7=${8-} _roost_n8=${9-} _roost_n9=${10-} _roost_n10=${11-} _roost_n11=${12-} _roost_n12=${13-}
}

# From dir, which has no file $1, up to the next directory that has it, or to `-`. near gets those of the nearest
# six that are not there; where none is, which is when the walk is long, in few commands.
_roost_climb() {
  local a=${dir%/*} b c d e
  b=${a%/*} c=${b%/*} d=${c%/*} e=${d%/*}
  if [[ -z $d || -f $a$1 || -f $b$1 || -f $c$1 || -f $d$1 || -f $e$1 ]]; then
    while [[ ! -f $dir$1 ]]; do
      near+=("$dir$1")
      if [[ -z $dir ]]; then
        dir=-
        break
      fi
      dir=${dir%/*}
    done
    return
  fi
  if [[ ${#dir} -gt 100 && $dir -ef . && $a -ef .. && $b -ef ../.. && $c -ef ../../.. && $d -ef ../../../.. && $e -ef ../../../../.. ]]; then
    near+=(".$1" "..$1" "../..$1" "../../..$1" "../../../..$1" "../../../../..$1")
  else
    near+=("$dir$1" "$a$1" "$b$1" "$c$1" "$d$1" "$e$1")
  fi
  dir=$e
  _roost_walk_on "$1"
}

# H9: asks for the files of one directory further up; at the next prompt, of the next one, as far up as a
# name would count.
_roost_ask_further() {
  _roost_turn=${_roost_turn:-$_roost_far}
  _roost_turn=${_roost_turn%/*}
  if [[ $_roost_name_file = "$_roost_turn"/* ]]; then
    _roost_turn=''
    return 1
  fi
  [[ -f $_roost_turn/.python-virtualenv ||
    -z $_roost_name_file && $_roost_version_file != "$_roost_turn"/* && -f $_roost_turn/.python-version ]]
}

# Did a file that decided go? Then another may decide. Asked if one of them could not be used.
_roost_lost() {
  [[ -n $_roost_name_file && ! -f $_roost_name_file || -n $_roost_version_file && ! -f $_roost_version_file ]]
}

# Is the env known that these bytes of these files came to, and ready? An alias of its name that leads
# to another means that the project has moved.
_roost_recall() {
  local env alias
  case $((${SECONDS:-0} - _roost_minute)) in
    [$_roost_digits] | [12345][$_roost_digits] | [$_roost_digits].* | [12345][$_roost_digits].*) ;; # zsh's may have decimals
    *) _roost_forget_envs ;;
  esac
  case $_roost_seen in
    "$_roost_seen1") env=$_roost_env1 ;;
    "$_roost_seen2") env=$_roost_env2 ;;
    "$_roost_seen3") env=$_roost_env3 ;;
    "$_roost_seen4") env=$_roost_env4 ;;
    *) return 1 ;;
  esac
  _roost_name=${env##*/} _roost_root=${_roost_name_file%/*}
  alias=${env%/*/envs/*}/$_roost_name
  [[ -x $env/bin/python && -f $env/pyvenv.cfg && ! -e $env/.roost-building && ($alias -ef $env || ! -e $alias) &&
    ${PYENV_ROOT-}:${ROOST_HOME-}:${XDG_DATA_HOME-}:${HOME-} = "$_roost_stored" ]] || return 1
  _roost_root=${_roost_root:-/} _roost_env=$env _roost_state=ready
}

_roost_remember() {
  _roost_seen4=$_roost_seen3 _roost_seen3=$_roost_seen2 _roost_seen2=$_roost_seen1 _roost_seen1=$_roost_seen
  _roost_env4=$_roost_env3 _roost_env3=$_roost_env2 _roost_env2=$_roost_env1 _roost_env1=$_roost_env
}

_roost_forget_envs() {
  _roost_seen1='' _roost_seen2='' _roost_seen3='' _roost_seen4='' _roost_minute=${SECONDS:-0}
}

# Decides what the files ask for and makes it so. Runs only when something changed.
_roost_decide() {
  local entered=''
  _roost_recall || {
    _roost_parse
    [[ -n $_roost_state ]] || _roost_resolve
  }
  if [[ -z $_roost_root ]]; then
    _roost_held=''
  elif [[ $_roost_root != "$_roost_last_root" && ! $_roost_root -ef $_roost_last_root ]]; then
    entered=1 _roost_held=''
  fi
  _roost_last_root=$_roost_root
  [[ ${DIRENV_DIFF-} = "$_roost_direnv" ]] || _roost_follow_direnv
  [[ ${PATH-} = "$_roost_path" ]] || ! typeset -f _direnv_hook >/dev/null || _roost_tidy
  if [[ -z $entered && ${VIRTUAL_ENV-} != "${ROOST_ENV-}" ]]; then
    # The user turned another env on, or ours off: by hand wins until a project is entered (H10).
    _roost_held=$_roost_root
    if [[ -z ${VIRTUAL_ENV-} ]]; then
      _roost_leave
    elif [[ $VIRTUAL_ENV != "$_roost_ours" ]]; then
      _roost_path=${PATH-}:
      _roost_forget
      PATH=${_roost_path%:}
    fi
  elif [[ -n $_roost_held ]]; then
    [[ -n ${VIRTUAL_ENV-} ]] || _roost_leave
  elif [[ $_roost_state = ready ]]; then
    _roost_enter "$_roost_env"
    [[ $_roost_tried = *"$_roost_newline$_roost_env$_roost_newline"* ]] || _roost_first_try
  elif [[ -n $entered${ROOST_ENV-} || -n $_roost_ours && -z ${VIRTUAL_ENV-} ]]; then
    _roost_leave
  fi
  _roost_was=${VIRTUAL_ENV-} _roost_settled=$_roost_seen:${VIRTUAL_ENV-}:${PYENV_ROOT-} _roost_path=${PATH-}
}

# At a prompt, when something changed or is missing.
_roost_prompt() {
  _roost_decide
  # Nothing is said or made before the first prompt is drawn (H6).
  if [[ -z $_roost_drawn ]]; then
    _roost_drawn=1
    _roost_offer
  elif [[ $_roost_state != ready && -n $_roost_root && -z $_roost_held ]]; then
    _roost_attend
  fi
}

# H12, H13: makes the env that can be made, or says once what is wrong and what to type.
_roost_attend() {
  local missing="the env $_roost_name of $_roost_root is not there yet"
  case $_roost_state in
    env-missing | env-incomplete)
      if [[ ${ROOST_AUTO_CREATE-} != 0 ]] && _roost_first_try && _roost_find_cli; then
        # Without the variables that could bring code of a project into roost's own Python.
        PYTHONPATH='' PYTHONHOME='' "$_roost_cli" up --from-hook </dev/null >&2 || [[ $? -ge 128 ]] ||
          _roost_told="$_roost_told$missing;roost up$_roost_newline" # it has said why, and what to type
        _roost_look silent
        return
      fi
      _roost_say "$missing" 'roost up'
      ;;
    env-broken) _roost_say "the env $_roost_name of $_roost_root is broken" 'roost up --recreate' ;;
    interpreter-missing)
      _roost_say "Python $_roost_request ($_roost_version_file) is not installed" 'roost up'
      ;;
    invalid)
      if [[ -z $_roost_version_file ]]; then
        _roost_why="To use .python-virtualenv you need a .python-version: $_roost_name_file" # F12
      fi
      _roost_say "$_roost_why cannot be used" 'roost status'
      ;;
  esac
}

# True the first time for this env in this shell: a creation that failed or was stopped is not tried
# at each prompt, and an env that was there and that the user removed is not made again.
_roost_first_try() {
  local env=${_roost_env:-$_roost_root}
  case $_roost_tried in *"$_roost_newline$env$_roost_newline"*) return 1 ;; esac
  _roost_tried="$_roost_tried$env$_roost_newline"
}

# A hint: once in this shell.
_roost_say() {
  case $_roost_told in *"$1;$2$_roost_newline"*) return 0 ;; esac
  _roost_told="$_roost_told$1;$2$_roost_newline"
  [ "${ROOST_QUIET-}" = 1 ] || _roost_tell "$1" "$2"
}

# One line on stderr: what is wrong, what to type. Nothing in it reaches the terminal but printable
# ASCII.
_roost_tell() {
  _roost_printable "roost: $1; type: $2" 2>/dev/null
  printf '%s\n' "$_roost_word" >&2
}

_roost_printable() {
  local LC_ALL=C
  _roost_word=${1//[! -~]/?}
}

# The roost that belongs to this hook, into _roost_cli. A pyenv shim would follow the project's own
# .python-version, and a relative PATH entry would run a file of the project.
_roost_find_cli() {
  local rest=${PATH-}: dir
  [[ ! -x ${_roost_cli-} ]] || return 0
  _roost_cli=${_roost_here-}/../../bin/roost
  [[ -z ${_roost_here-} ]] || [[ ! -x $_roost_cli ]] || return 0
  while [[ -n $rest ]]; do
    dir=${rest%%:*} rest=${rest#*:}
    case $dir in /*/shims | "${VIRTUAL_ENV:-/}"/*) continue ;; /*) ;; *) continue ;; esac
    _roost_cli=$dir/roost
    [[ ! -x $_roost_cli ]] || return 0
  done
  _roost_cli=''
  return 1
}

# The command `roost`: two verbs are this shell's work (H17), the rest is the program's.
_roost_command() {
  case ${1-}:${2-} in
    activate:-* | deactivate:-*) ;;
    activate:* | deactivate:*)
      "_roost_$1_by_hand" "${2-}"
      return
      ;;
  esac
  _roost_settled=''
  _roost_forget_envs
  if ! _roost_find_cli; then
    _roost_tell 'the program roost is not on PATH' 'pipx install pyenv-roost'
    return 127
  fi
  # V7: another Python's PYTHONHOME would end roost's own before its first line.
  ROOST_HOOK=$_roost_shell PYTHONHOME='' command "$_roost_cli" "$@"
}

# H17: the ready env that $1 names, in pyenv's store or else in roost's own, into _roost_env: as F13 has
# it, or by a bare name that has no alias, under the newest version.
_roost_ready_env() {
  local pyenv=$_roost_versions _roost_versions env best='' version
  for _roost_versions in "$pyenv" "$_roost_data"; do
    _roost_named_env "$1" && _roost_judge && [[ $_roost_state = ready ]] && return
  done
  for env in "$pyenv"/*/envs/"$1" "$_roost_data"/*/envs/"$1"; do
    _roost_env=$env version=${env%/envs/*}
    version=${version##*/}
    _roost_judge
    if [[ $_roost_state = ready ]] && _roost_valid "$version" "$1" && { [[ -z $best ]] || _roost_newer "$version" "${best%%/*}"; }; then
      best=$version/$env
    fi
  done
  _roost_env=${best#*/}
  [[ -n $best ]]
}

_roost_activate_by_hand() {
  _roost_settled=''
  _roost_forget_envs
  if [[ -n $1 ]]; then
    if _roost_stores && $_roost_listing _roost_ready_env "$1"; then
      _roost_enter "$_roost_env" by-hand
      _roost_held=$_roost_root
      return
    fi
    _roost_tell "there is no ready env $1" 'pyenv virtualenvs'
    return 6
  fi
  _roost_held='' _roost_last_root='' _roost_told=''
  _roost_look silent
  [[ -z $_roost_root ]] || return 0
  _roost_tell 'there is no project here' 'roost status'
  return 3
}

_roost_deactivate_by_hand() { _roost_deactivate; }

# H17: what may follow $3 as word $1 of `roost`, if it begins with $2: a line each in _roost_word.
_roost_suggest() {
  local all='' env name
  _roost_word=''
  if [[ $1 = 1 ]]; then
    for name in activate deactivate hook kernel setup status up; do all=$all$name$_roost_newline; done
  elif [[ $1:$3 = 2:kernel ]]; then
    for name in add check list prune remove; do all=$all$name$_roost_newline; done
  elif [[ $1:$3 = 2:activate ]] && _roost_stores; then
    for env in "$_roost_versions"/* "$_roost_versions"/*/envs/* "$_roost_data"/*/envs/*; do
      [[ -x $env/bin/python && -f $env/pyvenv.cfg && ! -e $env/.roost-building ]] || continue
      name=${env#"$_roost_versions"/}
      name=${name#"$_roost_data"/}
      ! _roost_valid "${name%%/envs/*}" "${name##*/}" || all=$all$name$_roost_newline
    done
    _roost_word=''
  fi
  while [[ -n $all ]]; do
    name=${all%%"$_roost_newline"*} all=${all#*"$_roost_newline"}
    [[ $name != "$2"* ]] || _roost_word=$_roost_word$name$_roost_newline
  done
}
