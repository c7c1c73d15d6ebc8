# roost for fish, 3.6 and newer. `roost setup fish` puts a line into conf.d that sources this file.
# It does what core.sh does for bash and zsh, in fish's own words, under the same tests; docs/hook.md
# explains it. It looks, and it changes the environment of this shell. Builtins only: no process, no
# eval, and nothing below a project or an env is ever sourced. Making things is the work of `roost up`.
# A builtin whose name a user may give to a function or an alias is called through `builtin`.

# What is kept begins unset where that will do, for each command here is one that a shell start waits for.
# What functions answer in: why, rest, versions, data, stored, passed.
# What the last look found, where an empty file name is no such file: name_file to env; what was not there
# on its way, and would count, near and further up: absent, further.
# What was true when it had been acted on: variables, the words for `test` that ask for the files and the
# env, the files to read (/dev/null: no such file) and what was in them: settled, asked, read, seen.
# What the last four projects came to: where envs are and the bytes, the env, its name, its alias, the
# directory: known; and a word for each time that this was used: used.
set -eg _roost_why _roost_rest _roost_versions _roost_data _roost_stored _roost_passed \
    _roost_name_file _roost_version_file _roost_raw _roost_more _roost_name _roost_request _roost_env \
    _roost_absent _roost_further _roost_settled _roost_asked _roost_read _roost_seen _roost_known _roost_used
set -g _roost_word ''
set -g _roost_root ''
set -g _roost_state idle
# A configuration that is read again forgets none of this: the env that this shell turned on last, and the
# wrapped prompt that shows it.
if not set -q _roost_ours
    set -g _roost_ours "$ROOST_ENV"
    set -g _roost_live ''
    # The last project, the one where the user turned the env off by hand; what has been said and tried; which
    # env direnv left on, and what it had done; what stands before the prompt, and how often one was wrapped.
    set -eg _roost_last_root _roost_held _roost_told _roost_tried _roost_drawn _roost_was _roost_direnv _roost_prefix _roost_wraps
end

# --- what runs at a prompt and on a cd --------------------------------------------------------------------

# When a function comes to its first `if` or its first call, fish counts the lines above it in this file. So
# what runs most stands first, and in few functions.

# At once and silently on `cd`, but not while the configuration is still being read; all that prints
# or makes something happens at a prompt, before it is drawn. fish gives `$status` back itself.
if status is-interactive
    # Handlers run in the order in which they were made. direnv sets PATH back at its turn, so ours is
    # made when the whole configuration has been read.
    function _roost_on_first_prompt --on-event fish_prompt
        builtin functions -e _roost_on_first_prompt
        _roost_unchanged; or _roost_prompt
        set -g _roost_drawn 1
        builtin complete -c roost -f -a '(_roost_suggest (builtin commandline -opc))'
        function _roost_on_prompt --on-event fish_prompt
            set -q _roost_shown; or test -z "$_roost_prefix"; or _roost_wrap_prompt # a new fish_prompt drew the last one
            set -eg _roost_shown
            _roost_unchanged; or _roost_prompt
        end
        function _roost_on_pwd --on-variable PWD
            # A local PATH, as in `PATH=/x cd`, is one here too: to be changed when it has gone, at the prompt.
            set -ql PATH VIRTUAL_ENV ROOST_ENV PYTHONHOME UV_PROJECT_ENVIRONMENT
            test $status -eq 5; and _roost_look; and _roost_decide
        end
    end
end

# True if nothing changed since the last look that was acted on. This is the work of nearly every
# prompt, so what can be one command is one.
function _roost_unchanged
    if not test "$PWD:$VIRTUAL_ENV:$PATH:$ROOST_DISABLE" = "$_roost_settled" $_roost_asked
        or builtin path is -f -- $_roost_absent
        # Something did, or a file is there that was not.
    else if set -q _roost_further[1]; and _roost_ask_further
        # The same, further up.
    else if not set -q _roost_read[1]
        return 0
    else if not builtin path is -vfr -- $_roost_name_file $_roost_version_file
        _roost_slurp $_roost_read
        test "$PYENV_ROOT:$ROOST_HOME:$XDG_DATA_HOME:$HOME:$_roost_name_file$_roost_raw:$_roost_version_file$_roost_more" = "$_roost_seen"
        return
    end
    not _roost_look
end

# Looks from the beginning; false if roost is switched off (H18).
function _roost_look
    test "$ROOST_DISABLE" != 1; or return
    _roost_find
    _roost_load
end

# F2: the bytes of the files $argv[1] and $argv[2] into _roost_raw and _roost_more; `!`, which no rule accepts,
# for one with too many or with a NUL byte. The first read stops at a NUL byte, at the limit (then its status
# is 122) or at the end; the second finds something only after a NUL byte; and `split0`, by now of a short file,
# succeeds where there is one. Bytes that are no text come as characters of their own. Written out for each file,
# for a loop takes a tenth more.
function _roost_slurp
    set -l fish_read_limit 4096
    begin
        read -z -g _roost_raw
        or test $status -eq 1
        and not read -z -g _roost_rest
    end <$argv[1]
    and not string split0 -q <$argv[1]
    or set -g _roost_raw !
    begin
        read -z -g _roost_more
        or test $status -eq 1
        and not read -z -g _roost_rest
    end <$argv[2]
    and not string split0 -q <$argv[2]
    or set -g _roost_more !
