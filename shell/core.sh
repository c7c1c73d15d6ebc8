# shellcheck shell=bash
# shellcheck disable=SC2295,SC2100,SC2317,SC2154 # a bracket around a variable is a bracket; states have a hyphen; adapters set and call
# roost, the shell half: what bash (3.2 and newer) and zsh share. docs/hook.md explains it.
# It looks, and it changes the environment of this shell. Builtins only: no process, no eval, and
# nothing below a project or an env is ever sourced. Making things is the work of `roost up`.
# An adapter (roost.bash, roost.zsh) supplies _roost_slurp and _roost_plainly and asks
# _roost_unchanged at each prompt.

_roost_newline='
'
_roost_blank=$' \t\r\n'
# Spelled out: in a bracket, a range such as A-Z follows the locale. So does LC_ALL=C for a function,
# but bash answers a locale that is not installed with a warning each time the function ends.
_roost_digits=0123456789
_roost_alnum=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz$_roost_digits
# What functions answer in.
_roost_raw='' _roost_more='' _roost_word='' _roost_why='' _roost_versions='' _roost_data='' _roost_stored=''
# What the last look found. An empty file name: no such file.
_roost_root='' _roost_name_file='' _roost_version_file=''
_roost_name='' _roost_request='' _roost_env='' _roost_state=idle
# What was true when it had been acted on.
_roost_settled='' _roost_last_root='' _roost_drawn=''
# The env that this shell turned on last, the project where the user turned it off by hand, and what
# has been said and tried already.
_roost_ours=${ROOST_ENV-} _roost_held='' _roost_told='' _roost_tried=$_roost_newline
_roost_prefix=${_roost_ours:+"(${_roost_ours##*/}) "}

# --- F: the two files ---------------------------------------------------------------------------

# F2-F5: the first word of $1 (what _roost_slurp left) into _roost_word, empty if there is none.
# False if the file cannot be used at all.
_roost_first_word() {
  local rest=${1#:}
  _roost_word=${rest%"$_roost_newline"}
  # Nearly always a file is one plain word.
  case $_roost_word in '' | *[!$_roost_alnum._-]*) ;; *) return 0 ;; esac
  _roost_word=''
  case $1 in :*) ;; *) return 1 ;; esac
  [ "${#rest}" -le 1024 ] || _roost_fits "$rest" 2>/dev/null || return 1
  while :; do
    rest=${rest#"${rest%%[!$_roost_blank]*}"}
    case $rest in
      '') return 0 ;;
      '#'*"$_roost_newline"*) rest=${rest#*"$_roost_newline"} ;;
      '#'*) return 0 ;;
      *)
        _roost_word=${rest%%[$_roost_blank]*}
        return 0
        ;;
    esac
  done
}

# F2: at most 4096 bytes, whatever a character is here.
_roost_fits() {
  local LC_ALL=C
  [ "${#1}" -le 4096 ]
}

# F6. Leaves the version without its `python-` in _roost_word.
_roost_valid_version() {
  _roost_word=${1#python-}
  case $_roost_word in '' | [!$_roost_alnum]* | *[!$_roost_alnum._-]*) return 1 ;; esac
  [ "${#_roost_word}" -le 128 ]
}

# F7.
_roost_valid_name() {
  case $1 in
    '' | [!$_roost_alnum]* | *[!$_roost_alnum._-]*) return 1 ;;
    system | envs | [$_roost_digits]*.[$_roost_digits]*) return 1 ;;
    *[!$_roost_digits]*) [ "${#1}" -le 64 ] ;;
    *) return 1 ;;
  esac
}

