"""What bash-preexec does, as far as the hook has to do with it: in our own words and under its own names."""

from __future__ import annotations

from typing import Final

# It puts itself first in PROMPT_COMMAND at the first prompt, sees the user's status, runs the precmd functions, and by a
# DEBUG trap the preexec functions before a command that was typed: one that does not stand in PROMPT_COMMAND.
PREEXEC: Final = """
__bp_precmd_invoke_cmd() {
  __bp_status=$? __bp_pipe=("${PIPESTATUS[@]}")
  local each
  for each in ${precmd_functions[@]+"${precmd_functions[@]}"}; do __bp_give "$__bp_status"; "$each"; done
  return "$__bp_status"
}
__bp_give() { return "$1"; }
__bp_interactive_mode() { __bp_typing=1; }
__bp_debug() {
  local each
  [[ -n ${__bp_typing-} && -z ${COMP_LINE-} ]] || return 0
  __bp_typing=
  case ";${PROMPT_COMMAND//$'\\n'/;};" in *";$BASH_COMMAND;"*) return 0 ;; esac
  for each in ${preexec_functions[@]+"${preexec_functions[@]}"}; do "$each" "$BASH_COMMAND"; done
}
__bp_install() {
  local rest=${PROMPT_COMMAND//__bp_install/:}
  trap __bp_debug DEBUG
  PROMPT_COMMAND=__bp_precmd_invoke_cmd$'\\n'${rest:+$rest$'\\n'}__bp_interactive_mode
  __bp_precmd_invoke_cmd
  __bp_interactive_mode
}
[[ ${PROMPT_COMMAND-} = *__bp_* ]] || PROMPT_COMMAND=${PROMPT_COMMAND:+$PROMPT_COMMAND$'\\n'}__bp_install
"""
