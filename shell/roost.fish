# roost's hook for fish, 3.6 and newer. `roost setup fish` puts a line into conf.d that sources this file.
#
# At each prompt _roost_look walks up to the two project files, reads them, and is done if nothing has changed. If
# something has, _roost_decide finds the env that the files ask for and turns it on or off. All of this is builtins: no
# process, no eval, and no file of a project or of an env is ever sourced. If the env is not ready, _roost_ask has the
# program `roost` make it, or say in one line why it cannot; the shell itself words no problem.
#
# This is the twin of core.sh, which serves bash and zsh: the same functions under the same names, in the order in which
# a prompt runs them.
#
#   set by _roost_look
#     _roost_name_file, _roost_version_file    the two files that decide here; empty if there is none
#     _roost_name_bytes, _roost_version_bytes  what is in them; `!`, which no rule accepts, if that cannot be used
#   set by _roost_decide
#     _roost_root                  the project's directory; empty outside of projects
#     _roost_env                   the project's env; empty if it is not ready
#     _roost_settled               everything that this was decided from; empty if the next prompt must decide again
#     ROOST_ENV (exported)         the env that roost turned on for a project; while VIRTUAL_ENV differs, the user has
#                                  turned on another one
#   kept until the shell ends
#     _roost_mine                  every env that roost turned on in this shell
#     _roost_held                  the project in which the user turned an env on or off by hand; empty if there is none
#     _roost_asked                 the projects that the program was asked about, as {root:bytes:bytes}, and those whose
#                                  env was on, as <root:bytes:bytes>
#     _roost_pythonhome, _roost_uv the user's PYTHONHOME and UV_PROJECT_ENVIRONMENT, to be given back
#     _roost_cli                   the program `roost`; the line in conf.d sets it
#   for the prompt, which is a function in fish
#     _roost_prompts               the text of each fish_prompt of the user's that roost has put its own around
#     _roost_shell                 a number that tells the names of these functions from another shell's
#     _roost_shown                 1 once the prompt that is being drawn has the name of the env in it
#   for passing values around
#     _roost_word                  what a function answers; a list if it has more than one answer
#
# A name that a user may give to a function or an alias is called through `builtin`; `set`, `test`, `read`, `string` and
# `status` are fish's own. What may be any word, such as VIRTUAL_ENV, never stands beside `-a` or `-o`: a value such as
# `!` would be taken for an operator.

# A regular expression sets the variable that a group of it is named after, a global one only if there is one by then.
set -g _roost_word ''
# A configuration that is read again forgets nothing else.
set -g _roost_settled ''

# --- at each prompt -----------------------------------------------------------------------------------------

# A `cd` is acted on at once and silently, so that `cd project; python` runs the project's Python. Handlers run in the
# order in which they were made, and direnv sets PATH back in one of its own. So ours are made at the first prompt, when
# the whole configuration has been read; nothing may be printed before that prompt is drawn.
if status is-interactive
    builtin complete -c roost -f -a '(_roost_complete)'
    function _roost_on_first_prompt --on-event fish_prompt
        builtin functions -e _roost_on_first_prompt
        function _roost_on_prompt --on-event fish_prompt
            _roost_look
            _roost_update_prompt
        end
        function _roost_on_pwd --on-variable PWD
            # In `PATH=/x cd project`, or in a function with a PATH of its own, whatever is set here would go with that
            # command or function. The next prompt acts then.
            set -ql PATH VIRTUAL_ENV VIRTUAL_ENV_PROMPT ROOST_ENV PYTHONHOME UV_PROJECT_ENVIRONMENT
            test $status -eq 6; or return
            _roost_look silent
            _roost_update_prompt
        end
        _roost_look silent
        _roost_update_prompt
    end
end

