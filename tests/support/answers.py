"""What the hook's functions answer, without a terminal: many questions to one shell process."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from roost.machine.hooks import quote
from tests.support import trace
from tests.support.needs import need_locale
from tests.support.sandbox import REPOSITORY, Sandbox
from tests.support.shells import Shell
from tests.support.vectors import as_user

HOOK: Final = REPOSITORY / "shell"
# macOS has no C.UTF-8 everywhere, and nothing that en_US.UTF-8 would not show goes wrong in it.
LOCALES: Final = ("C", "en_US.UTF-8") if sys.platform == "darwin" else ("C", "C.UTF-8", "en_US.UTF-8")
_NO_CONFIGURATION: Final = {"zsh": ["-f"], "bash": ["--norc", "--noprofile"], "fish": ["--no-config"]}
_MULTIBYTE: Final = {"C": "2", "C.UTF-8": "1", "en_US.UTF-8": "1"}

# Each question is a call of one of these; each answer a record of fields.
_QUESTIONS: Final = r"""
_test_say() { printf '%s\037' "$@"; printf '\036'; }
# $1 the id, $2 and $3 the name file and the version file: the grammar.
_test_pins() {
  _roost_name_file=$2 _roost_version_file=$3 _roost_root='' name='' request=''
  _roost_read_files
  _roost_plainly _roost_parse_files
  if [ -z "$_roost_root" ]; then
    _test_say "$1" no-env '' ''
  elif [ -z "$request" ]; then
    _test_say "$1" invalid '' ''
  else
    _test_say "$1" valid "$name" "$request"
  fi
}
# $1 the id, $2 the working directory, $3 PYENV_ROOT, $4 HOME, $5 ROOST_HOME: all that a prompt looks at.
_test_tree() {
  cd -- "$2" || return
  PYENV_ROOT=$3 HOME=$4 ROOST_HOME=$5 _roost_settled=''
  _roost_look silent
  _test_say "$1" "$_roost_root" "$_roost_env"
}
# $1 the id, $2 the request, $3 PYENV_ROOT, $4 HOME, $5 ROOST_HOME: the env `shop` of that version.
_test_resolve() {
  PYENV_ROOT=$3 HOME=$4 ROOST_HOME=$5
  request=$2 name=shop _roost_env=''
  _roost_plainly _roost_find_env 2>/dev/null
  _test_say "$1" "$_roost_env"
}
# $1 the id: is $2 newer than $3?
_test_newer() {
  if _roost_plainly _test_is_newer "$2" "$3" 2>/dev/null; then _test_say "$1" yes; else _test_say "$1" no; fi
}
_test_is_newer() {
  _roost_sort_key "$1"
  _test_key=$_roost_word
  _roost_sort_key "$2"
  [[ $_test_key > $_roost_word ]]
}
# $1 the id, $2 PYENV_ROOT, then pairs: `set` VALUE, `unset` -, `prompt` -, `go` DIRECTORY. Answers PATH
# after each. Not to be asked after a tree.
_test_path() {
  PYENV_ROOT=$2
  printf '%s\037' "$1"
  shift 2
  while [ $# -gt 0 ]; do
    case $1 in
      set) PATH=$2 ;;
      unset) unset PATH ;;
      prompt) _roost_look silent ;;
      go) cd -- "$2" && _roost_look silent ;;
    esac
    printf '%s\037' "${PATH-}"
    shift 2
  done
  printf '\036'
}
"""
# The same in fish.
_QUESTIONS_OF_FISH: Final = r"""
function _test_say; printf '%s\037' $argv; printf '\036'; end
function _test_pins
  set -g _roost_root ''
  set -g _roost_word ''
  set -g _roost_name_file $argv[2]
  _roost_read_file _roost_name_bytes $argv[2]
  _roost_read_file _roost_version_bytes $argv[3]
  if _roost_parse_files; _test_say $argv[1] valid $_roost_word
  else if test -z "$_roost_root"; _test_say $argv[1] no-env '' ''
  else; _test_say $argv[1] invalid '' ''; end
