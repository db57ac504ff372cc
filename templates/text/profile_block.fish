# >>> mqhome >>>
# Added by mqinstall, which also removes it ({{RECORD}}).
if test -r {{ENV}}; source {{ENV}}; end{{END}}
# <<< mqhome <<<
