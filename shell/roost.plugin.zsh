# For plugin managers, which source a file of this name: oh-my-zsh, antidote, zinit. The program
# itself comes from `pipx install pyenv-roost`.
. "${${(%):-%x}:A:h}/roost.zsh"