# The nearest .python-virtualenv decides, with the nearest .python-version beside or above it; if there is none, the
# nearest .python-version alone (F11). With an argument, nothing may be printed or made.
function _roost_look
    set -l start $PWD
    string match -rq '(?s)^/.' -- $PWD; or set start '' # the root or a removed directory; `/?*` tells it only before fish 4
    # A regular expression that does not match leaves no value in `dir`, and so none in the variable for the file.
    set -l dir $start
    while not test -f $dir/.python-virtualenv; and string match -rq '(?s)^(?<dir>.*)/' -- $dir
    end
    set -g _roost_name_file $dir/.python-virtualenv
    set -q dir[1]; or set dir $start
    while not test -f $dir/.python-version; and string match -rq '(?s)^(?<dir>.*)/' -- $dir
    end
    set -g _roost_version_file $dir/.python-version
    _roost_read_file _roost_name_bytes "$_roost_name_file"
    _roost_read_file _roost_version_bytes "$_roost_version_file"
    test "$_roost_name_file:$_roost_name_bytes:$_roost_version_file:$_roost_version_bytes:$VIRTUAL_ENV:$PYENV_ROOT:$PATH" = "$_roost_settled"
    and test -z "$_roost_env" || _roost_is_ready $_roost_env
    or _roost_act $argv
end

# Reads a file into the variable of that name; `!` if there is no file, or one with a NUL byte or more than 4096 bytes
# (F2). The first `read` ends at a NUL byte, at the end of the file, or at the limit, with status 122. The second one
# finds something only after a NUL byte, and `split0` succeeds where a NUL byte is the last one.
function _roost_read_file --argument-names variable file
    set -g $variable !
    test -r "$file"; or return
    set -l fish_read_limit 4096
    begin
        read -z -g $variable
        or test $status -eq 1
        and not read -z -g _roost_word
    end <$file
    and not string split0 -q <$file
    or set -g $variable !
end

# Puts a prompt of ours around the user's while there is a name to show, and gives the user's back after that. Other
# tools save fish_prompt, replace it or put theirs around it, at any time. So it is looked at each time, ours prints
# nothing while no env is on, and no prompt that ours is around is ever removed: a saved copy may come back.
function _roost_update_prompt
    set -q _roost_mine[1]; or return
    set -l fish_read_limit # the user's may be too small; this one counts in _roost_wrap_prompt too
    set -l about
    set -l inner
    builtin functions -D -v fish_prompt | read -z about # faster than a command substitution
    string match -rq '\nShow the env before (?<inner>_roost_prompt_'"$_roost_shell"'_[0-9]+)\n\z' -- "$about"
    if not _roost_find_name
        test -n "$inner"; or return
        builtin functions -e fish_prompt
        builtin functions -c $inner fish_prompt
    else if test -z "$inner"; and builtin functions -q fish_prompt
        _roost_wrap_prompt
    end
end

# The name to show into _roost_word. False if there is none: no env of ours is on, the user wants no name, or the prompt
# of an `activate.fish` shows one.
function _roost_find_name
    builtin contains -- "$VIRTUAL_ENV" $_roost_mine
    and test -z "$VIRTUAL_ENV_DISABLE_PROMPT$PYENV_VIRTUALENV_DISABLE_PROMPT"
    and not builtin functions -q _old_fish_prompt
    and string match -rq '(?<_roost_word>[^/]*)\z' -- $VIRTUAL_ENV
end

# The user's prompt runs first, and sees the user's $status and $pipestatus, which `set` and `switch` leave alone.
# A prompt that was put around an earlier one of ours shows the name by that one, so it is printed only once.
function _roost_wrap_prompt
    set -l text
    builtin functions --no-details fish_prompt | read -z text
    set -q _roost_shell; or set -g _roost_shell (builtin random 1 999999999999)
    builtin contains -- $text $_roost_prompts; or set -ga _roost_prompts $text
    set -l _roost_inner _roost_prompt_"$_roost_shell"_(builtin contains -i -- $text $_roost_prompts)
    builtin functions -q $_roost_inner; or builtin functions -c fish_prompt $_roost_inner
    function fish_prompt --description "Show the env before $_roost_inner" --inherit-variable _roost_inner
        set -g _roost_shown
        set -l _roost_lines '> '
        switch $_roost_inner
            case _roost_prompt_"$_roost_shell"_'*' # not in a shell that reads this prompt from a file of `funcsave`
                set _roost_lines ($_roost_inner $argv)
                set -q _roost_shown[1]; or not _roost_find_name; or builtin printf '(%s) ' $_roost_word
                set -g _roost_shown 1
        end
        string join \n -- $_roost_lines
    end
