# The stopwatch inside an interactive fish. Sourced before the tool under test; every name begins with _bench_.
# The clock is the builtin `time`, which starts no process. It writes to descriptor 2, whatever is redirected,
# so the runner makes that a file and reads the samples there: one `time`, one sample.
set -g _bench_samples
set -g fish_history ''
set -g fish_autosuggestion_enabled 0
set -g fish_greeting
function fish_title
end
function fish_prompt
    echo '> '
end

# What fish does before each prompt is written out below, so that no function call of ours is counted: it sends
# the event fish_prompt, and takes what the function fish_prompt prints, which a tool may have wrapped.
function _bench_hooks
    emit fish_prompt
    set -l _bench_drawn (fish_prompt)
end

# As many prompts as $argv[1] says.
function _bench_prompt
    set -l _bench_drawn
    for _bench_i in (string split '' (string repeat -n $argv[1] x))
        time begin
            emit fish_prompt
            set _bench_drawn (fish_prompt)
        end
    end
end

# $argv[1] times to $argv[2] and to $argv[3], a prompt after each; the samples alternate. Before it runs a line that
# was typed, fish sends fish_preexec: some hooks then turn off the one that they have on PWD.
function _bench_walk
    set -l _bench_drawn
    for _bench_i in (string split '' (string repeat -n $argv[1] x))
        for _bench_to in $argv[2] $argv[3]
            time begin
                emit fish_preexec
                cd $_bench_to
                emit fish_prompt
                set _bench_drawn (fish_prompt)
            end
        end
    end
end

# Goes to $argv[1], and stays there until the tool has settled.
function _bench_go
    emit fish_preexec
    cd $argv[1]
    _bench_hooks
    _bench_hooks
    _bench_hooks
    set _bench_samples "$VIRTUAL_ENV"
end

# Between two looks at a file that is not there, which strace shows (kill is a process here): one prompt, or one cd to
# $argv[1] with its prompt.
function _bench_traced
    test -x /roost-bench-mark
    if test -n "$argv[1]"
        emit fish_preexec
        cd $argv[1]
    end
    _bench_hooks
    test -x /roost-bench-mark
end

# Answers the runner: $argv[1] is the number of the question, the rest a function of this file and its arguments.
function _bench
    set -l _bench_do _bench_$argv[2]
    set _bench_samples
    $_bench_do $argv[3..]
    printf '%s\n' $_bench_samples >$BENCH_OUT
    printf '\n<%s>\n' $argv[1]
end

# At the end of the rc file: the first prompt.
function _bench_started
    set -q BENCH_ONCE; or return 0
    time begin
        emit fish_prompt
        set -l _bench_drawn (fish_prompt)
    end
    exec true # `exit` would end no more than the rc file
end
