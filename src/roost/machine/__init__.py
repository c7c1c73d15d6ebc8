"""The edges: files, processes, pyenv, virtualenv and rc files."""
