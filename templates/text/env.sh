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