end

# Finds the files that decide for $PWD (F11-F13); no file, no name.
function _roost_find
    set -g _roost_further
    set -l up
    if not string match -rq '(?s)^(?<up>/.*|)/' -- $PWD # empty in a directory that is gone
        set -g _roost_name_file
        set -g _roost_version_file
        set -g _roost_absent /
        return
    end
    # Nearly always both are here or one level up. The list of absent files is never empty: / is none.
    if test -f $PWD/.python-virtualenv -a -f $PWD/.python-version -a $PWD != /
        set -g _roost_name_file $PWD/.python-virtualenv
        set -g _roost_version_file $PWD/.python-version
        set -g _roost_absent /
        return
    else if test -f $up/.python-virtualenv -a -f $up/.python-version -a ! -f $PWD/.python-virtualenv
        set -g _roost_name_file $up/.python-virtualenv
        set -g _roost_version_file $up/.python-version
        set -g _roost_absent / $PWD/.python-virtualenv
        return
    end
    set -g _roost_name_file
    set -g _roost_version_file
    set -g _roost_word $PWD
    _roost_walk .python-virtualenv; and set _roost_name_file $_roost_word/.python-virtualenv
    set -l names $_roost_passed
    if set -q _roost_name_file[1]; and test -f $_roost_word/.python-version
        set _roost_passed
        set _roost_version_file $_roost_word/.python-version
    else if _roost_walk .python-version
        set _roost_version_file $_roost_word/.python-version
    end
    # Those of the nearest six directories are asked for at each prompt, the others in turn.
    set -g _roost_absent / $names[1..6] $_roost_passed[1..6]
    set _roost_further $names[7..] $_roost_passed[7..]
end

# Reads the files that decide: what is not there is empty, what cannot be read is not.
function _roost_load
    set -g _roost_read $_roost_name_file $_roost_version_file
    if test -r "$_roost_name_file" -a -r "$_roost_version_file"
        _roost_slurp $_roost_read
        return 0
    end
    set -g _roost_raw ''
    set -g _roost_more ''
    set -q _roost_read[1]; or return 0
    set _roost_read /dev/null /dev/null
    test -r "$_roost_name_file"; and set _roost_read[1] $_roost_name_file
    test -r "$_roost_version_file"; and set _roost_read[2] $_roost_version_file
    _roost_slurp $_roost_read
    test -n "$_roost_name_file" -a ! -r "$_roost_name_file"; and set _roost_raw !
    test -n "$_roost_version_file" -a ! -r "$_roost_version_file"; and set _roost_more !
    return 0
end

# Decides what the files ask for and makes it so. Runs only when something changed.
function _roost_decide
    set -l entered ''
    set -g _roost_seen "$PYENV_ROOT:$ROOST_HOME:$XDG_DATA_HOME:$HOME:$_roost_name_file$_roost_raw:$_roost_version_file$_roost_more"
    # What these bytes of these files came to is known as long as the env is ready; an alias of its name that leads
    # to another means that the project has moved. fish has no clock, so it is forgotten after a few times.
    set -q _roost_used[16]; and _roost_forget_envs
    set -ga _roost_used 1
    set -l known $_roost_known
    while set -q known[1]; and test "$known[1]" != "$_roost_seen"
        set -e known[1..5]
    end
    if set -q known[1]
        and test -x $known[2]/bin/python -a -f $known[2]/pyvenv.cfg -a ! -e $known[2]/.roost-building -a \( $known[4] -ef $known[2] -o ! -e $known[4] \)
        set -g _roost_env $known[2]
        set -g _roost_name $known[3]
        set -g _roost_root $known[5]
        set -g _roost_state ready
    else
        _roost_parse
        test -n "$_roost_state"; or _roost_resolve
    end
    if test -z "$_roost_root"
        set -g _roost_held ''
    else if not test "$_roost_root" = "$_roost_last_root" -o "$_roost_root" -ef "$_roost_last_root"
        set entered 1
        set -g _roost_held ''
    end
    set -g _roost_last_root $_roost_root
    if test "$DIRENV_DIFF" != "$_roost_direnv"
        # An env that direnv turned off or brought back is not the user's doing.
        if test "$VIRTUAL_ENV" != "$_roost_was" -a \( -z "$VIRTUAL_ENV" -o "$VIRTUAL_ENV" = "$_roost_ours" \)
            set entered 1
            set -g _roost_held ''
        end
        set -g _roost_direnv $DIRENV_DIFF
    end
    if builtin functions -q __direnv_export_eval
        # direnv brings PATH back as it found it, and an env may be in it that is off by now.
        set -l env
        for env in $_roost_tried
            test "$env" = "$VIRTUAL_ENV"; or _roost_drop_from_path $env/bin
        end
    end
    if test -z "$entered" -a "$VIRTUAL_ENV" != "$ROOST_ENV"
        # The user turned another env on, or ours off: by hand wins until a project is entered (H10).
        set -g _roost_held $_roost_root
        test "$VIRTUAL_ENV" = "$_roost_ours"; or _roost_forget
        test -n "$VIRTUAL_ENV"; or _roost_leave
    else if test -n "$_roost_held"
        test -n "$VIRTUAL_ENV"; or _roost_leave
    else if test "$_roost_state" = ready
        if test -n "$entered"; or not _roost_is_on $_roost_env
            _roost_enter $_roost_env $_roost_name
        end
        builtin contains -- $_roost_env $_roost_tried; or set -ga _roost_tried $_roost_env
    else if test -n "$entered$ROOST_ENV" -o -n "$_roost_ours" -a -z "$VIRTUAL_ENV"
        _roost_leave
    end
    set -g _roost_was "$VIRTUAL_ENV"
    # What _roost_unchanged compares with. Where something is missing or wrong, each prompt looks again.
    set -g _roost_settled "$PWD:$VIRTUAL_ENV:$PATH:$ROOST_DISABLE"
    set -g _roost_asked
    if test "$_roost_state" = ready
        set _roost_asked -a -x $_roost_env/bin/python -a ! -e $_roost_env/.roost-building
    else if test "$_roost_state" != idle
        set _roost_settled ''
    end