# From the raw bytes to a project: _roost_root (empty: none), _roost_name, _roost_request and
# _roost_state: `idle` (no project until a file changes), `no-project` (none, but look again: F13),
# `invalid` (_roost_why names the file), or empty: to be resolved.
_roost_parse() {
  _roost_root='' _roost_name='' _roost_request='' _roost_state=idle _roost_env='' _roost_why=''
  if [ -z "$_roost_name_file" ]; then
    [ -z "$_roost_version_file" ] || _roost_parse_pyenv_name
    return
  fi
  if _roost_first_word "$_roost_raw" && [ -z "$_roost_word" ]; then
    return # F9
  fi
  _roost_root=${_roost_name_file%/*}
  _roost_root=${_roost_root:-/}
  _roost_state=invalid
  if ! _roost_valid_name "$_roost_word"; then
    _roost_why=$_roost_name_file
    return
  fi
  _roost_name=$_roost_word
  if [ -z "$_roost_version_file" ] || ! _roost_first_word "$_roost_more" ||
    ! _roost_valid_version "$_roost_word"; then
    _roost_why=${_roost_version_file:-$_roost_name_file}
    return
  fi
  _roost_request=$_roost_word
  _roost_state=''
}

# F13: a .python-version alone may name an env as pyenv-virtualenv does.
_roost_parse_pyenv_name() {
  local word
  _roost_first_word "$_roost_more" || return 0
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
  if [ "$version" != "$1" ]; then
    _roost_valid_version "$version" && _roost_valid_name "$name" || return 1
    _roost_env=$_roost_versions/$_roost_word/envs/$name
    [ -f "$_roost_env/pyvenv.cfg" ]
    return
  fi
  _roost_valid_name "$1" || return 1
  _roost_env=$_roost_versions/$1
  [ -f "$_roost_env/pyvenv.cfg" ] || return 1
  [ -L "$_roost_env" ] || return 0
  # The env says which interpreter it came from: one look instead of one for each version.
  _roost_slurp "$_roost_env/pyvenv.cfg" ''
  home=${_roost_raw#*home = "$_roost_versions"/}
  home=${home%%/bin*}
  if _roost_valid_version "$home" && [ "$_roost_versions/$home/envs/$1" -ef "$_roost_env" ]; then
    _roost_env=$_roost_versions/$home/envs/$1
    return
  fi
  _roost_plainly _roost_unalias "$1"
}

# The versions/*/envs/$1 that _roost_env is an alias of.
_roost_unalias() {
  local env version
  for env in "$_roost_versions"/*/envs/"$1"; do
    version=${env%/envs/*}
    if [ ! -L "$version" ] && [ "$env" -ef "$_roost_env" ] && _roost_valid_version "${version##*/}"; then
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
  local pyenv=${PYENV_ROOT:-${HOME-}/.pyenv} data=${ROOST_HOME-}
  if [ "$pyenv:$data:${XDG_DATA_HOME-}" = "$_roost_stored" ]; then return; fi
  _roost_stored=$pyenv:$data:${XDG_DATA_HOME-}
  if [ -z "$data" ]; then
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
  _roost_stores || return 0
  store=$_roost_versions
  if [ "$_roost_request" = system ] || { [ ! -d "$store" ] && ! command -v pyenv >/dev/null 2>&1; }; then
    store=$_roost_data
  fi
  _roost_word=''
  if [ "$_roost_request" = system ] || ! _roost_usable "$store/$_roost_request"; then
    _roost_plainly _roost_newest "$store"
  else
    _roost_word=$_roost_request
  fi
  if [ -n "$_roost_word" ]; then
    _roost_env=$store/$_roost_word/envs/$_roost_name
    _roost_judge
  elif [ "$store" = "$_roost_data" ]; then
    _roost_state=env-missing # only a look at PATH can tell whether there is an interpreter
  else
    _roost_state=interpreter-missing
  fi
}

# The newest version in the directory $1 that continues the request, of those that hold the env if
# there are any, into _roost_word; empty if there is none.
_roost_newest() {
  local dir version lead=$_roost_request free='' best='' holder=''
  case $lead in
    system) lead='' ;;
    *[$_roost_digits]t) lead=${lead%t} free=t ;;
  esac
  for dir in "$1/$lead"*; do
    version=${dir##*/}
    if ! _roost_continues "$version" "$lead" "$free" || ! _roost_usable "$dir"; then continue; fi
    if [ -z "$best" ] || _roost_newer "$version" "$best"; then best=$version; fi
    if _roost_holds "$dir/envs/$_roost_name" && { [ -z "$holder" ] || _roost_newer "$version" "$holder"; }; then
      holder=$version
    fi
  done
  _roost_word=${holder:-$best}
}

# V3: is there an env at $1? One that is half-made does not count.
_roost_holds() {
  [[ -f $1/pyvenv.cfg && ! -e $1/.roost-building && ( -e $1/bin/python || -L $1/bin/python ) ]]
}