end
function _test_machine; set -gx PYENV_ROOT $argv[1]; set -gx HOME $argv[2]; set -gx ROOST_HOME $argv[3]; end
function _test_tree
  cd -- $argv[2]; or return
  _test_machine $argv[3..]
  set -g _roost_settled ''
  _roost_look silent
  _test_say $argv[1] "$_roost_root" "$_roost_env"
end
function _test_resolve
  _test_machine $argv[3..]
  set -g _roost_env ''
  _roost_find_env shop $argv[2]
  _test_say $argv[1] "$_roost_env"
end
function _test_newer
  if _roost_is_newer $argv[2] $argv[3]; _test_say $argv[1] yes; else; _test_say $argv[1] no; end
end
function _test_path
  set -gx PYENV_ROOT $argv[2]
  printf '%s\037' $argv[1]
  set -e argv[1..2]
  while set -q argv[1]
    switch $argv[1]
      case set; set -gx PATH $argv[2]
      case unset; set -e PATH
      case prompt; _roost_look silent
      case go; cd -- $argv[2]; and _roost_look silent
    end
    printf '%s\037' "$PATH"
    set -e argv[1..2]
  end
  printf '\036'
end
"""


def ask(machine: Sandbox, shell: Shell, locale: str, questions: Iterable[tuple[str | Path, ...]]) -> dict[str, list[str]]:
    """Calls ``_test_<question[0]>`` with the rest of each question; the answers by id.

    Fails on any word on stderr, and where the shell does not know the locale: in C every byte is a character,
    and what a locale could break would go unseen.
    """
    need_locale(locale)
    calls = "\n".join(" ".join(["_test_" + str(kind), *(quote(str(word), shell.kind) for word in words)]) for kind, *words in questions)
    script = machine.root / f"ask.{shell.kind}"
    script.write_bytes(_script(shell.kind, calls).encode("utf-8", "surrogateescape"))
    words: list[str | Path] = [shell.path, *_NO_CONFIGURATION[shell.kind], *trace.options(shell.kind), script]
    done = subprocess.run(
        [str(word) for word in as_user(words)],
        cwd=machine.root,
        # Without the second, fish takes a UTF-8 locale for C.
        env={**machine.environ, "LC_ALL": locale, **({"fish_allow_singlebyte_locale": "1"} if locale == "C" else {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == b"", done.stderr[-2000:]
    assert done.returncode == 0
    records = [record.split("\x1f")[:-1] for record in done.stdout.decode("utf-8", "surrogateescape").split("\x1e")[:-1]]
    answers = {record[0]: record[1:] for record in records}
    assert len(answers) == len(records), "two answers to one question"
    letter = answers.pop("locale")
    # From 4.2 on, fish reads and writes UTF-8 in every locale.
    assert letter == [_MULTIBYTE[locale]] or (shell.kind, letter) == ("fish", ["1"]), f"{shell.path} does not know the locale {locale}"
    return answers


def _script(kind: str, calls: str) -> str:
    adapter = quote(str(HOOK / f"roost.{kind}"), kind)
    if kind == "fish":
        # `printf` with an escape in it makes one character of as many bytes as the locale says.
        letter = r"printf '\303\251' | read -l letter; _test_say locale (string length -- $letter)"
        return "\n".join((f"source {adapter}", _QUESTIONS_OF_FISH, letter, calls, "true"))
    letter = r"""_test_letter=$'\303\251'; _test_say locale "${#_test_letter}" """
    emulate = _rules_of_the_adapter() if kind == "zsh" else ""
    return "\n".join(
        (f"{trace.first_lines(kind)}. {trace.traced(kind, adapter)}", _QUESTIONS, letter, f"_test_all() {{\n{emulate}\n{calls}\n:\n}}", "_test_all")
    )


def _rules_of_the_adapter() -> str:
    """The ``emulate`` line under which zsh runs the shared functions."""
    lines: set[str] = set(re.findall(r"emulate -L zsh -o .*", (HOOK / "roost.zsh").read_text(encoding="utf-8")))
    assert len(lines) == 1, "the adapter's functions do not share one set of rules"
    return lines.pop()