end

# H2. Turns the env $argv[1] on, whose name is $argv[2].
function _roost_enter
    set -l env $argv[1]
    set -l gone
    if test "$VIRTUAL_ENV" = "$_roost_ours"
        test -z "$_roost_ours"; or set gone $_roost_ours/bin
    else if test "$VIRTUAL_ENV" != "$env"
        _roost_leave
    end
    # What few people have.
    set -q PYTHONHOME ROOST_UV _roost_uv _OLD_VIRTUAL_PATH _OLD_FISH_PROMPT_OVERRIDE
    test $status -eq 5; or _roost_set_rest $env
    set -l rest $PATH
    test -n "$gone" -a "$gone" = "$rest[1]"; and set -e rest[1] # nearly always the first
    if set -q gone[1]; and builtin contains -- $gone $rest; or builtin contains -- $env/bin $rest
        _roost_path_without $env/bin $gone
        set rest $_roost_rest
    end
    set -gx PATH $env/bin $rest
    set -gx VIRTUAL_ENV $env
    set -gx VIRTUAL_ENV_PROMPT $argv[2]
    set -gx ROOST_ENV $env
    set -g _roost_ours $env
    if test -z "$VIRTUAL_ENV_DISABLE_PROMPT$PYENV_VIRTUALENV_DISABLE_PROMPT"
        set -g _roost_prefix "($argv[2]) "
        set -q _roost_shown; or _roost_wrap_prompt
    else
        _roost_unwrap_prompt
    end
    function deactivate --description 'Turn the env off until the project is left (roost)'
        _roost_deactivate
    end
end

# Is the env $argv[1] on, by us, and its bin first on PATH and only once? Then nothing is touched (H4).
function _roost_is_on
    test "$VIRTUAL_ENV:$_roost_ours" = "$argv[1]:$argv[1]"; and test "$PATH[1]" = $argv[1]/bin
    and not builtin contains -- $argv[1]/bin $PATH[2..]
end

# A directory and the eight above it, as far as there are any, and the next one.
set -g _roost_levels '(?s)^(?<_roost_0>(?:(?<_roost_1>(?:(?<_roost_2>(?:(?<_roost_3>(?:(?<_roost_4>(?:(?<_roost_5>(?:(?<_roost_6>(?:(?<_roost_7>(?:(?<_roost_8>(?:(?<rest>.*)/[^/]+)?)/[^/]+)?)/[^/]+)?)/[^/]+)?)/[^/]+)?)/[^/]+)?)/[^/]+)?)/[^/]+)?)/[^/]+)?)/?\z'

# The nearest directory from _roost_word up that has the file $argv[1] into _roost_word; the files that were not
# there on the way into _roost_passed. False if there is none.
function _roost_walk
    set -g _roost_passed
    set -l rest $_roost_word
    set -l dir
    while set -q rest[1]; and string match -rq $_roost_levels -- "$rest"
        set -l dirs $_roost_0 $_roost_1 $_roost_2 $_roost_3 $_roost_4 $_roost_5 $_roost_6 $_roost_7 $_roost_8
        if builtin path is -f -- $dirs/$argv[1]
            for dir in $dirs
                test -f $dir/$argv[1]; and break
                set -a _roost_passed $dir/$argv[1]
            end
            set _roost_word $dir
            return 0
        end
        set -a _roost_passed $dirs/$argv[1]
    end
    return 1
end

# H9: asks for four of the files further up; the next time, for the next four.
function _roost_ask_further
    set -l four $_roost_further[1..4]
    set -g _roost_further $_roost_further[5..] $four
    builtin path is -f -- $four
end

