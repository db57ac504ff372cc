# mqhome: programs and C library for fish. Adds each entry once.
if not contains -- {{BIN}} $PATH
    set -gx PATH {{BIN}} $PATH
end
if not string length -q -- "$LD_LIBRARY_PATH"
    set -gx LD_LIBRARY_PATH {{LIB}}
else if not contains -- {{LIB}} (string split -- : "$LD_LIBRARY_PATH")
    set -gx LD_LIBRARY_PATH "$LD_LIBRARY_PATH:"{{LIB}}
end
# Completions, where somebody types.
if status is-interactive; and not contains -- {{SHARE}}/fish/vendor_completions.d $fish_complete_path
    set -g fish_complete_path $fish_complete_path {{SHARE}}/fish/vendor_completions.d
end