# Is $1 an interpreter of pyenv's, or a directory of ours that holds the env?
_roost_usable() {
  case $1 in
    "$_roost_data"/*) [ -d "$1/envs/$_roost_name" ] ;;
    *) [ -x "$1/bin/python" ] && [ ! -e "$1/pyvenv.cfg" ] ;;
  esac
}

# V2: is the version $1 a final release that continues $2, free-threaded just if $3 is `t`?
_roost_continues() {
  local stem
  [ "${#1}" -le 128 ] || return 1
  case $1 in
    *[!$_roost_alnum._-]* | *-dev | *-src | *-latest) return 1 ;;
    *[$_roost_digits]t) [ "$3" = t ] || return 1 ;;
    *) [ -z "$3" ] || return 1 ;;
  esac
  case $1 in *[$_roost_digits])
    stem=${1%"${1##*[!$_roost_digits]}"}
    case $stem in *a | *b | *rc) return 1 ;; esac
    ;;
  esac
  [ -z "$2" ] && return
  case $1 in "$2"[.-]*) ;; *) return 1 ;; esac
}

# Is the version $1 newer than $2? Field by field, split at `.` and `-`, by leading number.
_roost_newer() {
  local a=$1 b=$2 x y
  while [ -n "$a$b" ]; do
    x=${a%%[.-]*} y=${b%%[.-]*}
    a=${a#"$x"} b=${b#"$y"}
    a=${a#?} b=${b#?}
    x=${x%%[!$_roost_digits]*} y=${y%%[!$_roost_digits]*}
    x=${x#"${x%%[!0]*}"} y=${y#"${y%%[!0]*}"}
    if [ "$x" != "$y" ]; then
      _roost_greater "$x" "$y"
      return
    fi
  done
  if [ "${#1}" -ne "${#2}" ]; then
    [ "${#1}" -gt "${#2}" ]
  else
    _roost_sorts_last "$1" "$2" 2>/dev/null
  fi
}

# Of two numbers without leading zeros the larger.
_roost_greater() {
  if [ "${#1}" -ne "${#2}" ]; then
    [ "${#1}" -gt "${#2}" ]
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
  if [ -e "$_roost_env/.roost-building" ]; then
    _roost_state=env-incomplete
  elif [ -x "$_roost_env/bin/python" ] && [ -f "$_roost_env/pyvenv.cfg" ]; then
    _roost_state=ready
  elif [ ! -d "$_roost_env" ]; then
    _roost_state=env-missing
  elif [ ! -e "$_roost_env/bin/python" ] && [ ! -L "$_roost_env/bin/python" ]; then
    _roost_state=env-incomplete
  else
    _roost_state=env-broken
  fi
}

# --- H: the environment of this shell ---------------------------------------------------------------

# PATH without the entry $1 into _roost_word; every other field stays, empty ones too (H3).
_roost_path_without() {
  local head
  _roost_word=:${PATH-}:
  while :; do
    head=${_roost_word%%":$1:"*} # from the other side, bash takes four times as long
    [ "$head" != "$_roost_word" ] || break
    _roost_word=$head:${_roost_word#"$head:$1:"}
  done
  _roost_word=${_roost_word#:}
  _roost_word=${_roost_word%:}
}

# H2. $2 is `by-hand` for an env that the user named: no project owns it, none leaves it.
_roost_enter() {
  case ${VIRTUAL_ENV-} in
    "$1") ;;
    "$_roost_ours") _roost_forget ;;
    *) _roost_leave ;;
  esac
  [ -z "${_OLD_VIRTUAL_PATH+set}${_OLD_VIRTUAL_PS1+set}" ] || _roost_drop_activate_script
  _roost_path_without "$1/bin"
  # An empty PATH is one empty field. Setting PATH makes the shell forget where commands were.
  [ "${PATH-}" = "$1/bin" ] || [ "${PATH-}" = "$1/bin:$_roost_word" ] || PATH=$1/bin:$_roost_word
  export PATH VIRTUAL_ENV="$1" VIRTUAL_ENV_PROMPT="${1##*/}" ROOST_ENV="$1"
  [ "${2-}" != by-hand ] || unset ROOST_ENV
  if [ -n "${PYTHONHOME+set}" ]; then
    _roost_pythonhome=$PYTHONHOME
    unset PYTHONHOME
  fi
  if [ "${ROOST_UV-}" = 1 ] && [ "${UV_PROJECT_ENVIRONMENT-}" != "$1" ]; then
    _roost_uv=${UV_PROJECT_ENVIRONMENT-}
    export UV_PROJECT_ENVIRONMENT="$1"
  fi
  _roost_ours=$1 _roost_prefix="(${1##*/}) "
  if [ -z "${VIRTUAL_ENV_DISABLE_PROMPT-}${PYENV_VIRTUALENV_DISABLE_PROMPT-}" ]; then
    case ${PS1-} in "$_roost_prefix"*) ;; *) PS1=$_roost_prefix${PS1-} ;; esac
  fi
  deactivate() { _roost_plainly _roost_deactivate; }
}