end

# --- when something has changed -----------------------------------------------------------------------------

# With an argument, nothing may be printed or made.
function _roost_act
    test "$ROOST_DISABLE" != 1; or return
    _roost_decide
    test -n "$_roost_root" -a -z "$_roost_held"; or return
    if test -n "$_roost_env"
        _roost_note_env
    else if not set -q argv[1]
        _roost_ask
    end
end

# Finds the env that the two files ask for, and turns it on or off.
function _roost_decide
    set -l before $_roost_root
    set -l awaited '' # the file names an env in the way of pyenv-virtualenv, and it may be made at any time
    set -g _roost_settled ''
    set -g _roost_root ''
    set -g _roost_env ''
    if test -n "$_roost_name_file"
        _roost_parse_files; and _roost_find_env $_roost_word
    else if test -n "$_roost_version_file"
        _roost_find_pyenv_env; or set awaited 1
    end
    set -l entered ''
    # Two spellings of one directory are one project: going from one to the other is no entry.
    test -z "$_roost_root" -o "$_roost_root" = "$before" -o "$_roost_root" -ef "$before"; or set entered 1
    set -l ours ''
    test -n "$VIRTUAL_ENV"; and test "$VIRTUAL_ENV" = "$ROOST_ENV"; and set ours 1
    builtin functions -q __direnv_export_eval; and _roost_drop_others
    # What was done by hand holds until the project is left (H10), or until our env is on again, as after direnv.
    test -n "$_roost_root" -a -z "$entered$ours"; or set -g _roost_held ''
    if test -n "$VIRTUAL_ENV"; and test -z "$entered$ours"
        set -g _roost_held $_roost_root # another env was turned on
        test -z "$ROOST_ENV"; or _roost_take_back $ROOST_ENV
    else if test -n "$_roost_env" -a -z "$_roost_held"
        _roost_enter $_roost_env
    else
        _roost_leave
    end
    test -n "$_roost_root" -a -z "$_roost_env" -o -n "$awaited"
    or set -g _roost_settled "$_roost_name_file:$_roost_name_bytes:$_roost_version_file:$_roost_version_bytes:$VIRTUAL_ENV:$PYENV_ROOT:$PATH"
end

# --- F: what the files say ------------------------------------------------------------------------------------

# The project into _roost_root, and the env's name and the version into _roost_word. False if the name file names no env,
# so that there is no project here (F9), or if one of the two files is invalid.
function _roost_parse_files
    _roost_first_word "$_roost_name_bytes"
    test -n "$_roost_word"; or return
    set -l name $_roost_word
    string match -rq '(?s)^(?<_roost_root>/(?=[^/]*\z)|.*(?=/))' -- $_roost_name_file
    _roost_first_word "$_roost_version_bytes"
    _roost_is_valid $name "$_roost_word"; or return
    string match -rq '^(?:python-)?+(?<_roost_word>.*)' -- $_roost_word
    set _roost_word $name $_roost_word
end

# The first word of the first line that is neither empty nor a comment into _roost_word (F3-F5). fish may complain about
# bytes that are no text in the user's locale.
function _roost_first_word
    string match -rq '^(?:[ \t\r\n]+|#[^\n]*(?:\n|\z))*+(?<_roost_word>[^ \t\r\n]*)' -- $argv[1] 2>/dev/null