# `(name) ` before the prompt, by wrapping fish_prompt. The user's own runs first and sees the user's
# $status and $pipestatus. A wrapped one that is no longer fish_prompt itself shows no name.
function _roost_wrap_prompt
    test -n "$_roost_live"; and _roost_prompt_is_wrapped; and return
    builtin functions -q fish_prompt; or return
    # A number that only this shell's prompts have in their names.
    set -q _roost_shell; or set -g _roost_shell (builtin random)
    set -g _roost_wraps (builtin math 0$_roost_wraps + 1)
    set -g _roost_live _roost_prompt_"$_roost_shell"_$_roost_wraps
    set -l _roost_inner $_roost_live
    builtin functions -c fish_prompt $_roost_inner
    function fish_prompt --description "Show the env before $_roost_inner" --inherit-variable _roost_inner
        set -l _roost_lines '> '
        switch $_roost_inner
            case _roost_prompt_"$_roost_shell"_'*' # not if funcsave has put it into a file, which another shell reads
                set _roost_lines ($_roost_inner $argv)
        end
        if test "$_roost_inner" = "$_roost_live"
            builtin printf %s "$_roost_prefix"
            set -g _roost_shown
        end
        string join \n -- $_roost_lines
    end
end

# --- F: the two files ---------------------------------------------------------------------------

# F3-F5: the first word of $argv[1] into _roost_word, empty if there is none.
function _roost_first_word
    string match -rq '^(?:[ \t\r\n]+|#[^\n]*(?:\n|\z))*+(?<_roost_word>[^ \t\r\n]*)' -- $argv[1] 2>/dev/null
end

# F6, F7: a version, and a name, as far as their letters go.
set -g _roost_a_version '[A-Za-z0-9][A-Za-z0-9._-]{0,127}'
set -g _roost_a_name '(?!(?:system|envs|[0-9]+|[0-9][A-Za-z0-9._-]*\.[0-9][A-Za-z0-9._-]*)(?![A-Za-z0-9._-]))[A-Za-z0-9][A-Za-z0-9._-]{0,63}'

# F6. Leaves the version without its `python-` in _roost_word.
function _roost_valid_version
    string match -rq "^(?:python-)?+(?<_roost_word>$_roost_a_version)\z" -- $argv[1] 2>/dev/null
end

# F7.
function _roost_valid_name
    string match -rq "^$_roost_a_name\z" -- $argv[1] 2>/dev/null
end

# The directory of the file $argv[1] into _roost_root.
function _roost_root_of
    string match -rq '(?s)^(?<_roost_root>.*)/' -- $argv[1]
    test -n "$_roost_root"; or set -g _roost_root /
end

# From the raw bytes to a project: _roost_root (empty: none), _roost_name, _roost_request and
# _roost_state: `idle` (no project until a file changes), `no-project` (none, but look again: F13),
# `invalid` (_roost_why names the file), or empty: to be resolved.
function _roost_parse
    set -g _roost_root ''
    set -g _roost_name ''
    set -g _roost_request ''
    set -g _roost_state idle
    set -g _roost_env ''
    set -g _roost_why ''
    if test -z "$_roost_name_file"
        test -z "$_roost_version_file"; or _roost_parse_pyenv_name
        return 0
    end
    # Nearly always each file is one plain word.
    if string match -rq "^(?<_roost_name>$_roost_a_name)\n?/(?:python-)?+(?<_roost_request>$_roost_a_version)\n?\z" -- $_roost_raw/$_roost_more 2>/dev/null
        _roost_root_of "$_roost_name_file"
        set _roost_state ''
        return 0
    end
    _roost_first_word "$_roost_raw"
    test -n "$_roost_word"; or return 0 # F9
    _roost_root_of "$_roost_name_file"
    set _roost_state invalid
    if not _roost_valid_name "$_roost_word"
        set _roost_why $_roost_name_file
        return 0
    end
    set _roost_name $_roost_word
    if test -z "$_roost_version_file"
        set _roost_why $_roost_name_file
    else if _roost_first_word "$_roost_more"
        and _roost_valid_version "$_roost_word"
        set _roost_request $_roost_word
        set _roost_state ''
    else
        set _roost_why $_roost_version_file
    end
    return 0
end

# F13: a .python-version alone may name an env as pyenv-virtualenv does.
function _roost_parse_pyenv_name
    _roost_first_word "$_roost_more"; and _roost_stores; or return
    set -l word $_roost_word
    string match -rq '/envs/|[^0-9.]' -- $word; and set -g _roost_state no-project
    if not _roost_named_env "$word"
        set -g _roost_env ''
        return
    end
    _roost_root_of "$_roost_version_file"
    string match -rq '/(?<_roost_name>[^/]*)\z' -- $_roost_env
    _roost_judge
end