# Turns off whatever env is on, and takes back what roost changed and nothing else (H3).
_roost_leave() {
  if [ -n "${VIRTUAL_ENV-}" ] && [ "$VIRTUAL_ENV" != "$_roost_ours" ]; then
    _roost_drop_activate_script
    _roost_path_without "$VIRTUAL_ENV/bin"
    PATH=$_roost_word
  elif [ -z "${VIRTUAL_ENV-}$_roost_ours" ]; then
    return
  fi
  unset VIRTUAL_ENV VIRTUAL_ENV_PROMPT
  _roost_forget
  if [ -n "${_roost_pythonhome+set}" ]; then
    export PYTHONHOME="$_roost_pythonhome"
    unset _roost_pythonhome
  fi
  unset -f deactivate 2>/dev/null || :
}

# Takes our own entry out of PATH and prompt: our env is off, or another one has taken its place.
_roost_forget() {
  [ -n "$_roost_ours" ] || return 0
  _roost_path_without "$_roost_ours/bin"
  PATH=$_roost_word
  case ${PS1-} in *"$_roost_prefix"*) PS1=${PS1%%"$_roost_prefix"*}${PS1#*"$_roost_prefix"} ;; esac
  if [ -n "${_roost_uv+set}" ]; then
    if [ "${UV_PROJECT_ENVIRONMENT-}" != "$_roost_ours" ]; then
      : # the user's own by now
    elif [ -n "$_roost_uv" ]; then
      export UV_PROJECT_ENVIRONMENT="$_roost_uv"
    else
      unset UV_PROJECT_ENVIRONMENT
    fi
    unset _roost_uv
  fi
  unset ROOST_ENV
  # While another env is on, its `deactivate` may bring back a PATH with ours in it.
  [ -n "${VIRTUAL_ENV-}" ] || _roost_ours=''
}

# Undoes what the `activate` script of venv or virtualenv keeps for its own `deactivate`, but for
# PATH: its snapshot would lose what the user added since.
_roost_drop_activate_script() {
  if [ -n "${_OLD_VIRTUAL_PS1+set}" ]; then PS1=$_OLD_VIRTUAL_PS1; fi
  if [ -n "${_OLD_VIRTUAL_PYTHONHOME:+set}" ]; then export PYTHONHOME="$_OLD_VIRTUAL_PYTHONHOME"; fi
  unset _OLD_VIRTUAL_PS1 _OLD_VIRTUAL_PYTHONHOME _OLD_VIRTUAL_PATH
}

# `deactivate`, typed by hand: it holds until the project is left (H10).
_roost_deactivate() {
  _roost_held=$_roost_root
  _roost_leave
  _roost_settled=''
}

# --- looking and acting -------------------------------------------------------------------------------

# True if nothing changed since the last look that was acted on. This is the work of nearly every
# prompt, so what can be one command is one.
_roost_unchanged() {
  if [[ -f $PWD/.python-virtualenv && -f $PWD/.python-version ]]; then
    _roost_name_file=$PWD/.python-virtualenv _roost_version_file=$PWD/.python-version
  else
    _roost_find
  fi
  _roost_slurp "$_roost_name_file" "$_roost_version_file"
  [ "${VIRTUAL_ENV-}:${PATH-}:${PYENV_ROOT-}:$_roost_name_file$_roost_raw:$_roost_version_file$_roost_more" = "$_roost_settled" ] &&
    [[ $_roost_state = ready && -x $_roost_env/bin/python && -f $_roost_env/pyvenv.cfg && ! -e $_roost_env/.roost-building || $_roost_state = idle ]]
}