end

# Is the one word an env name (F7), and the other a version, with or without `python-` before it (F6)?
function _roost_is_valid --argument-names name release
    string match -rq '^(?!(?:system|envs|[0-9]+|[0-9].*\.[0-9].*)/)[A-Za-z0-9][A-Za-z0-9._-]{0,63}/(?:python-)?+[A-Za-z0-9][A-Za-z0-9._-]{0,127}\z' -- "$name/$release" 2>/dev/null
end

# A .python-version alone may name an env as pyenv-virtualenv does (F13): `3.12.1/envs/shop`, or `shop`, where
# versions/shop is an env or a link to some versions/*/envs/shop. False if it names one that is not there.
function _roost_find_pyenv_env
    set -l name
    set -l release
    _roost_first_word "$_roost_version_bytes"
    set -l env $_roost_word
    if string match -rq '(?s)^(?:python-)?+(?<release>.*?)/envs/(?<name>.*)' -- $env
        _roost_is_valid "$name" "$release"; and _roost_find_stores; or return 0
        set env $_roost_word[1]/$release/envs/$name
    else
        _roost_is_valid "$env" any; and _roost_find_stores; or return 0 # a version, as in most of these files
        set name $env
        set env $_roost_word[1]/$name
    end
    test -f $env/pyvenv.cfg; or return
    if test -L $env -a -z "$release"
        _roost_follow_alias $_roost_word[1] $name; or return
        set env $_roost_word
    end
    string match -rq '(?s)^(?<_roost_root>/(?=[^/]*\z)|.*(?=/))' -- $_roost_version_file
    _roost_is_ready $env; and set -g _roost_env $env
    return 0
end

# The versions/*/envs/<name> that the link versions/<name> leads to, into _roost_word; false if there is none. Through a
# further link one env would have two names, and a link that leads out of versions/ names none.
function _roost_follow_alias --argument-names versions name
    set -l place
    set -l release
    # A look into each version takes milliseconds if there are a thousand; where the link leads nearly always tells.
    string match -rq '(?<release>[^/]*)/envs/[^/]*\z' -- (builtin realpath -- $versions/$name)
    set -l places $versions/$release/envs/$name
    test "$places" -ef $versions/$name; or set places $versions/*/envs/$name
    for place in $places
        string match -rq '(?<release>[^/]*)/envs/[^/]*\z' -- $place
        set _roost_word $place
        test ! -L $place -a ! -L $versions/$release -a $place -ef $versions/$name; and _roost_is_valid any $release; and return
    end
    return 1
end

# --- V: which env that is -------------------------------------------------------------------------------------

# The directories that versions lie in, pyenv's and roost's own, into _roost_word (V1, V6). False if a variable names no
# usable directory.
function _roost_find_stores
    set -l pyenv $PYENV_ROOT
    set -l data $ROOST_HOME
    test -n "$pyenv"; or set pyenv $HOME/.pyenv
    if test -z "$data"
        set data $HOME/.local/share/roost
        test -f /System/Library/CoreServices/SystemVersion.plist; and set data "$HOME/Library/Application Support/roost"
        string match -q '/*' -- $XDG_DATA_HOME; and set data $XDG_DATA_HOME/roost
    end
    string match -rq '^(?<pyenv>/[^[:cntrl:]:]*?)/?:(?<data>/[^[:cntrl:]:]*?)/?\z' -- "$pyenv:$data"; or return
    set _roost_word $pyenv/versions $data/versions
end

# The ready env of that name and version into _roost_env. The version of exactly that name serves, else the newest
# release that continues it and has the env (V2, V3). Its env lies in pyenv's store or, where the user may not write to
# that, in roost's own (V9).
function _roost_find_env --argument-names name request
    set -l lead ''
    set -l chosen ''
    set -l place
    set -l release
    _roost_find_stores; or return
    set -l stores $_roost_word
    # `system`, or a machine without pyenv (V6): the interpreter is found on PATH, and roost's own store has the env.
    test -d $stores[1]; or command -q pyenv; or builtin functions -q pyenv; or set -e stores[1]
    if test $request = system
        set stores $stores[-1]
    else if set -q stores[2]
        test -x $stores[1]/$request/bin/python -a ! -e $stores[1]/$request/pyvenv.cfg; and set chosen $request
    else
        test -d $stores/$request/envs/$name; and set chosen $request
    end
    if test -z "$chosen"
        # Only what begins as the request does is looked into, which saves milliseconds among a thousand versions.
        test $request = system; or string match -rq '^(?<lead>.*?)(?:(?<=[0-9])t)?\z' -- $request
        for place in $stores/$lead*/envs/$name
            # A half-made env does not count. One whose Python is gone does: the program says how to make it again.
            test -f $place/pyvenv.cfg -a ! -e $place/.roost-building; and test -e $place/bin/python -o -L $place/bin/python; or continue
            string match -rq '(?<release>[^/]*)/envs/[^/]*\z' -- $place
            set -q stores[2]; and not test -x $stores[1]/$release/bin/python -a ! -e $stores[1]/$release/pyvenv.cfg; and continue
            _roost_is_release $release $request; and _roost_is_newer $release "$chosen"; and set chosen $release
        end
        test -n "$chosen"; or return
    end
    for place in $stores/$chosen/envs/$name
        _roost_is_ready $place; and set -g _roost_env $place; and return
    end