# The existing env that $argv[1] (`3.12.1/envs/shop` or `shop`) names, into _roost_env; false if there
# is none. Everything is compared with -ef, so an alias that leads out of versions/ names nothing.
function _roost_named_env
    set -l release
    set -l name
    if string match -rq '(?s)^(?<release>.*?)/envs/(?<name>.*)\z' -- $argv[1]
        _roost_valid_version "$release"; and _roost_valid_name "$name"; or return
        set -g _roost_env $_roost_versions/$_roost_word/envs/$name
        test -f $_roost_env/pyvenv.cfg
        return
    end
    _roost_valid_name "$argv[1]"; or return
    set name $argv[1]
    set -g _roost_env $_roost_versions/$name
    test -f $_roost_env/pyvenv.cfg; or return
    test -L $_roost_env; or return 0
    # The env says which interpreter it came from: one look instead of one for each version.
    test -r $_roost_env/pyvenv.cfg; or return
    _roost_slurp $_roost_env/pyvenv.cfg /dev/null
    set -l lines (string split -m 1 "home = $_roost_versions/" -- $_roost_raw)
    string match -rq '^(?<release>[^/\n]*)/bin' -- "$lines[2]"
    if _roost_valid_version "$release"; and test $_roost_versions/$release/envs/$name -ef $_roost_env
        set _roost_env $_roost_versions/$release/envs/$name
        return
    end
    # The versions/*/envs/<name> that it is an alias of.
    set -l other
    for other in $_roost_versions/*/envs/$name
        string match -rq '/(?<release>[^/]*)/envs/[^/]*\z' -- $other
        if _roost_valid_version "$release"; and test ! -L $_roost_versions/$release; and test $other -ef $_roost_env
            set _roost_env $other
            return
        end
    end
    return 1
end

# --- V: from a version to an interpreter -----------------------------------------------------------

# Where envs live (V1, V6): _roost_versions below pyenv, _roost_data below roost's own directory.
# False if a variable names no usable directory.
function _roost_stores
    set -l pyenv $PYENV_ROOT
    set -l data $ROOST_HOME
    test -n "$pyenv"; or set pyenv $HOME/.pyenv
    test "$pyenv:$data:$XDG_DATA_HOME:$HOME" = "$_roost_stored"; and return
    set -g _roost_stored "$pyenv:$data:$XDG_DATA_HOME:$HOME"
    if test -z "$data"
        if string match -q '/*' -- $XDG_DATA_HOME
            set data $XDG_DATA_HOME/roost
        else if test -f /System/Library/CoreServices/SystemVersion.plist
            set data "$HOME/Library/Application Support/roost"
        else
            set data $HOME/.local/share/roost
        end
    end
    if string match -rq '[[:cntrl:]:]' -- "$pyenv$data"; or not string match -q '/*' -- $pyenv
        or not string match -q '/*' -- $data
        set _roost_stored ''
        return 1
    end
    string match -rq '^(?<pyenv>.*?)/?\z' -- $pyenv
    string match -rq '^(?<data>.*?)/?\z' -- $data
    set -g _roost_versions $pyenv/versions
    set -g _roost_data $data/versions
    return 0
end

# V2, V3: the env of _roost_request and _roost_name into _roost_env, and its state.
function _roost_resolve
    set -g _roost_state invalid
    set -g _roost_why 'PYENV_ROOT or ROOST_HOME'
    _roost_stores; or return 0
    set -l store $_roost_versions
    set -l dir $store/$_roost_request
    set -g _roost_env $dir/envs/$_roost_name
    if test -x $_roost_env/bin/python -a -f $_roost_env/pyvenv.cfg -a ! -e $_roost_env/.roost-building \
            -a "$_roost_request" != system -a -x $dir/bin/python -a ! -e $dir/pyvenv.cfg
        set _roost_state ready
        _roost_remember
        return
    end
    set _roost_env ''
    if test "$_roost_request" = system
        set store $_roost_data
    else if not test -d "$store"; and not command -q pyenv; and not builtin functions -q pyenv
        set store $_roost_data
    end
    set -g _roost_word $_roost_request
    if test "$_roost_request" = system; or not _roost_usable $store $_roost_request
        _roost_newest $store
    end
    if test -n "$_roost_word"
        set -g _roost_env $store/$_roost_word/envs/$_roost_name
        _roost_judge
        test "$_roost_state" = ready; and _roost_remember
    else if test "$store" = "$_roost_data"
        set _roost_state env-missing # only a look at PATH can tell whether there is an interpreter
    else
        set _roost_state interpreter-missing
    end
end

function _roost_remember
    set -l alias
    string match -rq '^(?<alias>.*)/[^/]*/envs/[^/]*\z' -- $_roost_env
    set -g _roost_known $_roost_seen $_roost_env $_roost_name $alias/$_roost_name $_roost_root $_roost_known[1..15]
end

function _roost_forget_envs
    set -g _roost_known
    set -g _roost_used
end

# The newest version in the directory $argv[1] that continues the request, of those that hold the env
# if there are any, into _roost_word; empty if there is none.
function _roost_newest
    set -l lead $_roost_request
    set -l free ''
    set -l best ''
    set -l dir
    set -l release
    if test "$lead" = system
        set lead ''
    else if string match -rq '[0-9]t\z' -- $lead
        string match -rq '^(?<lead>.*)t\z' -- $lead # a group that does not match would empty it
        set free t
    end
    set -l tail /envs/$_roost_name
    # V3: those that hold the env are few, where interpreters may be many.
    while test -z "$best"
        for dir in $argv[1]/$lead*$tail
            test -z "$tail"; or _roost_holds $dir; or continue
            string match -rq "/(?<release>$_roost_a_version)(?:/envs/[^/]*)?\\z" -- $dir 2>/dev/null; or continue
            _roost_continues $release "$lead" "$free"; and _roost_usable $argv[1] $release; or continue
            if test -z "$best"; or _roost_newer $release $best
                set best $release
            end
        end
        test -n "$tail"; or break
        set tail ''
    end
    set -g _roost_word $best
end

# V3: is there an env at $argv[1]? One that is half-made does not count.
function _roost_holds
    test -f $argv[1]/pyvenv.cfg; and test ! -e $argv[1]/.roost-building; or return
    test -e $argv[1]/bin/python; or test -L $argv[1]/bin/python
