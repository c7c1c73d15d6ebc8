# shellcheck shell=bash
# What people paste into their rc files: each cd asks pyenv for its list, and an env of the name in
# .python-virtualenv is activated by its script. Nothing is ever deactivated.
cd() {
  builtin cd "$@" || return
  [ -f .python-virtualenv ] || return 0
  local name
  name=$(cat .python-virtualenv)
  # shellcheck source=/dev/null
  case $(pyenv versions) in
    *"/envs/$name"*) . "$PYENV_ROOT/versions/$name/bin/activate" ;;
    *) echo "no env $name" ;;
  esac
}