end

# Is the version a final release that continues the request (V2)? A free-threaded one, `3.13.1t`, does so only if the
# request ends in `t` too. Each version continues `system`.
function _roost_is_release --argument-names release request
    set -l stem
    set -l wanted
    set -l free
    string match -rq '^(?!.*-(?:dev|src|latest)\z)(?!.*(?:a|b|rc)[0-9]+\z)[A-Za-z0-9][A-Za-z0-9._-]{0,127}\z' -- $release 2>/dev/null; or return
    string match -rq '^(?<stem>.*?)(?<wanted>(?<=[0-9])t)?\z' -- $request
    string match -rq '(?<free>(?<=[0-9])t)?\z' -- $release
    test "$free" = "$wanted"; or return
    test $request = system; or string match -q -- "$stem.*" $release; or string match -q -- "$stem-*" $release
end

# Is the version `a` newer than `b`, as pyenv sorts them? The first number in which they differ decides, where each field
# begins with one; without such a number, the longer name is newer, and of two as long, the one that sorts last in ASCII.
function _roost_is_newer --argument-names a b
    set -l x
    set -l y
    while test -n "$a$b"; and test "$x" = "$y"
        string match -rq '^0*(?<x>[0-9]*)[^.-]*[.-]?(?<a>.*)' -- "$a"
        string match -rq '^0*(?<y>[0-9]*)[^.-]*[.-]?(?<b>.*)' -- "$b"
    end
    test "$x" = "$y"; and set x $argv[1]; and set y $argv[2]
    # The same holds for two numbers without leading zeros: the longer is greater, else the one that sorts last.
    set -l longer (string length -- "$x")
    set -l shorter (string length -- "$y")
    if test $longer -ne $shorter
        test $longer -gt $shorter
        return
    end
    # From here on, `a` and `b` are the first letters in which they differ.
    string match -rq '^(?<x>.*)(?<a>.).*/\1(?!\2)(?<b>.)' -- "$x/$y"
    and string match -q -- "*$b*$a*" -.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz
end

# Half-made, broken and missing are one to the shell: not ready (E3).
function _roost_is_ready --argument-names env
    test -x $env/bin/python -a -f $env/pyvenv.cfg -a ! -e $env/.roost-building
end

# --- H: the environment of this shell -------------------------------------------------------------------------