end

# Is $argv[2] in the store $argv[1] an interpreter of pyenv's, or a directory of ours that holds the env?
function _roost_usable
    if test "$argv[1]" = "$_roost_data"
        test -d $argv[1]/$argv[2]/envs/$_roost_name
    else
        test -x $argv[1]/$argv[2]/bin/python; and test ! -e $argv[1]/$argv[2]/pyvenv.cfg
    end
end

# V2: is the version $argv[1] a final release that continues $argv[2], free-threaded just if $argv[3] is `t`?
function _roost_continues
    string match -rq -- '-(?:dev|src|latest)\z|(?:a|b|rc)[0-9]+\z' $argv[1]; and return 1
    if string match -rq '[0-9]t\z' -- $argv[1]
        test "$argv[3]" = t; or return
    else
        test -z "$argv[3]"; or return
    end
    test -z "$argv[2]"; and return
    string match -q -- "$argv[2].*" $argv[1]; or string match -q -- "$argv[2]-*" $argv[1]
end

# Is the version $argv[1] newer than $argv[2]? Field by field, split at `.` and `-`, by leading number;
# then the longer, then the one that sorts last in ASCII.
function _roost_newer
    set -l a $argv[1]
    set -l b $argv[2]
    set -l x
    set -l y
    while test -n "$a$b"
        string match -rq '^0*(?<x>[0-9]*)[^.-]*[.-]?(?<a>.*)' -- "$a"
        string match -rq '^0*(?<y>[0-9]*)[^.-]*[.-]?(?<b>.*)' -- "$b"
        if test "$x" != "$y"
            _roost_sorts_last "$x" "$y"
            return
        end
    end
    _roost_sorts_last $argv[1] $argv[2]
end

# Is $argv[1] longer than $argv[2], or as long and later in the order of ASCII? For digits: larger.
function _roost_sorts_last
    set -l order -.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz
    set -l ones (string split '' -- "$argv[1]")
    set -l others (string split '' -- "$argv[2]")
    set -l longer (string length -- "$argv[1]")
    set -l shorter (string length -- "$argv[2]")
    if test $longer -ne $shorter
        test $longer -gt $shorter
        return
    end
    set -l one
    for one in $ones
        if test "$one" != "$others[1]"
            string match -q -- "*$others[1]*$one*" $order
            return
        end
        set -e others[1]
    end
    return 1
end

# E3, as far as a look can tell.
function _roost_judge
    if test -e $_roost_env/.roost-building
        set -g _roost_state env-incomplete
    else if test -x $_roost_env/bin/python; and test -f $_roost_env/pyvenv.cfg
        set -g _roost_state ready
    else if test ! -d $_roost_env
        set -g _roost_state env-missing
    else if test ! -e $_roost_env/bin/python; and test ! -L $_roost_env/bin/python
        set -g _roost_state env-incomplete
    else
        set -g _roost_state env-broken
    end
end

# --- H: the environment of this shell ---------------------------------------------------------------

# PATH without the entries $argv into _roost_rest; every other one stays (H3).
function _roost_path_without
    set -g _roost_rest $PATH
    set -l entry
    for entry in $argv
        while builtin contains -- $entry $_roost_rest
            # Nearly always the first; a command substitution costs as much as ten commands.
            if test "$_roost_rest[1]" = $entry
                set -e _roost_rest[1]
            else
                set -e _roost_rest[(builtin contains -i -- $entry $_roost_rest)]
            end
        end
    end
end

# Takes $argv[1] out of PATH, and leaves PATH alone if it is not in it.
function _roost_drop_from_path
    builtin contains -- $argv[1] $PATH; or return 0
    _roost_path_without $argv[1]
    set -gx PATH $_roost_rest
end

# What an `activate.fish` keeps, PYTHONHOME to put aside (H2), uv to point at the env $argv[1] (H18).
function _roost_set_rest
    test "$VIRTUAL_ENV" = "$argv[1]"; or _roost_forget_uv
    set -q _OLD_VIRTUAL_PATH _OLD_FISH_PROMPT_OVERRIDE
    test $status -eq 2; or _roost_drop_activate_script
    if set -q PYTHONHOME
        set -g _roost_pythonhome $PYTHONHOME
        set -eg PYTHONHOME
    end
    if test "$ROOST_UV" = 1; and test "$UV_PROJECT_ENVIRONMENT" != "$argv[1]"
        set -g _roost_uv "$UV_PROJECT_ENVIRONMENT"
        set -gx UV_PROJECT_ENVIRONMENT $argv[1]
    end
end

# Turns off whatever env is on, and takes back what roost changed and nothing else (H3).
function _roost_leave
    if test -n "$VIRTUAL_ENV"; and test "$VIRTUAL_ENV" != "$_roost_ours"
        _roost_drop_activate_script
        _roost_drop_from_path $VIRTUAL_ENV/bin
    else if test -z "$VIRTUAL_ENV$_roost_ours"
        return
    end
    if test -n "$PYENV_VIRTUAL_ENV" -a "$PYENV_VIRTUAL_ENV" = "$VIRTUAL_ENV"
        # What `pyenv activate` sets; else pyenv's shims would go on to choose that env.
        set -eg PYENV_VIRTUAL_ENV
        test -z "$PYENV_ACTIVATE_SHELL"; or set -eg PYENV_ACTIVATE_SHELL PYENV_VERSION
    end
    set -eg VIRTUAL_ENV VIRTUAL_ENV_PROMPT
    _roost_forget
    if set -q _roost_pythonhome
        set -gx PYTHONHOME $_roost_pythonhome
        set -eg _roost_pythonhome
    end
    builtin functions -e deactivate
