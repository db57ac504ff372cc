# mqhome: programs and C library for sh, bash, dash, ksh and zsh. Adds each entry once.
case ":${PATH:-}:" in
    *:{{BIN}}:*) ;;
    *) PATH={{BIN}}${PATH:+:$PATH} ;;
esac
export PATH
case ":${LD_LIBRARY_PATH:-}:" in
    *:{{LIB}}:*) ;;
    *) LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}{{LIB}} ;;
esac
export LD_LIBRARY_PATH
# Completions, where somebody types. zsh finds them when its own .zshrc turns completion on.
case $- in
    *i*)
        if [ -n "${BASH_VERSION:-}" ]; then
            for mqhome_completions in {{SHARE}}/bash-completion/completions/*; do
                if [ -r "$mqhome_completions" ]; then . "$mqhome_completions"; fi
            done
            unset mqhome_completions
        elif [ -n "${ZSH_VERSION:-}" ]; then
            case ":${FPATH:-}:" in
                *:{{SHARE}}/zsh/site-functions:*) ;;
                *) FPATH={{SHARE}}/zsh/site-functions${FPATH:+:$FPATH} ;;
            esac
        fi
        ;;
esac