# Turns an env on, in place of whatever is on (H2).
function _roost_enter --argument-names env
    if test -n "$ROOST_ENV"; and test "$VIRTUAL_ENV" = "$ROOST_ENV"; and not set -q _OLD_VIRTUAL_PATH
        # If it is on already, its entry first on PATH and there once, nothing is touched (H4). One that came in from the
        # shell that started this one is turned on again, for its `deactivate` is a function.
        if test "$VIRTUAL_ENV" = $env; and test "$PATH[1]" = $env/bin
            and not builtin contains -- $env/bin $PATH[2..]; and builtin contains -- $env $_roost_mine
            return
        end
        _roost_take_back $ROOST_ENV
    else
        _roost_leave
    end
    set -l name
    string match -rq '(?<name>[^/]*)\z' -- $env
    builtin contains -- $env $_roost_mine; or set -ga _roost_mine $env
    _roost_drop_entry $env/bin
    set -gx PATH $env/bin $PATH
    set -gx VIRTUAL_ENV $env
    set -gx VIRTUAL_ENV_PROMPT $name
    set -gx ROOST_ENV $env
    set -q PYTHONHOME; and set -g _roost_pythonhome $PYTHONHOME; and set -eg PYTHONHOME
    test "$ROOST_UV" = 1; and set -g _roost_uv $UV_PROJECT_ENVIRONMENT; and set -gx UV_PROJECT_ENVIRONMENT $env
    function deactivate --description 'Turn the env off until the project is left (roost)'
        _roost_deactivate
    end
end

# Turns off whatever env is on, and takes back what roost changed and nothing else (H3).
function _roost_leave
    set -l env $VIRTUAL_ENV
    test -n "$env$ROOST_ENV"; or return
    if set -q _OLD_VIRTUAL_PATH
        # An `activate.fish` knows best what it changed. But its PATH of that time would lose what was added since.
        set -eg _OLD_VIRTUAL_PATH
        builtin functions -q deactivate; and deactivate
    end
    if test -n "$env"; and test "$PYENV_VIRTUAL_ENV" = "$env"
        # What `pyenv activate` sets; else pyenv's shims would go on to choose that env.
        test -z "$PYENV_ACTIVATE_SHELL"; or set -eg PYENV_ACTIVATE_SHELL PYENV_VERSION
        set -eg PYENV_VIRTUAL_ENV
    end
    set -l one
    for one in $env $ROOST_ENV
        _roost_take_back $one
    end
    set -q _roost_pythonhome; and set -gx PYTHONHOME $_roost_pythonhome; and set -eg _roost_pythonhome
    set -eg VIRTUAL_ENV VIRTUAL_ENV_PROMPT ROOST_ENV
    builtin functions -e deactivate
end

# Takes back what must not stay when another env takes the place of this one. Another value for uv is the user's own.
function _roost_take_back --argument-names env
    _roost_drop_entry $env/bin
    test "$UV_PROJECT_ENVIRONMENT" = "$env"; or return
    set -eg UV_PROJECT_ENVIRONMENT
    test -z "$_roost_uv"; or set -gx UV_PROJECT_ENVIRONMENT $_roost_uv
end

# Takes an entry out of PATH, wherever it is in it; every other one stays.
function _roost_drop_entry --argument-names entry
    while builtin contains -- $entry $PATH
        set -e PATH[(builtin contains -i -- $entry $PATH)]
    end
end

# direnv gives PATH back as it found it, perhaps with an env in it that is off by now.
function _roost_drop_others
    set -l env
    for env in $_roost_mine
        test "$env" = "$VIRTUAL_ENV"; or _roost_drop_entry $env/bin
    end
end

# --- the program ----------------------------------------------------------------------------------------------

# Notes that the env was on in this shell: if it is removed later, the program is asked once more, to say so (H13).
function _roost_note_env
    set -l question "$_roost_root:$_roost_name_bytes:$_roost_version_bytes"
    builtin contains -- "<$question>" $_roost_asked; or set -ga _roost_asked "<$question>"
    set -l at (builtin contains -i -- "{$question}" $_roost_asked); and set -e _roost_asked[$at]