end

# Takes our own entry out of PATH and prompt: our env is off, or another one has taken its place.
function _roost_forget
    test -n "$_roost_ours"; or return 0
    _roost_drop_from_path $_roost_ours/bin
    _roost_unwrap_prompt
    _roost_forget_uv
    set -eg ROOST_ENV
    # While another env is on, its `deactivate` may bring back a PATH with ours in it.
    test -n "$VIRTUAL_ENV"; or set -g _roost_ours ''
end

function _roost_forget_uv
    set -q _roost_uv; or test "$ROOST_UV" = 1; or return 0
    if test "$UV_PROJECT_ENVIRONMENT" != "$_roost_ours"
        # the user's own by now
    else if test -n "$_roost_uv"
        set -gx UV_PROJECT_ENVIRONMENT $_roost_uv
    else
        set -eg UV_PROJECT_ENVIRONMENT
    end
    set -eg _roost_uv
end

# Undoes what the `activate.fish` of venv or virtualenv keeps for its own `deactivate`, but for PATH:
# its snapshot would lose what the user added since.
function _roost_drop_activate_script
    set -l name
    set -l kept
    for name in PYTHONHOME TCL_LIBRARY TK_LIBRARY PKG_CONFIG_PATH
        set kept _OLD_VIRTUAL_$name
        test $name = PKG_CONFIG_PATH; and set kept _OLD_PKG_CONFIG_PATH
        set -q $kept; or continue
        if test -n "$$kept"
            set -gx $name $$kept
        else
            set -eg $name
        end
        set -eg $kept
    end
    if builtin functions -q _old_fish_prompt
        # The user's own prompt stays if there has been a new one since.
        if builtin functions fish_prompt | string match -q '*_old_fish_prompt*'
            builtin functions -e fish_prompt
            builtin functions -c _old_fish_prompt fish_prompt
        end
        builtin functions -e _old_fish_prompt
    end
    set -q _OLD_VIRTUAL_PATH; and builtin functions -e pydoc
    set -eg _OLD_FISH_PROMPT_OVERRIDE _OLD_VIRTUAL_PATH
end

# Is fish_prompt a wrapped one? Then _roost_live names what it wraps, which its description tells.
function _roost_prompt_is_wrapped
    set -l IFS \n
    set -l about
    builtin functions -D -v fish_prompt | read -z about # dear, but less than a command substitution
    string match -rq '\nShow the env before (?<_roost_live>_roost_prompt_[0-9_]+)\n\z' -- "$about"
    and builtin functions -q $_roost_live
end

# The user's own fish_prompt again, unless there has been a new one since.
function _roost_unwrap_prompt
    set -g _roost_prefix ''
    set -eg _roost_shown
    _roost_prompt_is_wrapped; or return
    builtin functions -e fish_prompt
    builtin functions -c $_roost_live fish_prompt
    builtin functions -e $_roost_live
    set -g _roost_live ''
end

# `deactivate`, typed by hand: it holds until the project is left (H10).
function _roost_deactivate
    set -g _roost_held $_roost_root
    _roost_leave
    set -g _roost_settled ''
end

# --- what is said, made and found ----------------------------------------------------------------------

# At a prompt, when something changed or is missing.
function _roost_prompt
    _roost_decide
    # Nothing is said or made before the first prompt is drawn (H6).
    test -n "$_roost_drawn"; and test "$_roost_state" != ready; or return
    test -n "$_roost_root"; and test -z "$_roost_held"; and _roost_attend
end

# H12, H13: makes the env that can be made, or says once what is wrong and what to type.
function _roost_attend
    set -l missing "the env $_roost_name of $_roost_root is not there yet"
    switch $_roost_state
        case env-missing env-incomplete
            if test "$ROOST_AUTO_CREATE" != 0; and _roost_first_try; and _roost_find_cli
                # Without the variables that could bring code of a project into roost's own Python.
                PYTHONPATH= PYTHONHOME= command $_roost_cli up --from-hook </dev/null >&2
                or test $status -ge 128
                or set -ga _roost_told "$missing;roost up" # it has said why, and what to type
                _roost_unchanged; or _roost_decide
                return
            end
            _roost_say "$missing" 'roost up'
        case env-broken
            _roost_say "the env $_roost_name of $_roost_root is broken" 'roost up --recreate'
        case interpreter-missing
            _roost_say "Python $_roost_request ($_roost_version_file) is not installed" 'roost up'
        case invalid
            if test -z "$_roost_version_file" # F12
                set _roost_why "To use .python-virtualenv you need a .python-version: $_roost_name_file"
            end
            _roost_say "$_roost_why cannot be used" 'roost status'
    end
end

