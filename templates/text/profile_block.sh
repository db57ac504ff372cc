# >>> mqhome >>>
# Added by mqinstall, which also removes it ({{RECORD}}).
if [ -r {{ENV}} ]; then . {{ENV}}; fi{{END}}
# <<< mqhome <<<