end

# Has the program make the env, or say in one line what is wrong: once in this shell for one state of the two files (H12).
# An env that was on in this shell and is gone was removed on purpose, so it is not made again (H13).
function _roost_ask
    set -l create $ROOST_AUTO_CREATE
    set -l question "$_roost_root:$_roost_name_bytes:$_roost_version_bytes"
    builtin contains -- "{$question}" $_roost_asked; and return
    set -ga _roost_asked "{$question}" # before the program runs, or Ctrl-C would bring it back at the next prompt
    builtin contains -- "<$question>" $_roost_asked; and set create 0
    _roost_find_cli "$ROOST_QUIET"; or return
    # A setting counts whether it is exported or not; a Python path of the user's would change what the program imports.
    ROOST_AUTO_CREATE=$create ROOST_QUIET=$ROOST_QUIET PYTHONPATH= PYTHONHOME= __PYVENV_LAUNCHER__= command $_roost_cli up --from-hook </dev/null >&2
    set -l result $status
    _roost_look silent
    return $result
end

# The program that belongs to this hook into _roost_cli. Not a shim of pyenv's, which would follow the project's own
# .python-version; nothing of a relative entry of PATH or of the env, which a project may have put there.
function _roost_find_cli
    test -x "$_roost_cli"; and return
    set -l dir
    for dir in (status dirname)/../../bin $PATH
        string match -q '/*' -- $dir; and not string match -q '*/shims' -- $dir; or continue
        test -n "$VIRTUAL_ENV"; and test "$dir" -ef "$VIRTUAL_ENV/bin"; and continue
        set -g _roost_cli $dir/roost
        test -x $_roost_cli; and return
    end
    test "$argv[1]" = 1; or builtin echo 'roost: the program roost is not on PATH; type: pipx install pyenv-roost' >&2
    return 127
end

# The command `roost`. Two verbs change this shell; the rest is the program's.
function roost --description 'Python envs of projects'
    if builtin contains -- "$argv[1]" activate deactivate; and not string match -q -- '-*' "$argv[2]"
        _roost_$argv[1] $argv[2]
        return
    end
    set -g _roost_settled '' # it may make an env that this project is to have
    _roost_find_cli; or return
    ROOST_HOOK=fish PYTHONHOME= __PYVENV_LAUNCHER__= command $_roost_cli $argv
end

# With a name, turns that env on, and it stays like one that the user turned on by hand. Without, turns the project's on
# again; if it is not ready, asks the program, which also says so if there is no project.
function _roost_activate
    set -g _roost_settled ''
    if test -n "$argv[1]"
        _roost_find_cli; or return
        set -l env (PYTHONHOME= __PYVENV_LAUNCHER__= command $_roost_cli which --env $argv[1]); or return
        _roost_enter $env
        set -eg ROOST_ENV
        set -g _roost_held $_roost_root
        return 0
    end
    set -g _roost_root '' # as if the project were entered now, which ends what was done by hand
    set -g _roost_asked
    _roost_look silent
    test -n "$_roost_env"; or _roost_ask
end

# It holds until the project is left.
function _roost_deactivate
    _roost_leave
    set -g _roost_held $_roost_root
    set -g _roost_settled ''
    return 0
end

# What TAB offers after `roost`: what the program knows, and else directories; after `roost run`, files.
function _roost_complete
    set -l IFS \n # the user's may be empty
    set -l words (builtin commandline -opc)[2..] "$(builtin commandline -ct)"
    set -l found
    _roost_find_cli 1; and set found (PYTHONHOME= __PYVENV_LAUNCHER__= command $_roost_cli complete $words 2>/dev/null); or return
    if set -q found[1]
        string join \n -- $found
    else if test "$words[1]" = run
        builtin complete -C "'' $words[-1]"
    else
        __fish_complete_directories
    end
end