# Finds the files that decide for $PWD (F11-F13); no file, no name.
_roost_find() {
  local dir=${PWD%/}
  _roost_name_file='' _roost_version_file=''
  while [[ -n $dir && ! -f $dir/.python-virtualenv && ! -f $dir/.python-version ]]; do dir=${dir%/*}; done
  [[ ! -f $dir/.python-version ]] || _roost_version_file=$dir/.python-version
  while [[ -n $dir && ! -f $dir/.python-virtualenv ]]; do dir=${dir%/*}; done
  [[ -f $dir/.python-virtualenv ]] || return 0
  _roost_name_file=$dir/.python-virtualenv _roost_version_file=''
  while [[ -n $dir && ! -f $dir/.python-version ]]; do dir=${dir%/*}; done
  [[ ! -f $dir/.python-version ]] || _roost_version_file=$dir/.python-version
}

# Is the env $1 on, by us, and its bin first on PATH and only once? Then nothing is touched (H4).
_roost_is_on() {
  [ "${VIRTUAL_ENV-}:$_roost_ours" = "$1:$1" ] || return 1
  case ${PATH-}: in "$1/bin:"*":$1/bin:"*) return 1 ;; "$1/bin:"*) ;; *) return 1 ;; esac
}

# Decides what the files ask for and makes it so. Runs only when something changed.
_roost_decide() {
  local entered='' seen=$_roost_name_file$_roost_raw:$_roost_version_file$_roost_more
  _roost_parse
  [ -n "$_roost_state" ] || _roost_resolve
  if [ -z "$_roost_root" ]; then
    _roost_held=''
  elif [ "$_roost_root" != "$_roost_last_root" ] && ! [ "$_roost_root" -ef "$_roost_last_root" ]; then
    entered=1 _roost_held=''
  fi
  _roost_last_root=$_roost_root
  if [ -z "$entered" ] && [ "${VIRTUAL_ENV-}" != "${ROOST_ENV-}" ]; then
    # The user turned another env on, or ours off: by hand wins until a project is entered (H10).
    _roost_held=$_roost_root
    [ "${VIRTUAL_ENV-}" = "$_roost_ours" ] || _roost_forget
    [ -n "${VIRTUAL_ENV-}" ] || _roost_leave
  elif [ -n "$_roost_held" ]; then
    [ -n "${VIRTUAL_ENV-}" ] || _roost_leave
  elif [ "$_roost_state" = ready ]; then
    if [ -n "$entered" ] || ! _roost_is_on "$_roost_env"; then _roost_enter "$_roost_env"; fi
    _roost_first_try || :
  elif [ -n "$entered${ROOST_ENV-}" ]; then
    _roost_leave
  fi
  _roost_settled=${VIRTUAL_ENV-}:${PATH-}:${PYENV_ROOT-}:$seen
}

# At a prompt, when something changed or is missing.
_roost_prompt() {
  _roost_decide
  # Nothing is said or made before the first prompt is drawn (H6).
  if [ -z "$_roost_drawn" ]; then
    _roost_drawn=1
  elif [ "$_roost_state" != ready ] && [ -n "$_roost_root" ] && [ -z "$_roost_held" ]; then
    _roost_attend
  fi
}

# H12, H13: makes the env that can be made, or says once what is wrong and what to type.
_roost_attend() {
  case $_roost_state in
    env-missing | env-incomplete)
      if [ "${ROOST_AUTO_CREATE-}" != 0 ] && _roost_first_try && _roost_find_cli; then
        # Without the variables that could bring code of a project into roost's own Python.
        PYTHONPATH='' PYTHONHOME='' "$_roost_cli" up --from-hook </dev/null >&2 || :
        _roost_unchanged || _roost_decide
        return
      fi
      _roost_say "the env $_roost_name of $_roost_root is not there yet" 'roost up'
      ;;
    env-broken) _roost_say "the env $_roost_name of $_roost_root is broken" 'roost up --recreate' ;;
    interpreter-missing)
      _roost_say "Python $_roost_request ($_roost_version_file) is not installed" 'roost up'
      ;;
    invalid) _roost_say "$_roost_why cannot be used" 'roost status' ;;
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
  [ ! -x "${_roost_cli-}" ] || return 0
  _roost_cli=${_roost_here-}/../../bin/roost
  [ -z "${_roost_here-}" ] || [ ! -x "$_roost_cli" ] || return 0
  while [ -n "$rest" ]; do
    dir=${rest%%:*} rest=${rest#*:}
    case $dir in /*/shims | "${VIRTUAL_ENV:-/}"/*) continue ;; /*) ;; *) continue ;; esac
    _roost_cli=$dir/roost
    [ ! -x "$_roost_cli" ] || return 0
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
  if ! _roost_find_cli; then
    _roost_tell 'the program roost is not on PATH' 'pipx install pyenv-roost'
    return 127
  fi
  ROOST_HOOK=$_roost_shell command "$_roost_cli" "$@"
}

_roost_activate_by_hand() {
  _roost_settled=''
  if [ -n "$1" ]; then
    if _roost_stores && _roost_named_env "$1" && _roost_judge && [ "$_roost_state" = ready ]; then
      _roost_enter "$_roost_env" by-hand
      _roost_held=$_roost_root
      return
    fi
    _roost_tell "there is no ready env $1" 'pyenv virtualenvs'
    return 6
  fi
  _roost_held='' _roost_last_root='' _roost_told=''
  _roost_unchanged || _roost_decide
  [ -z "$_roost_root" ] || return 0
  _roost_tell 'there is no project here' 'roost status'
  return 3
}

_roost_deactivate_by_hand() { _roost_deactivate; }