# True the first time for this env in this shell: a creation that failed or was stopped is not tried
# at each prompt, and an env that was there and that the user removed is not made again.
function _roost_first_try
    set -l env $_roost_env
    test -n "$env"; or set env $_roost_root
    builtin contains -- $env $_roost_tried; and return 1
    set -ga _roost_tried $env
    return 0 # set itself leaves the status alone
end

# A hint: once in this shell.
function _roost_say
    builtin contains -- "$argv[1];$argv[2]" $_roost_told; and return
    set -ga _roost_told "$argv[1];$argv[2]"
    test "$ROOST_QUIET" = 1; or _roost_tell $argv
end

# One line on stderr: what is wrong, what to type. Nothing in it reaches the terminal but printable
# ASCII.
function _roost_tell
    string replace -ar '[^ -~]' '?' -- "roost: $argv[1]; type: $argv[2]" >&2
    return 0
end

# The roost that belongs to this hook, into _roost_cli. A pyenv shim would follow the project's own
# .python-version, and a relative PATH entry would run a file of the project.
function _roost_find_cli
    set -q _roost_cli; and test -x "$_roost_cli"; and return
    set -l here (status dirname) # where this file lies; through a pipe, nothing of the kind
    set -g _roost_cli $here/../../bin/roost
    string match -q '/*' -- $here; and test -x $_roost_cli; and return
    set -l dir
    for dir in $PATH
        string match -q '/*' -- $dir; or continue
        string match -q '*/shims' -- $dir; and continue
        test -n "$VIRTUAL_ENV"; and test "$dir" = "$VIRTUAL_ENV/bin" -o "$dir" -ef "$VIRTUAL_ENV/bin"; and continue
        set _roost_cli $dir/roost
        test -x $_roost_cli; and return
    end
    set _roost_cli ''
    return 1
end

# H17: the ready env that $argv[1] names, in pyenv's store or else in roost's own, into _roost_env: as F13
# has it, or by a bare name that has no alias, under the newest version.
function _roost_ready_env
    set -l pyenv $_roost_versions
    set -l best
    set -l release
    set -l own
    for own in $pyenv $_roost_data
        set -g _roost_versions $own
        _roost_named_env "$argv[1]"; and _roost_judge; and test "$_roost_state" = ready; and set best found; and break
    end
    set -g _roost_versions $pyenv
    test -z "$best"; or return 0
    _roost_valid_name "$argv[1]"; or return
    for own in $pyenv/*/envs/$argv[1] $_roost_data/*/envs/$argv[1]
        set -g _roost_env $own
        _roost_judge
        string match -rq '/(?<release>[^/]*)/envs/[^/]*\z' -- $own
        if test "$_roost_state" = ready; and _roost_valid_version "$release"
            if test -z "$best"; or _roost_newer $release $best[1]
                set best $release $own
            end
        end
    end
    set -g _roost_env $best[2]
    test -n "$best"
end

function _roost_activate_by_hand
    set -g _roost_settled ''
    _roost_forget_envs
    if test -n "$argv[1]"
        if _roost_stores; and _roost_ready_env "$argv[1]"
            string match -rq '/(?<_roost_name>[^/]*)\z' -- $_roost_env
            _roost_enter $_roost_env $_roost_name
            set -eg ROOST_ENV # no project owns it, none leaves it
            set -g _roost_held $_roost_root
            return 0
        end
        _roost_tell "there is no ready env $argv[1]" 'pyenv virtualenvs'
        return 6
    end
    set -g _roost_held ''
    set -g _roost_last_root ''
    set -g _roost_told
    _roost_unchanged; or _roost_decide
    test -n "$_roost_root"; and return
    _roost_tell 'there is no project here' 'roost status'
    return 3
end

# The command `roost`: two verbs are this shell's work (H17), the rest is the program's.
function roost --description 'Python envs of projects'
    if not string match -q -- '-*' "$argv[2]"
        switch "$argv[1]"
            case activate
                _roost_activate_by_hand "$argv[2]"
                return
            case deactivate
                _roost_deactivate
                return 0
        end
    end
    set -g _roost_settled ''
    _roost_forget_envs
    if not _roost_find_cli
        _roost_tell 'the program roost is not on PATH' 'pipx install pyenv-roost'
        return 127
    end
    # V7: another Python's PYTHONHOME would end roost's own before its first line.
    ROOST_HOOK=fish PYTHONHOME= command $_roost_cli $argv
end

# H17: what may follow the words $argv.
function _roost_suggest
    switch "$argv[2..]"
        case ''
            string split ' ' 'activate deactivate hook kernel setup status up'
        case kernel
            string split ' ' 'add check list prune remove'
        case activate
            _roost_envs
    end
end

# The envs that `roost activate` can turn on.
function _roost_envs
    _roost_stores; or return
    set -l env
    for env in $_roost_versions/* $_roost_versions/*/envs/* $_roost_data/*/envs/*
        test -x $env/bin/python -a -f $env/pyvenv.cfg -a ! -e $env/.roost-building; or continue
        set -l name (string replace -- $_roost_versions/ '' $env | string replace -- $_roost_data/ '')
        _roost_valid_name (string replace -r '.*/' '' -- $name); and builtin printf '%s\n' $name
    end
end
